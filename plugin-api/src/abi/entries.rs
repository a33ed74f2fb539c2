//! Listings and walks on their way across: many entries in one call, their names in one text.

use abi_stable::StableAbi;
use abi_stable::sabi_trait;
use abi_stable::std_types::{RBox, RString, RVec};

use super::error::{AbiResult, ErrorFields};
use super::stat::{NO_TIME, kind_from_code, kind_to_code, time_from_ns, time_to_ns};
use crate::entry::{Entry, Kind};
use crate::error::Error;
use crate::walk::Visit;

/// One record of a batch. Its name is the next `name_len_bytes` of the batch's text.
#[repr(C)]
#[derive(StableAbi, Clone, Copy, Debug)]
pub struct Record {
    /// A kind of entry, or one of the marks below.
    pub kind: u8,
    pub has_size: bool,
    pub name_len_bytes: u32,
    pub size_bytes: u64,
    pub modified_ns: i64,
}

/// A mark: the directory of a walk whose entries follow, up to the next mark.
pub const MARK_VISIT: u8 = 100;
/// A mark: the next of the batch's errors.
pub const MARK_ERROR: u8 = 101;

/// Some entries of a listing or of a walk.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default)]
pub struct Batch {
    pub text: RString,
    pub records: RVec<Record>,
    pub errors: RVec<ErrorFields>,
    /// Nothing follows.
    pub last: bool,
}

impl Batch {
    /// Adds an entry. A name longer than 4 GiB cannot cross.
    pub fn push(&mut self, entry: &Entry) {
        self.push_record(kind_to_code(entry.kind), &entry.name, entry.size, time_to_ns(entry.modified));
    }

    /// Adds one directory of a walk with its entries.
    pub fn push_visit(&mut self, visit: &Visit) {
        self.push_record(MARK_VISIT, &visit.directory, None, NO_TIME);
        for entry in visit.directories.iter().chain(&visit.files) {
            self.push(entry);
        }
    }

    /// Adds something that could not be read.
    pub fn push_error(&mut self, error: Error) {
        self.push_record(MARK_ERROR, "", None, NO_TIME);
        self.errors.push(error.into());
    }

    fn push_record(&mut self, kind: u8, name: &str, size: Option<u64>, modified_ns: i64) {
        let Ok(name_len_bytes) = u32::try_from(name.len()) else { return };
        self.text.push_str(name);
        self.records.push(Record {
            kind,
            has_size: size.is_some(),
            name_len_bytes,
            size_bytes: size.unwrap_or_default(),
            modified_ns,
        });
    }

    /// The items of the batch in order, with the names borrowed from its text.
    ///
    /// Lengths that do not fit the text, which only a broken library sends, end the iteration.
    pub fn items(&self) -> impl Iterator<Item = Item<'_>> {
        let mut text = self.text.as_str();
        let mut errors = self.errors.iter();
        self.records.iter().map_while(move |record| {
            let (name, rest) = text.split_at_checked(usize::try_from(record.name_len_bytes).ok()?)?;
            text = rest;
            match record.kind {
                MARK_VISIT => Some(Item::Visit(name)),
                MARK_ERROR => errors.next().map(|fields| Item::Error(fields.clone().into())),
                kind => Some(Item::Entry(EntryRef {
                    name,
                    kind: kind_from_code(kind),
                    size: record.has_size.then_some(record.size_bytes),
                    modified_ns: record.modified_ns,
                })),
            }
        })
    }
}

/// One item of a batch.
#[derive(Clone, Debug)]
pub enum Item<'a> {
    /// A directory of a walk begins; its path.
    Visit(&'a str),
    /// An entry.
    Entry(EntryRef<'a>),
    /// Something could not be read.
    Error(Error),
}

/// An [`Entry`] whose name is borrowed.
#[derive(Clone, Copy, Debug)]
pub struct EntryRef<'a> {
    pub name: &'a str,
    pub kind: Kind,
    pub size: Option<u64>,
    modified_ns: i64,
}

impl EntryRef<'_> {
    /// The entry with a name of its own.
    pub fn to_entry(self) -> Entry {
        Entry {
            size: self.size,
            modified: time_from_ns(self.modified_ns),
            ..Entry::new(self.name, self.kind)
        }
    }
}

/// A listing or a walk under way.
#[sabi_trait]
pub trait AbiBatches: Send {
    /// The next batch, with at least one entry unless it is the last, and with about `max_entries` at most.
    #[sabi(last_prefix_field)]
    fn next_batch(&mut self, max_entries: u32) -> AbiResult<Batch>;
}

/// A listing or a walk of the other side.
pub type BatchesBox = AbiBatches_TO<'static, RBox<()>>;
