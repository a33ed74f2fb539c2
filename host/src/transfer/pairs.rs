//! Two trees side by side, file by file, in bounded memory: both walks come in the same order, which is looked over.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::vec::IntoIter;

use larder_plugin_api::{Entry, ErrorKind as StoreErrorKind};

use super::end::{End, Visits};
use super::local::join;
use super::order::{Order, directory_order};
use crate::error::{Error, ErrorKind, Result};
use crate::store::shown;

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
/// A side that does not come in listing order, each thing once, cannot be compared: that is an error, and the last item.
pub struct Pairs {
    source: Side,
    target: Side,
    here: Option<Here>,
    ended: bool,
}

/// The directory whose files come now, and the sides that have it.
struct Here {
    directory: String,
    source: bool,
    target: bool,
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
        let source_side = Side::new(source.address(), source.walk()?);
        Ok(Self::of(source_side, Side::new(target.address(), target_visits)))
    }

    fn of(source: Side, target: Side) -> Self {
        Self { source, target, here: None, ended: false }
    }

    /// One step: a pair, an error of one side, or nothing yet.
    fn step(&mut self) -> Result<Option<Pair>> {
        self.source.check()?;
        self.target.check()?;
        let Some(here) = &self.here else { return self.next_directory() };
        if here.source && self.source.next_piece(&here.directory)? {
            return Ok(None);
        }
        if here.target && self.target.next_piece(&here.directory)? {
            return Ok(None);
        }
        let pair = pair_of(&here.directory, &mut self.source.files, &mut self.target.files);
        if pair.is_none() {
            self.here = None;
        }
        Ok(pair)
    }

    /// The next directory of either side, or of both.
    fn next_directory(&mut self) -> Result<Option<Pair>> {
        let order = match (self.source.directory(), self.target.directory()) {
            (Some(source), Some(target)) => directory_order(source, target),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => {
                self.ended = true;
                return Ok(None);
            }
        };
        let (in_source, in_target) = (order.is_le(), order.is_ge());
        let (mut directory, mut empty) = (String::new(), true);
        for (side, has_it) in [(&mut self.source, in_source), (&mut self.target, in_target)] {
            if has_it {
                let entered = side.enter()?;
                empty &= entered.empty;
                directory = entered.directory;
            }
        }
        let here = Here { directory, source: in_source, target: in_target };
        let pair = (!here.directory.is_empty()).then(|| here.pair(empty));
        self.here = Some(here);
        Ok(pair)
    }
}

impl Here {
    /// The directory itself.
    fn pair(&self, empty: bool) -> Pair {
        let entry = || Entry::directory(self.directory.rsplit('/').next().unwrap_or_default());
        Pair {
            path: self.directory.clone(),
            source: self.source.then(entry),
            target: self.target.then(entry),
            empty,
        }
    }
}

impl Iterator for Pairs {
    type Item = Result<Pair>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            if let Some(step) = self.step().transpose() {
                self.ended |= self.source.unusable || self.target.unusable;
                return Some(step);
            }
        }
        None
    }
}

type Files = Peekable<IntoIter<Entry>>;

/// The walk of one side, which is looked over while it comes.
struct Side {
    address: String,
    visits: Peekable<Visits>,
    order: Order,
    /// The files of the current directory that have come.
    files: Files,
    unusable: bool,
}

/// What is known of a directory when it begins.
struct Entered {
    directory: String,
    empty: bool,
}

impl Side {
    fn new(address: String, visits: Visits) -> Self {
        let files = Vec::new().into_iter().peekable();
        Self { address, visits: visits.peekable(), order: Order::default(), files, unusable: false }
    }

    /// An error has no place in the order: it goes first.
    fn check(&mut self) -> Result<()> {
        self.visits.next_if(Result::is_err).map_or(Ok(()), |error| error.map(drop))
    }

    /// The directory that comes next.
    fn directory(&mut self) -> Option<&str> {
        self.visits.peek().and_then(|visit| visit.as_ref().ok()).map(|visit| &*visit.directory)
    }

    /// Goes on to the next visit.
    fn enter(&mut self) -> Result<Entered> {
        let visit = self.visits.next().transpose()?.unwrap_or_default();
        self.order.take(&visit).map_err(|what| {
            self.unusable = true;
            let text = format!("`{}` is not in order and cannot be compared: {what}", shown(&self.address));
            Error::new(ErrorKind::Store(StoreErrorKind::Unexpected), text)
        })?;
        let empty = visit.files.is_empty() && visit.directories.is_empty();
        self.files = visit.files.into_iter().peekable();
        Ok(Entered { directory: visit.directory, empty })
    }

    /// When the files at hand are used up, goes on to the next piece of the same directory, if there is one.
    fn next_piece(&mut self, directory: &str) -> Result<bool> {
        if self.files.peek().is_some() || self.directory() != Some(directory) {
            return Ok(false);
        }
        self.enter().map(|_| true)
    }
}

/// The first of the files that are left on either side.
fn pair_of(directory: &str, source: &mut Files, target: &mut Files) -> Option<Pair> {
    let order = match (source.peek(), target.peek()) {
        (Some(source), Some(target)) => source.name.as_bytes().cmp(target.name.as_bytes()),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => return None,
    };
    let from = if order.is_le() { source.next() } else { None };
    let to = if order.is_ge() { target.next() } else { None };
    let name = from.as_ref().or(to.as_ref()).map_or("", |entry| entry.name.as_str());
    Some(Pair { path: join(directory, name), source: from, target: to, empty: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use larder_plugin_api::Visit;

    fn side(tree: &[(&str, &[&str])]) -> Side {
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
        Side::new("store:".to_owned(), Box::new(visits.into_iter()))
    }

    /// The paths, each with the sides that have it, and the error at the end.
    fn found(source: Side, target: Side) -> (Vec<(String, bool, bool)>, Option<String>) {
        let mut error = None;
        let pairs =
            Pairs::of(source, target).map_while(|pair| pair.map_err(|found| error = Some(found)).ok());
        let pairs = pairs.map(|pair| (pair.path, pair.source.is_some(), pair.target.is_some())).collect();
        (pairs, error.map(|error| error.to_string()))
    }

    #[test]
    fn pieces_of_a_directory_are_one_directory() {
        let source = side(&[("", &["a", "b"]), ("", &["c"]), ("d", &["x"])]);
        let target = side(&[("", &["a"]), ("", &["b"]), ("", &["d"]), ("d", &["x"])]);
        let expected = [("a", true, true), ("b", true, true), ("c", true, false), ("d", false, true)]
            .into_iter()
            .chain([("d", true, true), ("d/x", true, true)]);
        let expected: Vec<_> = expected.map(|(path, a, b)| (path.to_owned(), a, b)).collect();
        assert_eq!(found(source, target), (expected, None));
    }

    #[test]
    fn a_side_that_is_out_of_order_is_the_last_item() {
        for tree in [
            &[("", &["b", "a"][..])][..],
            &[("", &["a"]), ("d", &["b"]), ("c", &["d"])],
            &[("", &["a", "a"])],
        ] {
            for (source, target) in [(side(tree), side(&[])), (side(&[]), side(tree))] {
                let mut pairs = Pairs::of(source, target).skip_while(Result::is_ok);
                let error = pairs.next().expect("an error").expect_err("an error");
                assert!(error.to_string().starts_with("`store:` is not in order"), "{error}");
                assert!(pairs.next().is_none());
            }
        }
    }

    #[test]
    fn pairs_what_is_on_both_sides_and_on_one() {
        let source = side(&[("", &["a", "b"]), ("d-1", &["x"]), ("d", &["y"])]);
        let target = side(&[("", &["b", "c"]), ("d", &["y", "z"]), ("e", &[])]);
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
        let expected = expected.map(|(path, a, b)| (path.to_owned(), a, b));
        assert_eq!(found(source, target), (expected.to_vec(), None));
    }
}
