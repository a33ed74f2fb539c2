//! What a store says about its files and directories: kinds, entries of a listing, stats.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::SystemTime;

use crate::derived::Glob;
use crate::error::{Error, ErrorKind, Result};
use crate::store::ArtifactStore;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Bytes that can be opened.
    File,
    /// A directory: one that was made, or that has something below it.
    Directory,
    /// Something else that has a name, such as a socket or a symbolic link that leads nowhere. It is listed and can be
    /// removed; it cannot be opened.
    Other,
}

impl Kind {
    /// The kind in a word, lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Other => "other",
        }
    }
}

/// How much a listing should say about each entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Names and kinds. Size and time may be left out where they cost more.
    #[default]
    Kind,
    /// Size and modified time of files as well.
    Full,
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The name: one component, without a trailing `/`.
    pub name: String,
    /// File or directory.
    pub kind: Kind,
    /// Size in bytes, of a file, where it is known without another request or was asked for.
    pub size: Option<u64>,
    /// When it was last written, where it is known without another request or was asked for.
    pub modified: Option<SystemTime>,
    /// The etag that `stat` would answer, of a file, where it was asked for and costs no further request.
    pub etag: Option<Box<str>>,
    /// What a symbolic link leads to, as the link says it; `None` for what is not a link. The kind is that of what it leads
    /// to within the root, and [`Kind::Other`] where it leads nowhere or out. Given in every detail.
    pub link: Option<Box<str>>,
}

impl Entry {
    /// An entry of which only name and kind are known.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind, size: None, modified: None, etag: None, link: None }
    }

    /// A file.
    pub fn file(name: impl Into<String>, size: u64) -> Self {
        Self::new(name, Kind::File).with_size(size)
    }

    /// A directory.
    pub fn directory(name: impl Into<String>) -> Self {
        Self::new(name, Kind::Directory)
    }

    /// Adds the size in bytes.
    #[must_use]
    pub fn with_size(mut self, size: u64) -> Self {
        self.size = Some(size);
        self
    }

    /// Adds the time it was last written.
    #[must_use]
    pub fn with_modified(mut self, modified: Option<SystemTime>) -> Self {
        self.modified = modified;
        self
    }

    /// Adds the etag.
    #[must_use]
    pub fn with_etag(mut self, etag: impl Into<Box<str>>) -> Self {
        self.etag = Some(etag.into());
        self
    }

    /// Marks it as a symbolic link, with what the link says.
    #[must_use]
    pub fn with_link(mut self, target: impl Into<Box<str>>) -> Self {
        self.link = Some(target.into());
        self
    }

    /// The order of listings: by the bytes of the name, where a directory counts as `name/`.
    ///
    /// Thus the entries of a tree come in the byte order of their full paths, which is also the order in which object
    /// stores keep keys.
    pub fn listing_order(&self, other: &Self) -> Ordering {
        if self.kind != Kind::Directory && other.kind != Kind::Directory {
            return self.name.as_bytes().cmp(other.name.as_bytes());
        }
        self.sort_key().cmp(other.sort_key())
    }

    fn sort_key(&self) -> impl Iterator<Item = u8> {
        let slash = (self.kind == Kind::Directory).then_some(b'/');
        self.name.bytes().chain(slash)
    }
}

/// What [`stat`](crate::ArtifactStore::stat) answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stat {
    /// File or directory.
    pub kind: Kind,
    /// Size in bytes; 0 for a directory.
    pub size: u64,
    /// When it was last written, where the store keeps it.
    pub modified: Option<SystemTime>,
    /// A text that changes whenever the content does, where the store keeps one.
    pub etag: Option<String>,
    /// The version of the object, where the store keeps versions.
    pub version: Option<String>,
    /// The media type (RFC 9110, section 8.3.1), where the store keeps one.
    pub content_type: Option<String>,
    /// Anything else the store knows, as names and values.
    pub metadata: Vec<(String, String)>,
    /// The permission bits of a file, at most `0o7777`, where the store keeps them.
    pub unix_mode: Option<u32>,
}

impl Stat {
    /// Something of which only kind and size are known.
    pub const fn new(kind: Kind, size: u64) -> Self {
        Self {
            kind,
            size,
            modified: None,
            etag: None,
            version: None,
            content_type: None,
            metadata: Vec::new(),
            unix_mode: None,
        }
    }

    /// A file of this many bytes.
    pub const fn file(size: u64) -> Self {
        Self::new(Kind::File, size)
    }

    /// A directory.
    pub const fn directory() -> Self {
        Self::new(Kind::Directory, 0)
    }

    /// Adds the time it was last written.
    #[must_use]
    pub fn with_modified(mut self, modified: Option<SystemTime>) -> Self {
        self.modified = modified;
        self
    }

    /// Adds the etag.
    #[must_use]
    pub fn with_etag(mut self, etag: impl Into<String>) -> Self {
        self.etag = Some(etag.into());
        self
    }

    /// Adds the permission bits.
    #[must_use]
    pub const fn with_unix_mode(mut self, unix_mode: u32) -> Self {
        self.unix_mode = Some(unix_mode);
        self
    }

    /// Adds the media type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Adds the version.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Adds a name and a value to the metadata.
    #[must_use]
    pub fn with_metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.push((name.into(), value.into()));
        self
    }
}

/// The entries of one directory, or the matches of a pattern, in listing order.
///
/// An item may be an error: it names one entry that could not be read, and the listing goes on after it.
pub struct Entries(Source);

/// Entries one after another.
pub type EntryItems = Box<dyn Iterator<Item = Result<Entry>> + Send>;

enum Source {
    Items(EntryItems),
    Glob(String),
}

impl Entries {
    /// Entries that are at hand, in any order.
    pub fn sorted(mut entries: Vec<Entry>) -> Self {
        entries.sort_unstable_by(Entry::listing_order);
        Self::streaming(entries.into_iter().map(Ok))
    }

    /// Entries that come one after another and are in [listing order](Entry::listing_order) already.
    pub fn streaming(entries: impl Iterator<Item = Result<Entry>> + Send + 'static) -> Self {
        Self(Source::Items(Box::new(entries)))
    }

    /// The matches of a pattern, found through `listdir` by the code around the flavor: the default body of
    /// [`glob`](crate::ArtifactStore::glob), for a flavor that finds only some patterns in a better way.
    pub fn by_listing(pattern: &str) -> Self {
        Self(Source::Glob(pattern.to_owned()))
    }

    /// The entries as an iterator. A pattern that the flavor left to its default is looked up in `store`.
    ///
    /// # Errors
    ///
    /// *Invalid argument* for a malformed pattern; whatever the first `listdir` answers.
    pub fn iterate(self, store: &Arc<dyn ArtifactStore>) -> Result<EntryItems> {
        match self.0 {
            Source::Items(items) => Ok(items),
            Source::Glob(pattern) => Ok(Box::new(Glob::new(store.clone(), &pattern)?)),
        }
    }

    /// The entries of a listing, which needs no store to go on.
    pub(crate) fn into_items(self) -> Result<EntryItems> {
        match self.0 {
            Source::Items(items) => Ok(items),
            Source::Glob(_) => {
                Err(Error::new(ErrorKind::Unexpected, "a listing was wanted, a pattern given"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_sorts_as_its_name_with_a_slash() {
        let mut entries =
            [Entry::directory("a"), Entry::file("a-1", 0), Entry::file("a0", 0), Entry::directory("a.d")];
        entries.sort_unstable_by(Entry::listing_order);
        let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["a-1", "a.d", "a", "a0"]);
    }
}
