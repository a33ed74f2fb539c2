//! What a listing gives: keys with what is known of their objects.

use std::time::SystemTime;

use larder_plugin_api::Entry;

/// One page of a listing. The order within it does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What is on it.
    pub entries: Vec<Listed>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<String>,
}

/// What a key is listed as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listing {
    /// An object.
    #[default]
    Object,
    /// The beginning of further keys, in a listing of one directory.
    Prefix,
    /// An object that stands for a directory, though its key has no `/` at the end.
    Folder,
}

/// A key, and what a listing says of its object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The key: from the service whole, within this crate what follows the prefix of the store's root, byte for byte.
    pub key: String,
    /// What it is listed as.
    pub kind: Listing,
    /// Its length in bytes.
    pub size: u64,
    /// When it was last written.
    pub modified: Option<SystemTime>,
    /// What tells it from an earlier object of its key.
    pub etag: Option<Box<str>>,
}

impl Listed {
    /// The beginning of further keys.
    pub fn prefix(key: impl Into<String>) -> Self {
        Self { key: key.into(), kind: Listing::Prefix, ..Self::default() }
    }

    /// Whether the key belongs to a directory: its marker, the beginning of what is in it, an object that stands for it.
    pub fn is_directory(&self) -> bool {
        self.kind != Listing::Object || self.key.ends_with('/')
    }

    /// The entry of this name, with all that the listing says.
    pub fn entry(&self, name: &str) -> Entry {
        if self.is_directory() {
            return Entry::directory(name);
        }
        let entry = Entry::file(name, self.size).with_modified(self.modified);
        match &self.etag {
            Some(etag) => entry.with_etag(etag.clone()),
            None => entry,
        }
    }
}
