//! What the store owes, against a real filesystem.

mod append;
mod confinement;
mod crash;
mod flavor;
mod listing;
mod moving;
mod removal;
mod space;
mod transfer;
mod trees;
mod writing;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use larder_plugin_api::{
    ArtifactStore, Detail, Entry, Error, ErrorKind, OpenMode, Opened, Reader, Result, Services, StorePath,
    Visit, WalkOptions, Writer,
};
use tempfile::TempDir;

use crate::root::Root;
use crate::store::LocalStore;

/// A store in a temporary directory.
struct Home {
    directory: TempDir,
    store: Arc<LocalStore>,
}

impl Home {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let store = Arc::new(store_in(&directory.path().join("root")));
        std::fs::create_dir(directory.path().join("root")).expect("the root");
        Self { directory, store }
    }

    /// Where the root is, for what tests do behind the store's back.
    fn root(&self) -> PathBuf {
        self.directory.path().join("root")
    }

    fn outside(&self) -> PathBuf {
        self.directory.path().join("outside")
    }

    fn writer(&self, at: &str, mode: OpenMode) -> Result<Box<dyn Writer>> {
        match self.store.open(path(at), mode)? {
            Opened::Writer(writer) => Ok(writer),
            Opened::Reader(_) => panic!("a mode for writing gave a reader"),
        }
    }

    fn reader(&self, at: &str) -> Result<Box<dyn Reader>> {
        match self.store.open(path(at), OpenMode::Read)? {
            Opened::Reader(reader) => Ok(reader),
            Opened::Writer(_) => panic!("mode r gave a writer"),
        }
    }

    fn write(&self, at: &str, mode: OpenMode, text: &str) -> Result<()> {
        let mut writer = self.writer(at, mode)?;
        writer.write(text.as_bytes())?;
        writer.close()
    }

    fn put(&self, at: &str, text: &str) {
        self.write(at, OpenMode::Write, text).expect("the file is written");
    }

    fn read(&self, at: &str) -> Result<String> {
        let mut reader = self.reader(at)?;
        let size = usize::try_from(reader.size()?).expect("the file is small");
        let mut content = vec![0; size];
        assert_eq!(reader.read_at(0, &mut content)?, size);
        Ok(String::from_utf8(content).expect("the tests write text"))
    }

    fn list(&self, at: &str) -> Result<Vec<Result<Entry>>> {
        let store: Arc<dyn ArtifactStore> = self.store.clone();
        Ok(self.store.listdir(path(at), Detail::Full)?.iterate(&store)?.collect())
    }

    fn names(&self, at: &str) -> Vec<String> {
        let listed = self.list(at).expect("the directory is listed");
        listed.into_iter().map(|entry| entry.expect("an entry").name).collect()
    }

    fn walk(&self, top: &str, options: WalkOptions) -> Vec<Result<Visit>> {
        let store: Arc<dyn ArtifactStore> = self.store.clone();
        self.store.walk(path(top), options).expect("the walk begins").iterate(&store).collect()
    }

    fn glob(&self, pattern: &str) -> Vec<String> {
        let store: Arc<dyn ArtifactStore> = self.store.clone();
        let entries = self.store.glob(pattern).expect("a pattern").iterate(&store).expect("a pattern");
        entries.map(|entry| entry.expect("an entry").name).collect()
    }

    /// Everything on the disk below the root, hidden or not.
    fn on_disk(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut pending = vec![self.root()];
        while let Some(directory) = pending.pop() {
            for entry in std::fs::read_dir(&directory).expect("a directory") {
                let entry = entry.expect("an entry");
                if entry.file_type().expect("a type").is_dir() {
                    pending.push(entry.path());
                }
                names.push(entry.path().strip_prefix(self.root()).expect("below").display().to_string());
            }
        }
        names.sort();
        names
    }
}

fn store_in(root: &Path) -> LocalStore {
    LocalStore::new(Root::new(root), Services::detached(), false)
}

fn path(text: &str) -> StorePath<'_> {
    StorePath::new(text).expect("the test gives a normalised path")
}

fn kind<T>(result: Result<T>) -> ErrorKind {
    result.err().as_ref().map(Error::kind).expect("the operation must fail")
}
