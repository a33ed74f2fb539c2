//! The store: which file does what, and the refusal of reserved names before it.

use std::path::Path;
use std::sync::Arc;

use larder_plugin_api::file_transfer::{FileTransfer, GET_FILE, PUT_FILE};
use larder_plugin_api::{
    ArtifactStore, Capability, Detail, Entries, Error, ErrorKind, Identity, Kind, OpenMode, OpenOptions,
    Opened, Removal, Result, Services, Stat, StorePath, Walk, WalkOptions,
};

use crate::error::failed_io;
use crate::names::check;
use crate::publisher::Publisher;
use crate::root::Root;
use crate::{
    CAPABILITIES, copyfile, directories, file_transfer, glob, listing, reader, remove, rename, rmtree, stat,
    walk, writer,
};

/// A store in a directory.
pub struct LocalStore(Arc<Publisher>);

impl LocalStore {
    /// The store in a directory, which need not be there yet.
    pub fn new(root: Root, services: Services, durable: bool) -> Self {
        Self(Arc::new(Publisher::new(root, services, durable)))
    }

    fn root(&self) -> &Root {
        &self.0.root
    }

    fn services(&self) -> &Services {
        &self.0.services
    }

    /// The kind of what is at a path, where any reason for nothing to be there will do.
    fn kind(&self, path: StorePath) -> Result<Option<Kind>> {
        if path.is_root() {
            // The root is a directory, also before it is made.
            return self.root().open_if_there().map(|_| Some(Kind::Directory));
        }
        match self.stat(path) {
            Ok(stat) => Ok(Some(stat.kind)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidPath) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl ArtifactStore for LocalStore {
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        self.open_with(path, &OpenOptions::new(mode))
    }

    fn open_with(&self, path: StorePath, options: &OpenOptions) -> Result<Opened> {
        check(path)?;
        match options.mode {
            OpenMode::Read => Ok(Opened::reader(reader::open(self.root(), path)?)),
            _ => Ok(Opened::writer(writer::open(&self.0, path, options)?)),
        }
    }

    fn copyfile(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        check(source)?;
        check(target).map_err(|error| error.with_path(target.as_str()))?;
        copyfile::copyfile(&self.0, source, target, overwrite)
    }

    fn exists(&self, path: StorePath) -> Result<bool> {
        Ok(self.kind(path)?.is_some())
    }

    fn glob(&self, pattern: &str) -> Result<Entries> {
        glob::glob(self.root(), self.services(), pattern)
    }

    fn isdir(&self, path: StorePath) -> Result<bool> {
        Ok(self.kind(path)? == Some(Kind::Directory))
    }

    fn listdir(&self, path: StorePath, detail: Detail) -> Result<Entries> {
        check(path)?;
        listing::listdir(self.root(), self.services(), path, detail)
    }

    fn makedirs(&self, path: StorePath) -> Result<()> {
        check(path)?;
        directories::makedirs(self.root(), path, self.0.durable)
    }

    fn mkdir(&self, path: StorePath) -> Result<()> {
        check(path)?;
        directories::mkdir(self.root(), path, self.0.durable)
    }

    fn remove(&self, path: StorePath) -> Result<()> {
        check(path)?;
        remove::remove(self.root(), path)
    }

    fn remove_many(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        let remove = |file: &Removal, link: Option<&_>| {
            self.services().check_cancelled()?;
            remove::remove_one_of_many(self.root(), file, link)
        };
        let links = remove::links_as_expected(self.root(), files);
        let removed = files.iter().zip(&links).map(|(file, link)| {
            remove(file, link.as_ref()).map_err(|error| error.with_path(file.path.as_str()))
        });
        Ok(removed.collect())
    }

    fn remove_directory(&self, path: StorePath) -> Result<()> {
        check(path)?;
        remove::remove_directory(self.root(), path)
    }

    fn rename(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        check(source)?;
        check(target).map_err(|error| error.with_path(target.as_str()))?;
        rename::rename(&self.0, source, target, overwrite)
    }

    fn rmtree(&self, path: StorePath) -> Result<()> {
        check(path)?;
        rmtree::rmtree(self.root(), self.services(), path)
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        check(path)?;
        stat::stat(self.root(), path)
    }

    fn identity(&self, path: StorePath) -> Result<Option<Identity>> {
        let root: &Path = self.root().as_ref();
        let identity = Identity::of_file(&root.join(path.as_str()));
        identity.map(Some).map_err(failed_io("find out which file it is"))
    }

    fn walk(&self, top: StorePath, options: WalkOptions) -> Result<Walk> {
        check(top)?;
        walk::walk(self.root(), self.services(), top, options)
    }

    fn extension(&self, id: &str, request: &[u8]) -> Result<Vec<u8>> {
        let transfer = match id {
            PUT_FILE | GET_FILE => FileTransfer::from_request(request)?,
            _ => return Err(Error::unsupported(format!("extension `{id}` is not known"))),
        };
        let path = StorePath::new(&transfer.path)?;
        check(path)?;
        let bytes = if id == PUT_FILE {
            file_transfer::put_file(&self.0, &transfer.local, path, transfer.overwrite)
        } else {
            file_transfer::get_file(&self.0, path, &transfer.local)
        };
        bytes.map(FileTransfer::to_answer).map_err(|error| error.or_context("", path.as_str()))
    }

    fn capabilities(&self) -> Option<Vec<Capability>> {
        self.0.durable.then(|| CAPABILITIES.iter().copied().chain([Capability::Durable]).collect())
    }
}
