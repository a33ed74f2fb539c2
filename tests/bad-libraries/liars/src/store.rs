//! A store with one lie: every operation goes to the file that knows the lies of its kind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use larder_plugin_api::{
    ArtifactStore, Capability, Detail, Entries, Error, OpenMode, Opened, Result, Root, Stat, StorePath, Walk,
    WalkOptions,
};

use crate::Lie;
use crate::honest::Honest;

/// A store that keeps the contract but for its lie.
pub struct Liar {
    pub(crate) honest: Arc<Honest>,
    pub(crate) lie: Lie,
    asked: AtomicBool,
}

impl Liar {
    pub fn new(root: &Root, lie: Lie) -> Self {
        Self { honest: Arc::new(Honest::new(root)), lie, asked: AtomicBool::new(false) }
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

    fn extension(&self, id: &str, _request: &[u8]) -> Result<Vec<u8>> {
        match self.lie {
            Lie::KnowsEveryExtension => Ok(Vec::new()),
            _ => Err(Error::unsupported(format!("extension `{id}` is not known"))),
        }
    }
}
