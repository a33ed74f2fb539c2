//! Two trees side by side, file by file, in constant memory: both walks come in the same order.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::iter::Peekable;

use larder_plugin_api::{Entry, Visit};

use super::end::{End, Visits};
use super::local::join;
use crate::error::Result;

/// One path, and what stands there on either side; at least one of them is something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The path, relative to both ends.
    pub path: String,
    /// What the source has.
    pub source: Option<Entry>,
    /// What the target has.
    pub target: Option<Entry>,
    /// Whether nothing is in the directory; false for a file.
    pub empty: bool,
}

/// The files and directories below two ends. Directories come before what is in them; the ends themselves do not come.
///
/// An item that is an error names a directory that could not be read on one side; what is below it there is missing then.
pub struct Pairs {
    source: Peekable<Visits>,
    target: Peekable<Visits>,
    ready: VecDeque<Pair>,
}

impl Pairs {
    /// Walks both ends. One that is missing has nothing below it.
    ///
    /// # Errors
    ///
    /// When either cannot be walked at all.
    pub fn new(source: &End, target: &End) -> Result<Self> {
        let target_visits: Visits = match target.kind()? {
            None => Box::new(std::iter::empty()),
            Some(_) => target.walk()?,
        };
        Ok(Self::of(source.walk()?, target_visits))
    }

    fn of(source: Visits, target: Visits) -> Self {
        Self { source: source.peekable(), target: target.peekable(), ready: VecDeque::new() }
    }

    /// The next directory of either side, or of both.
    fn step(&mut self) -> Option<Result<()>> {
        // An error has no place in the order: it goes first.
        for side in [&mut self.source, &mut self.target] {
            if let Some(Err(error)) = side.next_if(Result::is_err) {
                return Some(Err(error));
            }
        }
        let order = match (self.source.peek(), self.target.peek()) {
            (Some(Ok(source)), Some(Ok(target))) => directory_order(&source.directory, &target.directory),
            (Some(_), _) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        let take = |side: &mut Peekable<Visits>, wanted: bool| -> Visit {
            let visit = if wanted { side.next().and_then(Result::ok) } else { None };
            visit.unwrap_or_default()
        };
        let source = take(&mut self.source, order.is_le());
        let target = take(&mut self.target, order.is_ge());
        let directory = if order.is_le() { &source.directory } else { &target.directory };
        if !directory.is_empty() {
            let entry = || Some(Entry::directory(directory.rsplit('/').next().unwrap_or_default()));
            self.ready.push_back(Pair {
                path: directory.clone(),
                source: order.is_le().then(entry).flatten(),
                target: order.is_ge().then(entry).flatten(),
                empty: [&source, &target]
                    .iter()
                    .all(|visit| visit.files.is_empty() && visit.directories.is_empty()),
            });
        }
        self.pair_files(&directory.clone(), source.files, target.files);
        Some(Ok(()))
    }

    fn pair_files(&mut self, directory: &str, source: Vec<Entry>, target: Vec<Entry>) {
        let mut source = source.into_iter().peekable();
        let mut target = target.into_iter().peekable();
        loop {
            let order = match (source.peek(), target.peek()) {
                (Some(source), Some(target)) => source.name.as_bytes().cmp(target.name.as_bytes()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return,
            };
            let from = if order.is_le() { source.next() } else { None };
            let to = if order.is_ge() { target.next() } else { None };
            let name = from.as_ref().or(to.as_ref()).map_or("", |entry| entry.name.as_str());
            self.ready.push_back(Pair {
                path: join(directory, name),
                source: from,
                target: to,
                empty: false,
            });
        }
    }
}

impl Iterator for Pairs {
    type Item = Result<Pair>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() {
            if let Err(error) = self.step()? {
                return Some(Err(error));
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

/// The order in which a walk comes to directories: each before what is below it, neighbours by their names with a `/`.
fn directory_order(a: &str, b: &str) -> Ordering {
    let key = |text: &str| -> Vec<u8> {
        if text.is_empty() { Vec::new() } else { text.bytes().chain([b'/']).collect() }
    };
    key(a).cmp(&key(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visits(tree: &[(&str, &[&str])]) -> Visits {
        let visits: Vec<Result<Visit>> = tree
            .iter()
            .map(|(directory, files)| {
                Ok(Visit {
                    directory: (*directory).to_owned(),
                    directories: Vec::new(),
                    files: files.iter().map(|name| Entry::file(*name, 1)).collect(),
                })
            })
            .collect();
        Box::new(visits.into_iter())
    }

    #[test]
    fn pairs_what_is_on_both_sides_and_on_one() {
        let source = visits(&[("", &["a", "b"]), ("d-1", &["x"]), ("d", &["y"])]);
        let target = visits(&[("", &["b", "c"]), ("d", &["y", "z"]), ("e", &[])]);
        let found: Vec<(String, bool, bool)> = Pairs::of(source, target)
            .map(|pair| pair.expect("no error"))
            .map(|pair| (pair.path, pair.source.is_some(), pair.target.is_some()))
            .collect();
        let expected = [
            ("a", true, false),
            ("b", true, true),
            ("c", false, true),
            ("d-1", true, false),
            ("d-1/x", true, false),
            ("d", true, true),
            ("d/y", true, true),
            ("d/z", false, true),
            ("e", false, true),
        ];
        let found: Vec<_> = found.iter().map(|(path, a, b)| (path.as_str(), *a, *b)).collect();
        assert_eq!(found, expected);
    }
}
