//! What a store lists is data from outside: each name and path is looked at here, where the batches cross the border.
//!
//! A listing and a walk give names of one component, a walk visits paths at or below its top, a glob gives paths that
//! match. What does not fit is refused: it becomes an error that quotes the store, and never an entry.

use std::fmt;

use larder_plugin_api::abi::entries::{Batch as AbiBatch, EntryRef, Item};
use larder_plugin_api::{Error, ErrorKind, GlobPattern, MAX_PATH_BYTES, StorePath};

use super::limits::too_far;
use super::shown::shown;

/// Entries as they crossed the border, many at once, each of them checked.
pub struct Batch {
    abi: AbiBatch,
    /// Those of its items that do not count, in order.
    refused: Vec<Refused>,
}

struct Refused {
    index: usize,
    /// What stands in its place; nothing for what goes with the directory that it is in.
    error: Option<Error>,
}

impl Batch {
    /// The items in order, their names borrowed. What was refused is an error in the place where it was.
    ///
    /// In a walk, entries that come before the first visit belong to the last visit of the batch before.
    pub fn items(&self) -> impl Iterator<Item = Item<'_>> {
        let mut refused = self.refused.iter();
        let mut next = refused.next();
        self.abi.items().enumerate().filter_map(move |(index, item)| match next {
            Some(found) if found.index == index => {
                next = refused.next();
                found.error.clone().map(Item::Error)
            }
            _ => Some(item),
        })
    }

    /// Whether nothing follows.
    pub(super) fn is_last(&self) -> bool {
        self.abi.last
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("items", &self.abi.records.len()).finish_non_exhaustive()
    }
}

/// What the items of one listing, walk or glob must be.
pub struct Border {
    operation: &'static str,
    /// What was asked for: a directory or a pattern.
    asked: String,
    rule: Rule,
}

enum Rule {
    /// Names in one directory.
    Names,
    /// Paths that match. A pattern that this host cannot read is the flavor's to refuse.
    Matches(Option<GlobPattern>),
    Visits(Visits),
}

/// A walk so far.
#[derive(Default)]
struct Visits {
    /// The length of the directory that the next entries are in; none before the first and after one that was refused.
    directory_bytes: Option<usize>,
    begun: bool,
    /// The directory beyond a limit that was told last: what is below it is not told again.
    told: String,
}

/// What is to be done with an item.
enum Verdict {
    Fits,
    Refuse(Error),
    /// It goes with a directory that was refused.
    Drop,
}

impl Border {
    pub fn of_listing(directory: &str) -> Self {
        Self { operation: "listdir", asked: directory.to_owned(), rule: Rule::Names }
    }

    pub fn of_glob(pattern: &str) -> Self {
        let rule = Rule::Matches(GlobPattern::new(pattern).ok());
        Self { operation: "glob", asked: pattern.to_owned(), rule }
    }

    pub fn of_walk(top: &str) -> Self {
        Self { operation: "walk", asked: top.to_owned(), rule: Rule::Visits(Visits::default()) }
    }

    /// Looks at each item of a batch, once.
    pub fn check(&mut self, abi: AbiBatch) -> Batch {
        let mut refused = Vec::new();
        for (index, item) in abi.items().enumerate() {
            match self.judge(&item) {
                Verdict::Fits => {}
                Verdict::Refuse(error) => refused.push(Refused { index, error: Some(error) }),
                Verdict::Drop => refused.push(Refused { index, error: None }),
            }
        }
        Batch { abi, refused }
    }

    fn judge(&mut self, item: &Item<'_>) -> Verdict {
        let (operation, asked) = (self.operation, &*self.asked);
        let wrong = |message: String| {
            Verdict::Refuse(Error::new(ErrorKind::InvalidPath, message).or_context(operation, asked))
        };
        let judged = match (&mut self.rule, item) {
            (_, Item::Error(_)) => Ok(Verdict::Fits),
            (Rule::Visits(visits), Item::Visit(directory)) => visits.visit(directory, asked),
            (Rule::Visits(visits), Item::Entry(entry)) => visits.entry(entry),
            (_, Item::Visit(directory)) => Err(format!(
                "the store gives a visit of `{}`, where entries were asked for",
                shown(directory)
            )),
            (Rule::Names, Item::Entry(entry)) => name(entry.name, asked.len()),
            (Rule::Matches(pattern), Item::Entry(entry)) => matching(entry.name, asked, pattern.as_ref()),
        };
        judged.unwrap_or_else(wrong)
    }
}

impl Visits {
    fn visit(&mut self, directory: &str, top: &str) -> Result<Verdict, String> {
        self.begun = true;
        self.directory_bytes = None;
        let gives = || format!("the store visits `{}`", shown(directory));
        let path = StorePath::new(directory).map_err(|error| format!("{}: {}", gives(), error.message()))?;
        // The host has normalised the top.
        if StorePath::new(top).is_ok_and(|top| path.below(top).is_none()) {
            return Err(format!("{}, which is not below `{top}`", gives()));
        }
        if let Some((beyond, why)) = too_far(directory) {
            if self.told == beyond {
                return Ok(Verdict::Drop);
            }
            beyond.clone_into(&mut self.told);
            return Err(why);
        }
        self.directory_bytes = Some(directory.len());
        Ok(Verdict::Fits)
    }

    fn entry(&self, entry: &EntryRef<'_>) -> Result<Verdict, String> {
        match self.directory_bytes {
            Some(bytes) => name(entry.name, bytes),
            None if self.begun => Ok(Verdict::Drop),
            None => Err(format!("the store gives `{}` before any directory", shown(entry.name))),
        }
    }
}

/// A name in a directory whose path has so many bytes.
fn name(name: &str, directory_bytes: usize) -> Result<Verdict, String> {
    let separated = name.bytes().any(|byte| matches!(byte, b'/' | 0));
    let fits =
        !separated && !matches!(name, "" | "." | "..") && directory_bytes + name.len() < MAX_PATH_BYTES;
    if fits { Ok(Verdict::Fits) } else { Err(flaw_of(name)) }
}

#[cold]
fn flaw_of(name: &str) -> String {
    let flaw = match name {
        "" => return "the store lists an entry without a name".to_owned(),
        "." | ".." => "which is no name of an entry",
        name if name.contains('/') => "which has a `/`: a name is one component",
        name if name.contains('\0') => "which has a NUL byte",
        _ => return format!("the path of `{}` has more than {MAX_PATH_BYTES} bytes", shown(name)),
    };
    format!("the store lists `{}`, {flaw}", shown(name))
}

/// A path that a pattern was answered with.
fn matching(path: &str, asked: &str, pattern: Option<&GlobPattern>) -> Result<Verdict, String> {
    let gives = || format!("the store gives `{}`", shown(path));
    StorePath::new(path).map_err(|error| format!("{}: {}", gives(), error.message()))?;
    if let Some((_, why)) = too_far(path) {
        return Err(why);
    }
    // Whether `a/**` gives `a` itself is left to the store.
    let is_top = || {
        asked.strip_suffix("/**").is_some_and(|top| GlobPattern::new(top).is_ok_and(|top| top.matches(path)))
    };
    if pattern.is_some_and(|pattern| !pattern.matches(path)) && !is_top() {
        return Err(format!("{}, which does not match", gives()));
    }
    Ok(Verdict::Fits)
}
