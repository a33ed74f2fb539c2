//! Listings and walks under way: batches from the flavor, handed out one item at a time or as they come.

use std::collections::VecDeque;
use std::fmt;

use larder_plugin_api::abi::entries::{Batch, BatchesBox, Item};
use larder_plugin_api::abi::error::from_abi;
use larder_plugin_api::{Entry, Kind, Result, Visit};

/// About how many entries cross the border in one call: enough that the call costs nothing, and a few hundred KiB.
const BATCH_ENTRIES: u32 = 4096;

/// Batches from the other side, up to the last one or the first error.
struct Batches {
    abi: BatchesBox,
    done: bool,
}

impl Batches {
    fn next(&mut self) -> Option<Result<Batch>> {
        if self.done {
            return None;
        }
        let batch = from_abi(self.abi.next_batch(BATCH_ENTRIES));
        self.done = batch.as_ref().map_or(true, |batch| batch.last);
        Some(batch)
    }
}

/// The entries of a directory, or the matches of a pattern, as an iterator. An item that is an error names one entry
/// that could not be read; the listing goes on after it.
pub struct Entries {
    batches: Batches,
    ready: VecDeque<Result<Entry>>,
}

impl Entries {
    pub(super) fn new(abi: BatchesBox) -> Self {
        Self { batches: Batches { abi, done: false }, ready: VecDeque::new() }
    }

    /// The next entries as they crossed the border, many at once: for callers that look at a great many.
    ///
    /// Do not mix it with the iterator: a batch that the iterator has begun is not given again.
    pub fn next_batch(&mut self) -> Option<Result<Batch>> {
        self.batches.next()
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
        while self.ready.is_empty() {
            match self.batches.next()? {
                Err(error) => return Some(Err(error)),
                Ok(batch) => self.ready.extend(batch.items().filter_map(|item| match item {
                    Item::Entry(entry) => Some(Ok(entry.to_entry())),
                    Item::Error(error) => Some(Err(error)),
                    Item::Visit(_) => None,
                })),
            }
        }
        self.ready.pop_front()
    }
}

/// A walk, as an iterator of visits. An item that is an error names one directory that could not be read; the walk goes
/// on after it.
pub struct Walk {
    batches: Batches,
    ready: VecDeque<Result<Visit>>,
    /// The directory whose entries come now.
    directory: String,
}

impl Walk {
    pub(super) fn new(abi: BatchesBox) -> Self {
        Self { batches: Batches { abi, done: false }, ready: VecDeque::new(), directory: String::new() }
    }

    /// The next visits as they crossed the border, as [`Entries::next_batch`]. Entries at the beginning of a batch are of
    /// the directory that the batch before ended with.
    pub fn next_batch(&mut self) -> Option<Result<Batch>> {
        self.batches.next()
    }

    /// Takes a batch apart into visits.
    fn unpack(&mut self, batch: &Batch) {
        for item in batch.items() {
            match item {
                Item::Visit(directory) => {
                    directory.clone_into(&mut self.directory);
                    self.ready.push_back(Ok(Visit { directory: directory.to_owned(), ..Visit::default() }));
                }
                Item::Error(error) => self.ready.push_back(Err(error)),
                Item::Entry(entry) => {
                    if !matches!(self.ready.back(), Some(Ok(_))) {
                        let directory = self.directory.clone();
                        self.ready.push_back(Ok(Visit { directory, ..Visit::default() }));
                    }
                    let Some(Ok(visit)) = self.ready.back_mut() else { continue };
                    let list =
                        if entry.kind == Kind::Directory { &mut visit.directories } else { &mut visit.files };
                    list.push(entry.to_entry());
                }
            }
        }
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
        while self.ready.is_empty() {
            match self.batches.next()? {
                Err(error) => return Some(Err(error)),
                Ok(batch) => self.unpack(&batch),
            }
        }
        self.ready.pop_front()
    }
}
