//! Listings and walks on their way across: many entries in one call, their names in one text.

use abi_stable::StableAbi;
use abi_stable::sabi_trait;
use abi_stable::std_types::{RBox, RString, RVec};

use super::error::{AbiResult, ErrorFields};
use super::stat::{NO_TIME, kind_from_code, kind_to_code, time_from_ns, time_to_ns};
use crate::entry::{Entry, Kind};
use crate::error::{Error, ErrorKind};

/// One record of a batch. Its name, its etag and what its link leads to are the next bytes of the batch's text, in this
/// order, as many as the lengths say.
#[repr(C)]
#[derive(StableAbi, Clone, Copy, Debug)]
pub struct Record {
    /// A kind of entry, or one of the marks below.
    pub kind: u8,
    /// What is known, as the sum of [`HAS_SIZE`], [`HAS_ETAG`] and [`IS_LINK`]; other bits mean nothing yet.
    pub flags: u8,
    pub name_len_bytes: u32,
    pub etag_len_bytes: u32,
    pub link_len_bytes: u32,
    pub size_bytes: u64,
    /// Nanoseconds since 1970-01-01T00:00:00Z, or [`NO_TIME`].
    pub modified_ns: i64,
}

/// A flag: `size_bytes` is the size of the file.
pub const HAS_SIZE: u8 = 1;
/// A flag: the entry has an etag.
pub const HAS_ETAG: u8 = 2;
/// A flag: the entry is a symbolic link.
pub const IS_LINK: u8 = 4;

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
    /// Adds an entry. A text longer than 4 GiB cannot cross.
    pub fn push(&mut self, entry: &Entry) {
        let len = |text: &str| u32::try_from(text.len()).ok();
        let (etag, link) =
            (entry.etag.as_deref().unwrap_or_default(), entry.link.as_deref().unwrap_or_default());
        let (Some(name_len_bytes), Some(etag_len_bytes), Some(link_len_bytes)) =
            (len(&entry.name), len(etag), len(link))
        else {
            return self
                .push_error(Error::new(ErrorKind::InvalidPath, "a name or link is longer than 4 GiB"));
        };
        self.text.push_str(&entry.name);
        self.text.push_str(etag);
        self.text.push_str(link);
        let flag = |given: bool, flag: u8| if given { flag } else { 0 };
        self.records.push(Record {
            kind: kind_to_code(entry.kind),
            flags: flag(entry.size.is_some(), HAS_SIZE)
                | flag(entry.etag.is_some(), HAS_ETAG)
                | flag(entry.link.is_some(), IS_LINK),
            name_len_bytes,
            etag_len_bytes,
            link_len_bytes,
            size_bytes: entry.size.unwrap_or_default(),
            modified_ns: time_to_ns(entry.modified),
        });
    }

    /// Begins a directory of a walk; its entries follow, in this batch and, up to the next mark, in those after it.
    pub fn push_visit(&mut self, directory: &str) {
        self.push_mark(MARK_VISIT, directory);
    }

    /// Adds something that could not be read. It does not end the visit that it comes in.
    pub fn push_error(&mut self, error: Error) {
        self.push_mark(MARK_ERROR, "");
        self.errors.push(error.into());
    }

    fn push_mark(&mut self, mark: u8, name: &str) {
        let Ok(name_len_bytes) = u32::try_from(name.len()) else { return };
        self.text.push_str(name);
        self.records.push(Record {
            kind: mark,
            flags: 0,
            name_len_bytes,
            etag_len_bytes: 0,
            link_len_bytes: 0,
            size_bytes: 0,
            modified_ns: NO_TIME,
        });
    }

    /// The items of the batch in order, with the texts borrowed from it.
    ///
    /// Lengths that do not fit the text, which only a broken library sends, are an error, and end the iteration.
    pub fn items(&self) -> Items<'_> {
        Items { text: &self.text, records: self.records.iter(), errors: self.errors.iter() }
    }
}

/// The items of a batch.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    text: &'a str,
    records: std::slice::Iter<'a, Record>,
    errors: std::slice::Iter<'a, ErrorFields>,
}

impl<'a> Items<'a> {
    fn take(&mut self, len_bytes: u32) -> Option<&'a str> {
        if len_bytes == 0 {
            return Some("");
        }
        let (text, rest) = self.text.split_at_checked(usize::try_from(len_bytes).ok()?)?;
        self.text = rest;
        Some(text)
    }

    fn item(&mut self, record: &Record) -> Option<Item<'a>> {
        let name = self.take(record.name_len_bytes)?;
        let etag = self.take(record.etag_len_bytes)?;
        let link = self.take(record.link_len_bytes)?;
        Some(match record.kind {
            MARK_VISIT => Item::Visit(name),
            MARK_ERROR => Item::Error(self.errors.next()?.clone().into()),
            kind => Item::Entry(EntryRef {
                name,
                kind: kind_from_code(kind),
                size: (record.flags & HAS_SIZE != 0).then_some(record.size_bytes),
                etag: (record.flags & HAS_ETAG != 0).then_some(etag),
                link: (record.flags & IS_LINK != 0).then_some(link),
                modified_ns: record.modified_ns,
            }),
        })
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        let record = self.records.next()?;
        let item = self.item(record);
        if item.is_none() {
            self.records = [].iter();
        }
        item.or_else(|| Some(Item::Error(misfit())))
    }
}

#[cold]
fn misfit() -> Error {
    Error::new(ErrorKind::Unexpected, "the lengths of a batch do not fit its text: the rest of it is lost")
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

/// An [`Entry`] whose texts are borrowed.
#[derive(Clone, Copy, Debug)]
pub struct EntryRef<'a> {
    pub name: &'a str,
    pub kind: Kind,
    pub size: Option<u64>,
    pub etag: Option<&'a str>,
    pub link: Option<&'a str>,
    modified_ns: i64,
}

impl EntryRef<'_> {
    /// The entry with texts of its own.
    pub fn to_entry(self) -> Entry {
        Entry {
            size: self.size,
            modified: time_from_ns(self.modified_ns),
            etag: self.etag.map(Box::from),
            link: self.link.map(Box::from),
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
