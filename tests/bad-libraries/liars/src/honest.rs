//! The store that keeps the contract: what each liar is where it does not lie. Its tree is that of the memory flavor.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use larder_plugin_api::{
    ArtifactStore, Capability, Detail, Entries, OpenMode, Opened, Result, Root, Stat, StorePath,
};

use crate::tree::Tree;
use crate::writer::MemoryWriter;

/// What it claims.
pub const CLAIMS: &[Capability] = &[
    Capability::Write,
    Capability::Append,
    Capability::Exclusive,
    Capability::Copyfile,
    Capability::Rename,
    Capability::RenameDirectory,
    Capability::Mkdir,
    Capability::AtomicRename,
    Capability::AtomicRenameDirectory,
    Capability::NativeCopy,
    Capability::RangedRead,
    Capability::ModifiedTime,
    Capability::Etag,
];

pub const CLAIMS_WITHOUT_RENAME: &[Capability] = &[
    Capability::Write,
    Capability::Append,
    Capability::Exclusive,
    Capability::Copyfile,
    Capability::RenameDirectory,
    Capability::Mkdir,
    Capability::AtomicRenameDirectory,
    Capability::NativeCopy,
    Capability::RangedRead,
    Capability::ModifiedTime,
    Capability::Etag,
];

/// A tree that the stores of one root, and their open writers, share.
#[derive(Clone, Default)]
pub struct SharedTree(Arc<RwLock<Tree>>);

impl SharedTree {
    fn of(root: &Root) -> Self {
        static ROOTS: Mutex<BTreeMap<String, SharedTree>> = Mutex::new(BTreeMap::new());
        let mut roots = ROOTS.lock().unwrap_or_else(PoisonError::into_inner);
        roots.entry(root.to_string()).or_default().clone()
    }

    pub fn read(&self) -> RwLockReadGuard<'_, Tree> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn write(&self) -> RwLockWriteGuard<'_, Tree> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A store that keeps the contract.
pub struct Honest(SharedTree);

impl Honest {
    pub fn new(root: &Root) -> Self {
        Self(SharedTree::of(root))
    }

    /// The content of a file.
    pub fn content(&self, path: StorePath) -> Result<Vec<u8>> {
        Ok(self.0.read().content(path)?.as_ref().to_vec())
    }

    /// Writes a whole file, in place of the one that may be there.
    pub fn put(&self, path: StorePath, content: Vec<u8>) -> Result<()> {
        self.0.write().write(path, OpenMode::Write, content, u64::MAX)
    }

    pub fn isfile(&self, path: StorePath) -> bool {
        let tree = self.0.read();
        tree.exists(path) && !tree.isdir(path)
    }

    pub fn is_missing(&self, path: StorePath) -> bool {
        !self.0.read().exists(path)
    }
}

impl ArtifactStore for Honest {
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        let tree = self.0.read();
        if mode == OpenMode::Read {
            return Ok(Opened::reader(Cursor::new(tree.content(path)?)));
        }
        tree.check_write(path, mode)?;
        drop(tree);
        Ok(Opened::writer(MemoryWriter::new(self.0.clone(), path, mode, u64::MAX)))
    }

    fn copyfile(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        self.0.write().copyfile(source, target, overwrite, u64::MAX)
    }

    fn exists(&self, path: StorePath) -> Result<bool> {
        Ok(self.0.read().exists(path))
    }

    fn isdir(&self, path: StorePath) -> Result<bool> {
        Ok(self.0.read().isdir(path))
    }

    fn listdir(&self, path: StorePath, _detail: Detail) -> Result<Entries> {
        Ok(Entries::sorted(self.0.read().listdir(path)?))
    }

    fn makedirs(&self, path: StorePath) -> Result<()> {
        self.0.write().makedirs(path)
    }

    fn mkdir(&self, path: StorePath) -> Result<()> {
        self.0.write().mkdir(path)
    }

    fn remove(&self, path: StorePath) -> Result<()> {
        self.0.write().remove(path)
    }

    fn rename(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        self.0.write().rename(source, target, overwrite)
    }

    fn rmtree(&self, path: StorePath) -> Result<()> {
        self.0.write().rmtree(path)
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        self.0.read().stat(path)
    }

    fn size(&self, path: StorePath) -> Result<u64> {
        self.0.read().size(path)
    }
}
