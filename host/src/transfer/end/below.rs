//! A place below a local directory that is held open: nothing that has its path leads out of the directory.

use std::io;
use std::sync::Arc;

use larder_plugin_api::{Error as StoreError, Kind, Stat};

use crate::transfer::local::{FoundKind, LocalPath, LocalTree, LocalWriter, WriteOptions, join};
use crate::transfer::removal::{Seen, changed};

/// Such a place.
#[derive(Clone, Debug)]
pub struct Below {
    tree: Arc<LocalTree>,
    top: LocalPath,
    relative: String,
}

impl Below {
    /// The directory itself, which is made when it is missing.
    pub(super) fn open_or_make(top: &LocalPath, keep_directory_symlink: bool) -> io::Result<Self> {
        let tree = LocalTree::open_or_make(top)?.keep_directory_symlink(keep_directory_symlink);
        Ok(Self { tree: Arc::new(tree), top: top.clone(), relative: String::new() })
    }

    pub(super) fn join(&self, relative: &str) -> Self {
        Self { relative: join(&self.relative, relative), ..self.clone() }
    }

    /// The path, for messages and for reading.
    pub fn path(&self) -> LocalPath {
        if self.relative.is_empty() { self.top.clone() } else { self.top.below(&self.relative) }
    }

    pub(super) fn stat(&self) -> io::Result<Stat> {
        let found = self.tree.look(&self.relative)?.ok_or(io::ErrorKind::NotFound)?;
        Ok(match found.kind {
            FoundKind::File => Stat::file(found.size).with_modified(Some(found.modified)),
            FoundKind::Directory => Stat::directory(),
            FoundKind::Link | FoundKind::Special => Stat::new(Kind::Other, 0),
        })
    }

    pub(super) fn writer(&self, options: &WriteOptions) -> io::Result<LocalWriter> {
        self.tree.writer(&self.relative, options)
    }

    pub(super) fn make_directory(&self, unix_mode: Option<u32>) -> io::Result<()> {
        self.tree.make_directory(&self.relative, unix_mode)
    }

    pub(super) fn make_link(&self, target: &str, overwrite: bool) -> io::Result<()> {
        self.tree.make_link(&self.relative, target, overwrite)
    }

    pub(super) fn remove_directory(&self) -> io::Result<()> {
        self.tree.remove_directory(&self.relative)
    }

    /// Removes a file, a link or something special, if it still looks as it did.
    pub(super) fn remove_seen(&self, seen: &Seen) -> larder_plugin_api::Result<()> {
        let found = self.tree.look(&self.relative)?.ok_or_else(StoreError::not_found)?;
        let stat = Stat::file(found.size).with_modified(Some(found.modified));
        if found.kind == FoundKind::File && !seen.is_still(&stat) {
            return Err(changed());
        }
        Ok(self.tree.remove(&self.relative, Some(&found))?)
    }
}
