//! Whether a walk comes in the order of listings, each thing once: two trees are compared by it, and what comes out of
//! order would look as if it were missing.

use std::cmp::Ordering;

use larder_plugin_api::{Entry, Visit};

use crate::store::shown;

/// How far one walk is.
#[derive(Debug, Default)]
pub struct Order {
    /// The directory of the last visit.
    directory: Option<String>,
    /// The last file and the last directory in it.
    file: Option<Entry>,
    below: Option<Entry>,
}

impl Order {
    /// Takes the next visit, or the next piece of one.
    ///
    /// # Errors
    ///
    /// What is out of order, in words that follow on the name of the store.
    pub fn take(&mut self, visit: &Visit) -> Result<(), String> {
        if self.directory.as_ref() != Some(&visit.directory) {
            self.enter(&visit.directory)?;
        }
        in_order(&mut self.file, &visit.files)
            .and_then(|()| in_order(&mut self.below, &visit.directories))
            .map_err(|what| match &*visit.directory {
                "" => what,
                directory => format!("{what} in `{}`", shown(directory)),
            })
    }

    fn enter(&mut self, directory: &str) -> Result<(), String> {
        if let Some(last) = &self.directory
            && directory_order(last, directory) != Ordering::Less
        {
            return Err(format!("it comes to directory `{}` after `{}`", shown(directory), shown(last)));
        }
        *self = Self { directory: Some(directory.to_owned()), file: None, below: None };
        Ok(())
    }
}

/// Each name after the one before it; the last one is kept, for the next piece.
fn in_order(last: &mut Option<Entry>, entries: &[Entry]) -> Result<(), String> {
    let mut before = last.as_ref();
    for entry in entries {
        match before.map_or(Ordering::Less, |before| before.listing_order(entry)) {
            Ordering::Less => before = Some(entry),
            Ordering::Equal => return Err(format!("it lists `{}` twice", shown(&entry.name))),
            Ordering::Greater => {
                let before = before.map(|entry| shown(&entry.name)).unwrap_or_default();
                return Err(format!("it lists `{}` after `{before}`", shown(&entry.name)));
            }
        }
    }
    if let Some(entry) = entries.last() {
        *last = Some(entry.clone());
    }
    Ok(())
}

/// The order in which a walk comes to directories: each before what is below it, neighbours by their names with a `/`.
pub fn directory_order(a: &str, b: &str) -> Ordering {
    let key = |text: &'_ str| (!text.is_empty()).then_some(b'/');
    a.bytes().chain(key(a)).cmp(b.bytes().chain(key(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(directory: &str, directories: &[&str], files: &[&str]) -> Visit {
        Visit {
            directory: directory.to_owned(),
            directories: directories.iter().map(|name| Entry::directory(*name)).collect(),
            files: files.iter().map(|name| Entry::file(*name, 1)).collect(),
        }
    }

    fn wrong(visits: &[Visit]) -> Option<String> {
        let mut order = Order::default();
        visits.iter().find_map(|visit| order.take(visit).err())
    }

    #[test]
    fn a_tree_in_listing_order_passes_also_in_pieces() {
        let visits = [
            visit("", &["a-1", "a"], &["a", "a.f"]),
            visit("", &["a0"], &["b"]),
            visit("a-1", &[], &["x"]),
            visit("a", &[], &["x"]),
            visit("a0", &[], &[]),
        ];
        assert_eq!(wrong(&visits), None);
    }

    #[test]
    fn what_is_out_of_order_or_twice_is_named() {
        for (visits, words) in [
            (vec![visit("", &[], &["b", "a"])], "it lists `a` after `b`"),
            (vec![visit("", &[], &["a", "a"])], "it lists `a` twice"),
            (vec![visit("d", &["a", "a-1"], &[])], "it lists `a-1` after `a` in `d`"),
            (vec![visit("", &[], &["b"]), visit("", &[], &["a"])], "it lists `a` after `b`"),
            (vec![visit("d", &[], &[]), visit("", &[], &[])], "it comes to directory `` after `d`"),
            (
                vec![visit("a", &[], &[]), visit("b", &[], &[]), visit("a", &[], &[])],
                "it comes to directory `a` after `b`",
            ),
        ] {
            assert_eq!(wrong(&visits).as_deref(), Some(words));
        }
    }
}
