//! Listings and walks under way: batches from the flavor, handed out one item at a time or as they come.

use std::collections::VecDeque;
use std::fmt;

use larder_plugin_api::abi::entries::{BatchesBox, Item};
use larder_plugin_api::abi::error::from_abi;
use larder_plugin_api::{Entry, ErrorKind, Kind, Result, Visit};

use super::border::{Batch, Border};
use super::services::Cancellation;

/// About how many entries cross the border in one call: enough that the call costs nothing, and a few hundred KiB.
const BATCH_ENTRIES: u32 = 4096;

/// How many entries a visit has at most; those of a larger directory come in several.
const VISIT_ENTRIES: usize = 65_536;

/// Batches from the other side, checked, up to the last one or the first error.
pub(super) struct Batches {
    abi: BatchesBox,
    border: Border,
    cancellation: Cancellation,
    done: bool,
}

impl Batches {
    pub(super) fn new(abi: BatchesBox, border: Border, cancellation: Cancellation) -> Self {
        Self { abi, border, cancellation, done: false }
    }

    fn next(&mut self) -> Option<Result<Batch>> {
        if self.done {
            return None;
        }
        let batch = from_abi(self.abi.next_batch(BATCH_ENTRIES)).map(|batch| self.border.check(batch));
        self.done = batch.as_ref().map_or(true, Batch::is_last);
        Some(batch)
    }

    /// As `next`, for a loop that may go on for as long as the store likes.
    fn next_of_many(&mut self) -> Option<Result<Batch>> {
        if self.cancellation.is_cancelled() && !self.done {
            self.done = true;
            return Some(Err(ErrorKind::Interrupted.into()));
        }
        self.next()
    }
}

/// The entries of a directory, or the matches of a pattern, as an iterator. An item that is an error names one entry
/// that could not be read; the listing goes on after it.
///
/// A name is one component, a match is a normalised path that matches: whatever else a store gives is such an error.
pub struct Entries {
    batches: Batches,
    ready: VecDeque<Result<Entry>>,
}

impl Entries {
    pub(super) fn new(batches: Batches) -> Self {
        Self { batches, ready: VecDeque::new() }
    }

    /// The next entries as they crossed the border, many at once: for callers that look at a great many.
    ///
    /// Do not mix it with the iterator: a batch that the iterator has begun is not given again.
    pub fn next_batch(&mut self) -> Option<Result<Batch>> {
        self.batches.next()
    }

    fn unpack(&mut self, batch: &Batch) {
        self.ready.extend(batch.items().filter_map(|item| match item {
            Item::Entry(entry) => Some(Ok(entry.to_entry())),
            Item::Error(error) => Some(Err(error)),
            Item::Visit(_) => None,
        }));
    }
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entries").finish_non_exhaustive()
    }
}

impl Iterator for Entries {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut batches = 0;
        while self.ready.is_empty() {
            // The flavor notices by itself that it is cancelled; a store that gives nothing without end does not.
            let batch = if batches == 0 { self.batches.next() } else { self.batches.next_of_many() };
            batches += 1;
            match batch? {
                Err(error) => return Some(Err(error)),
                Ok(batch) => self.unpack(&batch),
            }
        }
        self.ready.pop_front()
    }
}

/// A walk, as an iterator of visits. An item that is an error names one directory that could not be read; the walk goes
/// on after it.
///
/// Directories are normalised paths at or below the top, names are one component: whatever else a store gives is such an
/// error. Consecutive visits of one directory are pieces of one visit, which is how a directory of very many entries comes.
pub struct Walk {
    batches: Batches,
    ready: VecDeque<Result<Visit>>,
    /// The last visit of what was unpacked: the next batch may go on with it.
    open: Option<Visit>,
}

impl Walk {
    pub(super) fn new(batches: Batches) -> Self {
        Self { batches, ready: VecDeque::new(), open: None }
    }

    /// The next items as they crossed the border, as [`Entries::next_batch`]. A visit may go on in the next batch.
    pub fn next_batch(&mut self) -> Option<Result<Batch>> {
        self.batches.next()
    }

    /// Takes a batch apart into visits.
    fn unpack(&mut self, batch: &Batch) {
        for item in batch.items() {
            match item {
                Item::Visit(directory) => self.begin(directory),
                Item::Error(error) => self.ready.push_back(Err(error)),
                Item::Entry(entry) => self.add(entry.to_entry()),
            }
        }
    }

    fn begin(&mut self, directory: &str) {
        if self.open.as_ref().is_some_and(|open| open.directory == directory) {
            return;
        }
        let begun = Visit { directory: directory.to_owned(), ..Visit::default() };
        self.ready.extend(self.open.replace(begun).map(Ok));
    }

    /// The border lets no entry through before a visit.
    fn add(&mut self, entry: Entry) {
        let Some(open) = &mut self.open else { return };
        if open.directories.len() + open.files.len() >= VISIT_ENTRIES {
            let rest = Visit { directory: open.directory.clone(), ..Visit::default() };
            self.ready.push_back(Ok(std::mem::replace(open, rest)));
        }
        let list = if entry.kind == Kind::Directory { &mut open.directories } else { &mut open.files };
        list.push(entry);
    }
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").finish_non_exhaustive()
    }
}

impl Iterator for Walk {
    type Item = Result<Visit>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut batches = 0;
        while self.ready.is_empty() {
            let batch = if batches == 0 { self.batches.next() } else { self.batches.next_of_many() };
            batches += 1;
            match batch {
                None => return self.open.take().map(Ok),
                Some(Ok(batch)) => self.unpack(&batch),
                Some(Err(error)) => {
                    self.ready.extend(self.open.take().map(Ok));
                    self.ready.push_back(Err(error));
                }
            }
        }
        self.ready.pop_front()
    }
}
