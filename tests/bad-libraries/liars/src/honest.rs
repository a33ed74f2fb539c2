//! The store that keeps the contract: what each liar is where it does not lie. Its tree is that of the memory flavor.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use larder_plugin_api::{
    ArtifactStore, Capability, Detail, Entries, Error, Identity, OpenMode, Opened, Removal, Result, Root,
    Stat, StorePath,
};

use crate::memory_reader::MemoryReader;
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
    Capability::RemoveDirectory,
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
    Capability::RemoveDirectory,
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

    /// Whether nothing is in it, as in a root that nobody has made.
    pub fn is_empty(&self) -> bool {
        self.0.read().listdir(StorePath::ROOT).is_ok_and(|entries| entries.is_empty())
    }

    /// Writes a whole file, as the mode allows it.
    pub fn put_in_mode(&self, path: StorePath, mode: OpenMode, content: Vec<u8>) -> Result<()> {
        self.0.write().write(path, mode, content, u64::MAX)
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
            let (content, stat) = tree.opened(path)?;
            return Ok(Opened::reader(MemoryReader { content: Cursor::new(content), stat }));
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

    fn remove_many(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        let mut tree = self.0.write();
        Ok(files.iter().map(|file| tree.remove_one_of_many(file)).collect())
    }

    fn remove_directory(&self, path: StorePath) -> Result<()> {
        self.0.write().remove_directory(path)
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

    fn identity(&self, path: StorePath) -> Result<Option<Identity>> {
        let scope = format!("liar:{}.{:p}", std::process::id(), Arc::as_ptr(&self.0.0));
        Ok(Some(Identity::of_path(scope, std::iter::once("").chain(path.components()))))
    }

    fn stat_key(&self, key: &str) -> Result<Stat> {
        let path = StorePath::new(key)?;
        if self.isfile(path) { self.stat(path) } else { Err(Error::not_found()) }
    }

    fn remove_key(&self, key: &str, etag: Option<&str>) -> Result<()> {
        let path = StorePath::new(key)?;
        self.stat_key(key)?;
        self.0.write().remove_one_of_many(&Removal { path, etag })
    }

    fn copy_key(&self, key: &str, target: StorePath, overwrite: bool) -> Result<()> {
        self.stat_key(key)?;
        self.copyfile(StorePath::new(key)?, target, overwrite)
    }

    fn size(&self, path: StorePath) -> Result<u64> {
        self.0.read().size(path)
    }
}
