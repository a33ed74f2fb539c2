//! What the target has and the source has not, until it is known whether it may go.

use std::collections::{BTreeMap, BTreeSet};

use larder_plugin_api::{Entry, Kind};

use crate::transfer::removal::{Removals, Seen};

/// Files and directories of the target that the source does not have, and paths that are left alone.
#[derive(Debug, Default)]
pub struct Extra {
    /// By path; a directory has nothing that was seen of it.
    found: BTreeMap<String, Option<Seen>>,
    /// What was left out in the source: it may be there, so its namesake stays, with everything below it.
    protected: BTreeSet<String>,
}

impl Extra {
    pub fn add(&mut self, path: String, entry: &Entry) {
        let seen = (entry.kind != Kind::Directory || entry.link.is_some()).then(|| Seen::from(entry));
        self.found.insert(path, seen);
    }

    pub fn protect(&mut self, path: String) {
        self.protected.insert(path);
    }

    /// Whether something that is not a directory is at the path.
    pub fn has_file(&self, path: &str) -> bool {
        matches!(self.found.get(path), Some(Some(_)))
    }

    fn is_protected(&self, path: &str, is_directory: bool) -> bool {
        let above = path.match_indices('/').map(|(end, _)| &path[..end]).chain([path]);
        let mut above = above.filter(|path| self.protected.contains(*path));
        if above.next().is_some() {
            return true;
        }
        let below = format!("{path}/");
        is_directory
            && self.protected.range(below.clone()..).next().is_some_and(|path| path.starts_with(&below))
    }

    /// What may be removed.
    pub fn into_removals(self) -> Removals {
        let mut removals = Removals::default();
        for (path, seen) in &self.found {
            if self.is_protected(path, seen.is_none()) {
                continue;
            }
            match seen {
                Some(seen) => removals.add_file(path, seen.clone()),
                None => removals.add_directory(path),
            }
        }
        removals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_protects_its_namesake_and_what_is_below_and_above_it() {
        let mut extra = Extra::default();
        for path in ["d/link/deep/file", "d/link.txt", "d/file", "link"] {
            extra.add(path.to_owned(), &Entry::file("", 1));
        }
        for path in ["d", "d/link", "d/link/deep"] {
            extra.add(path.to_owned(), &Entry::directory(""));
        }
        extra.protect("d/link".to_owned());
        extra.protect("link".to_owned());
        let removals = extra.into_removals();
        assert_eq!(removals.paths().collect::<Vec<_>>(), ["d/file", "d/link.txt"]);
    }

    #[test]
    fn directories_go_after_the_files_the_innermost_first() {
        let mut extra = Extra::default();
        extra.add("d/e/f".to_owned(), &Entry::file("f", 1));
        extra.add("d".to_owned(), &Entry::directory("d"));
        extra.add("d/e".to_owned(), &Entry::directory("e"));
        assert_eq!(extra.into_removals().paths().collect::<Vec<_>>(), ["d/e/f", "d/e", "d"]);
    }
}
