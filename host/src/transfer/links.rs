//! What becomes of symbolic links, and of what is neither a file nor a directory.

use larder_plugin_api::{Entry, Kind};

use super::local::Links;

/// What becomes of links, and of pipes, sockets and devices, when a tree is copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkOptions {
    /// Links of the source.
    pub links: Links,
    /// Pipes, sockets and devices were meant to be left out.
    pub skip_special: bool,
    /// A link to a directory in a local target, where a directory goes, is followed.
    pub keep_directory_symlink: bool,
}

/// What is done with an entry of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It is copied as the file or directory that it is, or leads to.
    Copy,
    /// A link is made like it.
    MakeLink(String),
    /// It is left out. Someone hears of it, and the copy is not whole, unless it was meant.
    LeaveOut {
        /// What it is.
        why: String,
        /// Whether the caller asked for that.
        meant: bool,
    },
}

impl LinkOptions {
    /// What is done with an entry. A link to a file is a file here unless links are skipped or kept.
    pub fn treatment(&self, entry: &Entry) -> Treatment {
        let Some(target) = entry.link.as_deref() else {
            return match entry.kind {
                Kind::File | Kind::Directory => Treatment::Copy,
                _ => Treatment::LeaveOut {
                    why: "is neither a file nor a directory".to_owned(),
                    meant: self.skip_special,
                },
            };
        };
        match (self.links, entry.kind) {
            (Links::Keep, _) => Treatment::MakeLink(target.to_owned()),
            (Links::Skip, _) => Treatment::LeaveOut { why: is_link(target), meant: true },
            (_, Kind::File) | (Links::Follow, Kind::Directory) => Treatment::Copy,
            _ => Treatment::LeaveOut { why: is_link(target), meant: false },
        }
    }
}

fn is_link(target: &str) -> String {
    format!("is a link to `{target}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn treated(links: Links, kind: Kind) -> Treatment {
        LinkOptions { links, ..LinkOptions::default() }.treatment(&Entry::new("l", kind).with_link("there"))
    }

    #[test]
    fn a_link_is_followed_left_out_or_made_anew() {
        let left_out = |meant| Treatment::LeaveOut { why: "is a link to `there`".to_owned(), meant };
        for (links, kind, expected) in [
            (Links::Default, Kind::File, Treatment::Copy),
            (Links::Default, Kind::Directory, left_out(false)),
            (Links::Default, Kind::Other, left_out(false)),
            (Links::Follow, Kind::Directory, Treatment::Copy),
            (Links::Follow, Kind::Other, left_out(false)),
            (Links::Skip, Kind::File, left_out(true)),
            (Links::Keep, Kind::Other, Treatment::MakeLink("there".to_owned())),
        ] {
            assert_eq!(treated(links, kind), expected, "{links:?} {kind:?}");
        }
    }

    #[test]
    fn what_is_neither_file_nor_directory_is_left_out_and_told_unless_it_was_meant() {
        let other = Entry::new("socket", Kind::Other);
        for skip_special in [false, true] {
            let options = LinkOptions { skip_special, ..LinkOptions::default() };
            assert!(
                matches!(options.treatment(&other), Treatment::LeaveOut { meant, .. } if meant == skip_special)
            );
        }
    }
}
