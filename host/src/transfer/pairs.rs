//! Two trees side by side, file by file, in bounded memory: both walks come in the same order, which is looked over.

use std::cmp::Ordering;
use std::collections::VecDeque;

use larder_plugin_api::{Entry, Kind};

use super::end::{End, Visits, WalkSpec};
use super::links::LinkOptions;
use super::local::{Links, join};
use super::order::directory_order;
use super::side::{Files, Side};
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

impl Pair {
    fn of_one_side(path: String, entry: Entry, is_source: bool) -> Self {
        let (source, target) = if is_source { (Some(entry), None) } else { (None, Some(entry)) };
        Self { path, source, target, empty: false }
    }
}

/// The files and directories below two ends. Directories come before what is in them; the ends themselves do not come. A
/// link to a directory that a walk does not enter comes for itself, with its link. A file of the source where the target
/// has a directory comes with that directory, which comes for itself later.
///
/// An item that is an error names a directory that could not be read on one side; what is below it there is missing then.
/// A side that does not come in listing order, each thing once, cannot be compared: that is an error, and the last item.
pub struct Pairs {
    source: Side,
    target: Side,
    here: Option<Here>,
    ended: bool,
    /// The target, to look for a directory where its listing comes in pieces.
    lookup: Option<End>,
    /// What comes before anything else.
    ready: VecDeque<Pair>,
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
        Self::with_links((source, Links::Default), (target, Links::Default))
    }

    /// The same for making the target like the source: a link in the target is a link, whatever it leads to, unless one to
    /// a directory is to be followed.
    pub(super) fn for_sync(source: &End, target: &End, links: LinkOptions) -> Result<Self> {
        let in_target = if links.keep_directory_symlink { Links::Follow } else { Links::Keep };
        Self::with_links((source, links.links), (target, in_target))
    }

    fn with_links((source, in_source): (&End, Links), (target, in_target): (&End, Links)) -> Result<Self> {
        let spec = |links| WalkSpec { links, ..WalkSpec::default() };
        let target_visits: Visits = match target.kind()? {
            None => Box::new(std::iter::empty()),
            Some(_) => target.walk(spec(in_target))?,
        };
        let source_side = Side::new(source.address(), source.walk(spec(in_source))?, source.is_local());
        let target_side = Side::new(target.address(), target_visits, target.is_local());
        Ok(Self { lookup: Some(target.clone()), ..Self::of(source_side, target_side) })
    }

    fn of(source: Side, target: Side) -> Self {
        Self { source, target, here: None, ended: false, lookup: None, ready: VecDeque::new() }
    }

    /// One step: a pair, an error of one side, or nothing yet.
    fn step(&mut self) -> Result<Option<Pair>> {
        if let Some(pair) = self.ready.pop_front() {
            return Ok(Some(pair));
        }
        self.source.check()?;
        self.target.check()?;
        let Some(here) = &self.here else { return self.next_directory() };
        let directory = here.directory.clone();
        for (has_it, is_source) in [(here.source, true), (here.target, false)] {
            let side = if is_source { &mut self.source } else { &mut self.target };
            if has_it && side.next_piece(&directory)? {
                self.take_links(&directory, is_source);
                return Ok(None);
            }
        }
        let pair = pair_of(&directory, &mut self.source.files, &mut self.target.files);
        if pair.is_none() {
            self.here = None;
        }
        Ok(pair.map(|pair| self.with_directory(pair)))
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
        self.take_links(&directory, true);
        self.take_links(&directory, false);
        if !in_target {
            self.target.forget();
        }
        let here = Here { directory, source: in_source, target: in_target };
        let pair = (!here.directory.is_empty()).then(|| here.pair(empty));
        self.here = Some(here);
        Ok(pair)
    }

    /// Links to directories, which are not entered, come for themselves.
    fn take_links(&mut self, directory: &str, is_source: bool) {
        let side = if is_source { &mut self.source } else { &mut self.target };
        let links = side.links.drain(..);
        let pairs = links.map(|entry| Pair::of_one_side(join(directory, &entry.name), entry, is_source));
        self.ready.extend(pairs);
    }

    /// Adds the directory that the target has where the source has a file.
    fn with_directory(&self, mut pair: Pair) -> Pair {
        if pair.source.is_none() || pair.target.is_some() {
            return pair;
        }
        let name = pair.path.rsplit('/').next().unwrap_or_default();
        // Of a listing in pieces, the piece with the directory may be still to come.
        let looked_up = || {
            let end = self.lookup.as_ref().filter(|_| self.target.in_pieces)?;
            end.join(&pair.path).kind().ok()?
        };
        if self.target.directories.contains(name) || looked_up() == Some(Kind::Directory) {
            pair.target = Some(Entry::directory(name));
        }
        pair
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
        Side::new("store:".to_owned(), Box::new(visits.into_iter()), false)
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
                assert!(
                    error.to_string().starts_with("`store:` cannot be compared: it is not in order"),
                    "{error}"
                );
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
