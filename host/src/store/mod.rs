//! An artifact store in use: the operations of the contract, over the vtable of its flavor.

mod border;
mod entries;
mod file;
mod limits;
mod path;
mod services;
mod shown;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use larder_plugin_api::abi::abi_stable::std_types::{RBox, ROption, RSlice, RStr};
use larder_plugin_api::abi::entries::BatchesBox;
use larder_plugin_api::abi::error::{AbiError, from_abi};
use larder_plugin_api::abi::module::ModuleRef;
use larder_plugin_api::abi::store::{RemovalFields, StoreBox};
use larder_plugin_api::abi::stream::AbiOpened;
use larder_plugin_api::file_transfer::{FileTransfer, GET_FILE, PUT_FILE};
use larder_plugin_api::{
    Detail, Error, ErrorKind, Identity, OpenMode, OpenOptions, Removal, Result, Root, Stat, WalkOptions,
};

use border::Border;
use entries::Batches;

pub use border::Batch;
pub use entries::{Entries, Walk};
pub use file::{File, Reader, Writer};
pub use larder_plugin_api::abi::entries::{EntryRef, Item};
pub use limits::too_far;
pub use path::normalise;
pub use services::Cancellation;
pub use shown::shown;

/// An artifact store that is ready to use. Cheap to clone; usable from many threads at once.
///
/// Each operation keeps the contract of [`larder_plugin_api::ArtifactStore`]. Paths are relative to the root; they are
/// normalised here, and what leads out of the root is refused.
///
/// An error is that of the flavor; its path is relative to the root.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    flavor: String,
    root: Root,
    abi: StoreBox,
    cancellation: Cancellation,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { name, flavor, root, .. } = &*self.inner;
        f.debug_struct("Store").field("name", name).field("flavor", flavor).field("root", root).finish()
    }
}

impl Store {
    /// Makes a store of a flavor in a loaded library.
    ///
    /// # Errors
    ///
    /// Whatever keeps the flavor from making it.
    pub(crate) fn make(
        module: ModuleRef,
        flavor: &str,
        name: &str,
        root: &Root,
        config_json: &str,
        cancellation: &Cancellation,
    ) -> Result<Self> {
        let services = services::HostServices::new(flavor, cancellation.clone()).into_abi();
        let root_text = root.to_string();
        let made = module.make()(flavor.into(), root_text.as_str().into(), config_json.into(), services);
        let inner = Inner {
            name: name.to_owned(),
            flavor: flavor.to_owned(),
            root: root.clone(),
            abi: from_abi(made)?,
            cancellation: cancellation.clone(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The name it was registered with.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The name of its flavor.
    pub fn flavor(&self) -> &str {
        &self.inner.flavor
    }

    /// Its root path.
    pub fn root(&self) -> &Root {
        &self.inner.root
    }

    fn with_path<T>(
        &self,
        operation: &'static str,
        path: &str,
        call: impl FnOnce(&StoreBox, RStr<'_>) -> Result<T>,
    ) -> Result<T> {
        let path = normalise(path).map_err(|error| error.or_context(operation, path))?;
        call(&self.inner.abi, RStr::from_str(&path))
    }

    fn with_paths<T>(
        &self,
        operation: &'static str,
        (source, target): (&str, &str),
        call: impl FnOnce(&StoreBox, RStr<'_>, RStr<'_>) -> Result<T>,
    ) -> Result<T> {
        let target = normalise(target).map_err(|error| error.or_context(operation, target))?;
        self.with_path(operation, source, |abi, source| call(abi, source, RStr::from_str(&target)))
    }

    fn batches(&self, abi: BatchesBox, border: Border) -> Batches {
        Batches::new(abi, border, self.inner.cancellation.clone())
    }

    /// Opens a file to read or to write.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::open`].
    pub fn open(&self, path: &str, mode: OpenMode) -> Result<File> {
        self.open_with(path, OpenOptions::new(mode))
    }

    /// The same with what a new file is given.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::open_with`].
    pub fn open_with(&self, path: &str, options: OpenOptions) -> Result<File> {
        let opened = self.with_path("open", path, |abi, path| from_abi(abi.open(path, options.into())))?;
        Ok(match opened {
            AbiOpened::Reader(reader) => File::Reader(Reader::new(reader)),
            AbiOpened::Writer(writer) => File::Writer(Writer::new(writer)),
        })
    }

    /// Opens a file to read.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn reader(&self, path: &str) -> Result<Reader> {
        match self.open(path, OpenMode::Read)? {
            File::Reader(reader) => Ok(reader),
            File::Writer(_) => Err(mixed_up("open", path)),
        }
    }

    /// Opens a file to write, in one of the modes for that.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); *invalid argument* for mode `r`.
    pub fn writer(&self, path: &str, mode: OpenMode) -> Result<Writer> {
        self.writer_with(path, OpenOptions::new(mode))
    }

    /// The same with what a new file is given.
    ///
    /// # Errors
    ///
    /// As [`writer`](Self::writer).
    pub fn writer_with(&self, path: &str, options: OpenOptions) -> Result<Writer> {
        if options.mode == OpenMode::Read {
            let error = Error::new(ErrorKind::InvalidArgument, "mode r does not write");
            return Err(error.or_context("open", path));
        }
        match self.open_with(path, options)? {
            File::Writer(writer) => Ok(writer),
            File::Reader(_) => Err(mixed_up("open", path)),
        }
    }

    /// Copies a file within the store.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::copyfile`].
    pub fn copyfile(&self, source: &str, target: &str, overwrite: bool) -> Result<()> {
        self.with_paths("copyfile", (source, target), |abi, source, target| {
            from_abi(abi.copyfile(source, target, overwrite))
        })
    }

    /// Whether anything is at the path.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::exists`].
    pub fn exists(&self, path: &str) -> Result<bool> {
        self.with_path("exists", path, |abi, path| from_abi(abi.exists(path)))
    }

    /// The files and directories whose path matches a pattern.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::glob`].
    pub fn glob(&self, pattern: &str) -> Result<Entries> {
        self.with_path("glob", pattern, |abi, pattern| {
            let border = Border::of_glob(pattern.as_str());
            Ok(Entries::new(self.batches(from_abi(abi.glob(pattern))?, border)))
        })
    }

    /// Whether a directory is at the path.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::isdir`].
    pub fn isdir(&self, path: &str) -> Result<bool> {
        self.with_path("isdir", path, |abi, path| from_abi(abi.isdir(path)))
    }

    /// The entries of a directory.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::listdir`].
    pub fn listdir(&self, path: &str, detail: Detail) -> Result<Entries> {
        self.with_path("listdir", path, |abi, path| {
            let border = Border::of_listing(path.as_str());
            Ok(Entries::new(self.batches(from_abi(abi.listdir(path, detail == Detail::Full))?, border)))
        })
    }

    /// Makes a directory and its parents.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::makedirs`].
    pub fn makedirs(&self, path: &str) -> Result<()> {
        self.with_path("makedirs", path, |abi, path| from_abi(abi.makedirs(path)))
    }

    /// Makes one directory.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::mkdir`].
    pub fn mkdir(&self, path: &str) -> Result<()> {
        self.with_path("mkdir", path, |abi, path| from_abi(abi.mkdir(path)))
    }

    /// Removes one file.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::remove`].
    pub fn remove(&self, path: &str) -> Result<()> {
        self.with_path("remove", path, |abi, path| from_abi(abi.remove(path)))
    }

    /// Removes many files, each only if it still has its etag where one is given, and answers for each in their order.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::remove_many`].
    pub fn remove_many(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        let fields: Vec<RemovalFields<'_>> = files.iter().copied().map(RemovalFields::from).collect();
        let answers = from_abi(self.inner.abi.remove_many(RSlice::from_slice(&fields)))?;
        if answers.len() != files.len() {
            let message = format!("the flavor gave {} answers for {} files", answers.len(), files.len());
            return Err(Error::new(ErrorKind::Unexpected, message).with_operation("remove_many"));
        }
        let answer = |error: ROption<AbiError>| match error.into_option() {
            Some(error) => Err(RBox::into_inner(error).into()),
            None => Ok(()),
        };
        Ok(answers.into_iter().map(answer).collect())
    }

    /// Removes a directory that has nothing in it.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::remove_directory`].
    pub fn remove_directory(&self, path: &str) -> Result<()> {
        self.with_path("remove_directory", path, |abi, path| from_abi(abi.remove_directory(path)))
    }

    /// Which thing in the world is at the path, or would be; `None` where the store cannot say.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::identity`].
    pub fn identity(&self, path: &str) -> Result<Option<Identity>> {
        let identity = self.with_path("identity", path, |abi, path| from_abi(abi.identity(path)))?;
        Ok(identity.into_option().map(Identity::from))
    }

    /// What is at a key that is not a path: what follows the root's prefix, byte for byte.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::stat_key`].
    pub fn stat_key(&self, key: &str) -> Result<Stat> {
        from_abi(self.inner.abi.stat_key(key.into())).map(Stat::from)
    }

    /// Removes what is at a key that is not a path; with an etag only if it still has that etag.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::remove_key`].
    pub fn remove_key(&self, key: &str, etag: Option<&str>) -> Result<()> {
        from_abi(self.inner.abi.remove_key(key.into(), etag.map(RStr::from).into()))
    }

    /// Copies what is at a key that is not a path to a path, within the service.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::copy_key`].
    pub fn copy_key(&self, key: &str, target: &str, overwrite: bool) -> Result<()> {
        self.with_path("copy_key", target, |abi, target| {
            from_abi(abi.copy_key(key.into(), target, overwrite))
        })
    }

    /// Gives a file or a directory another path.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::rename`].
    pub fn rename(&self, source: &str, target: &str, overwrite: bool) -> Result<()> {
        self.with_paths("rename", (source, target), |abi, source, target| {
            from_abi(abi.rename(source, target, overwrite))
        })
    }

    /// Removes a directory with everything below it. The root is refused: see [`clear`](Self::clear).
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::rmtree`]; *invalid argument* for the root.
    pub fn rmtree(&self, path: &str) -> Result<()> {
        self.with_path("rmtree", path, |abi, path| {
            if path.is_empty() {
                let message = "the path is the root of the store, which is not removed unless asked by name";
                return Err(Error::new(ErrorKind::InvalidArgument, message).or_context("rmtree", ""));
            }
            from_abi(abi.rmtree(path))
        })
    }

    /// Removes everything below the root, and keeps the root.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::rmtree`].
    pub fn clear(&self) -> Result<()> {
        from_abi(self.inner.abi.rmtree(RStr::from_str("")))
    }

    /// What is at the path.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::stat`].
    pub fn stat(&self, path: &str) -> Result<Stat> {
        self.with_path("stat", path, |abi, path| from_abi(abi.stat(path)).map(Stat::from))
    }

    /// The size of a file in bytes.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::size`].
    pub fn size(&self, path: &str) -> Result<u64> {
        self.with_path("size", path, |abi, path| from_abi(abi.size(path)))
    }

    /// Goes through a tree, one visit a directory.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::ArtifactStore::walk`].
    pub fn walk(&self, top: &str, options: WalkOptions) -> Result<Walk> {
        let full = options.detail == Detail::Full;
        self.with_path("walk", top, |abi, top| {
            let border = Border::of_walk(top.as_str());
            Ok(Walk::new(self.batches(from_abi(abi.walk(top, options.topdown, full))?, border)))
        })
    }

    /// The names of what this store can do. A name that this host does not know is among them.
    ///
    /// # Errors
    ///
    /// Whatever the store answers.
    pub fn capabilities(&self) -> Result<Vec<String>> {
        let names = from_abi(self.inner.abi.capabilities())?;
        Ok(names.into_iter().map(String::from).collect())
    }

    /// Copies a local file into the store, where the flavor can do that better than by a writer; `None` when it cannot.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open) in mode `w`, or without `overwrite` in mode `x`.
    pub fn put_file(&self, local: &Path, path: &str, overwrite: bool) -> Result<Option<u64>> {
        self.transfer_file(PUT_FILE, local, path, overwrite)
    }

    /// Copies a file of the store into a local file, which is empty and which nobody else sees; `None` when the flavor
    /// cannot do that better than by a reader.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open) in mode `r`.
    pub fn get_file(&self, path: &str, local: &Path) -> Result<Option<u64>> {
        self.transfer_file(GET_FILE, local, path, true)
    }

    fn transfer_file(&self, id: &str, local: &Path, path: &str, overwrite: bool) -> Result<Option<u64>> {
        let Some(local) = local.to_str().filter(|local| local.starts_with('/')) else { return Ok(None) };
        let path = normalise(path).map_err(|error| error.or_context("open", path))?.into_owned();
        let request = FileTransfer { local: local.to_owned(), path, overwrite }.to_request();
        match self.extension(id, &request) {
            Ok(answer) => FileTransfer::from_answer(&answer).map(Some),
            Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
            // It stands for opening the file and writing or reading all of it.
            Err(error) => Err(error.with_operation("open")),
        }
    }

    /// Uses an ability beyond the contract.
    ///
    /// # Errors
    ///
    /// *Unsupported* when the flavor does not know the id.
    pub fn extension(&self, id: &str, request: &[u8]) -> Result<Vec<u8>> {
        from_abi(self.inner.abi.extension(id.into(), RSlice::from_slice(request))).map(Vec::from)
    }
}

fn mixed_up(operation: &str, path: &str) -> Error {
    let message = "the flavor gave a reader for a writer, or the reverse";
    Error::new(ErrorKind::Unexpected, message).or_context(operation, path)
}
