//! A store with one lie: every operation goes to the file that knows the lies of its kind.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use larder_plugin_api::{
    ArtifactStore, Capability, Detail, Entries, Identity, OpenMode, OpenOptions, Opened, Removal, Result,
    Root, Stat, StorePath, Walk, WalkOptions,
};

use crate::Lie;
use crate::honest::Honest;

/// A store that keeps the contract but for its lie.
pub struct Liar {
    pub(crate) honest: Arc<Honest>,
    pub(crate) lie: Lie,
    asked: AtomicBool,
    /// Whether the root was listed.
    pub(crate) looked: AtomicBool,
    /// Tells this instance from the others.
    pub(crate) number: usize,
    pub(crate) root: Root,
    /// What files were given when they were opened to be written.
    pub(crate) given: Mutex<BTreeMap<String, Given>>,
}

/// What a file was given.
#[derive(Clone, Copy)]
pub struct Given {
    pub timed: bool,
    pub unix_mode: Option<u32>,
}

impl Liar {
    pub fn new(root: &Root, lie: Lie) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        Self {
            honest: Arc::new(Honest::new(root)),
            lie,
            asked: AtomicBool::new(false),
            looked: AtomicBool::new(false),
            number: MADE.fetch_add(1, Ordering::Relaxed),
            root: root.clone(),
            given: Mutex::default(),
        }
    }

    pub fn given(&self, path: StorePath) -> Option<Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).get(path.as_str()).copied()
    }

    /// The honest store, for what is found through `listdir`.
    pub fn honest_store(&self) -> Arc<dyn ArtifactStore> {
        self.honest.clone()
    }
}

impl ArtifactStore for Liar {
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        let path = self.spelled(path)?;
        let path = StorePath::new(&path)?;
        if mode == OpenMode::Read { self.open_to_read(path) } else { self.open_to_write(path, mode) }
    }

    fn open_with(&self, path: StorePath, options: &OpenOptions) -> Result<Opened> {
        self.lying_open_with(path, options)
    }

    fn copyfile(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        self.lying_copyfile(source, target, overwrite)
    }

    fn exists(&self, path: StorePath) -> Result<bool> {
        self.lying_exists(path)
    }

    fn glob(&self, pattern: &str) -> Result<Entries> {
        self.lying_glob(pattern)
    }

    fn isdir(&self, path: StorePath) -> Result<bool> {
        if self.lie == Lie::UnmadeMissing && path.is_root() && self.honest.is_empty() {
            return Ok(false);
        }
        Ok(self.honest.isdir(path)? || self.lie == Lie::IsdirOfFiles && self.honest.isfile(path))
    }

    fn listdir(&self, path: StorePath, detail: Detail) -> Result<Entries> {
        let path = self.spelled(path)?;
        self.lying_listdir(StorePath::new(&path)?, detail)
    }

    fn makedirs(&self, path: StorePath) -> Result<()> {
        self.lying_makedirs(path)
    }

    fn mkdir(&self, path: StorePath) -> Result<()> {
        self.lying_mkdir(path)
    }

    fn remove(&self, path: StorePath) -> Result<()> {
        let path = self.spelled(path)?;
        self.lying_remove(StorePath::new(&path)?)
    }

    fn remove_many(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        self.lying_remove_many(files)
    }

    fn remove_directory(&self, path: StorePath) -> Result<()> {
        self.lying_remove_directory(path)
    }

    fn rename(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        self.lying_rename(source, target, overwrite)
    }

    fn rmtree(&self, path: StorePath) -> Result<()> {
        let path = self.spelled(path)?;
        self.lying_rmtree(StorePath::new(&path)?)
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        let path = self.spelled(path)?;
        self.lying_stat(StorePath::new(&path)?)
    }

    fn size(&self, path: StorePath) -> Result<u64> {
        self.lying_size(path)
    }

    fn walk(&self, top: StorePath, options: WalkOptions) -> Result<Walk> {
        self.lying_walk(top, options)
    }

    fn identity(&self, path: StorePath) -> Result<Option<Identity>> {
        self.lying_identity(path)
    }

    fn stat_key(&self, key: &str) -> Result<Stat> {
        self.lying_stat_key(key)
    }

    fn remove_key(&self, key: &str, etag: Option<&str>) -> Result<()> {
        self.lying_remove_key(key, etag)
    }

    fn copy_key(&self, key: &str, target: StorePath, overwrite: bool) -> Result<()> {
        self.lying_copy_key(key, target, overwrite)
    }

    fn capabilities(&self) -> Option<Vec<Capability>> {
        match self.lie {
            Lie::ClaimsMore => Some(crate::honest::CLAIMS.to_vec()),
            Lie::ClaimsChange => {
                let more = self.asked.fetch_xor(true, Ordering::Relaxed).then_some(Capability::Durable);
                Some(self.lie.claims().iter().copied().chain(more).collect())
            }
            _ => None,
        }
    }

    fn extension(&self, id: &str, request: &[u8]) -> Result<Vec<u8>> {
        self.lying_extension(id, request)
    }
}
