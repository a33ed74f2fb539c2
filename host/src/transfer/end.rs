//! One end of a transfer: a place in a store or a local path, with the few operations that copying needs.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use larder_plugin_api::{
    Detail, ErrorKind as StoreErrorKind, Kind, OpenMode, Stat, StorePath, Visit, WalkOptions,
};

use super::local::{self, LocalPath, LocalReader, LocalWalk, LocalWriter, WriteOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Cancellation, Reader, Store, Writer};
use crate::working_directory::absolute;

/// Where files are copied from or to.
#[derive(Clone, Debug)]
pub enum End {
    /// A file or directory of this machine, outside every store.
    Local(LocalPath),
    /// A place in a store.
    Store {
        /// The store.
        store: Store,
        /// The path in it, normalised; empty for the root.
        path: String,
    },
}

/// The visits of a walk; their directories are relative to the end that was walked.
pub type Visits = Box<dyn Iterator<Item = Result<Visit>>>;

impl End {
    /// A local path. A relative one is taken from the directory that is current now.
    pub fn local(path: impl Into<PathBuf>) -> Self {
        Self::Local(LocalPath::new(path))
    }

    /// How a user names it: `mine:docs/x`, or the local path.
    pub fn address(&self) -> String {
        match self {
            Self::Local(path) => path.to_string(),
            Self::Store { store, path } => format!("{}:{path}", store.name()),
        }
    }

    /// The last component; empty for the root of a store and for a local path that has none, such as `..`.
    pub fn name(&self) -> String {
        match self {
            Self::Local(path) => {
                path.shown().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
            }
            Self::Store { path, .. } => path.rsplit('/').next().unwrap_or_default().to_owned(),
        }
    }

    /// Something below it.
    #[must_use]
    pub fn join(&self, relative: &str) -> Self {
        match self {
            Self::Local(path) if relative.is_empty() => Self::Local(path.clone()),
            Self::Local(path) => Self::Local(path.below(relative)),
            Self::Store { store, path } => {
                Self::Store { store: store.clone(), path: local::join(path, relative) }
            }
        }
    }

    /// What is there.
    ///
    /// # Errors
    ///
    /// When nothing is, or it cannot be told.
    pub fn stat(&self) -> Result<Stat> {
        match self {
            Self::Local(path) => local::stat(path).map_err(|error| self.io("look at", error)),
            Self::Store { store, path } => store.stat(path).map_err(|error| self.said("look at", error)),
        }
    }

    /// What kind of thing is there, `None` when nothing is.
    ///
    /// # Errors
    ///
    /// When it cannot be told.
    pub fn kind(&self) -> Result<Option<Kind>> {
        match self.stat() {
            Ok(stat) => Ok(Some(stat.kind)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether a directory is there.
    ///
    /// # Errors
    ///
    /// When it cannot be told.
    pub fn is_directory(&self) -> Result<bool> {
        match self {
            Self::Local(path) => Ok(path.is_dir()),
            Self::Store { store, path } => store.isdir(path).map_err(|error| self.said("look at", error)),
        }
    }

    /// Opens the file there.
    ///
    /// # Errors
    ///
    /// When it is missing, a directory, or cannot be read.
    pub fn reader(&self, cancellation: &Cancellation) -> Result<EndReader> {
        match self {
            Self::Local(path) => LocalReader::open(path, cancellation)
                .map(EndReader::Local)
                .map_err(|error| self.io("read", error)),
            Self::Store { store, path } => {
                store.reader(path).map(EndReader::Store).map_err(|error| self.said("read", error))
            }
        }
    }

    /// The permission bits of a local file, which a copy of it gets at most.
    pub fn unix_mode(&self) -> Option<u32> {
        match self {
            Self::Local(path) => local::unix_mode(path),
            Self::Store { .. } => None,
        }
    }

    /// Begins a file there; nothing is visible before it is closed.
    ///
    /// # Errors
    ///
    /// When a directory is there, or without `overwrite` anything; when it cannot be written.
    pub fn writer(&self, options: &WriteOptions) -> Result<EndWriter> {
        match self {
            Self::Local(path) => LocalWriter::create(path, options)
                .map(EndWriter::Local)
                .map_err(|error| explain_parent(path.shown(), self.io("write", error))),
            Self::Store { store, path } => {
                let mode = if options.overwrite { OpenMode::Write } else { OpenMode::Exclusive };
                store.writer(path, mode).map(EndWriter::Store).map_err(|error| self.said("write", error))
            }
        }
    }

    /// Makes a directory and its parents there.
    ///
    /// # Errors
    ///
    /// When a file is there, or it cannot be made.
    pub fn makedirs(&self) -> Result<()> {
        match self {
            Self::Local(path) => fs::create_dir_all(path).map_err(|error| self.io("make directory", error)),
            Self::Store { store, path } => {
                store.makedirs(path).map_err(|error| self.said("make directory", error))
            }
        }
    }

    /// Removes a file, or a directory with everything below it.
    ///
    /// # Errors
    ///
    /// When nothing is there, or it cannot be removed.
    pub fn remove(&self, kind: Kind) -> Result<()> {
        let directory = kind == Kind::Directory;
        match self {
            Self::Local(path) => {
                let removed = if directory { fs::remove_dir_all(path) } else { fs::remove_file(path) };
                removed.map_err(|error| self.io("remove", error))
            }
            Self::Store { store, path } => {
                let removed = if directory { store.rmtree(path) } else { store.remove(path) };
                removed.map_err(|error| self.said("remove", error))
            }
        }
    }

    /// Goes through everything below it, top-down, in listing order, with sizes and times.
    ///
    /// # Errors
    ///
    /// When the walk cannot begin. What cannot be read later is an item.
    pub fn walk(&self) -> Result<Visits> {
        match self {
            Self::Local(top) => Ok(local_visits(LocalWalk::new(top.to_path_buf()), top)),
            Self::Store { store, path } => self.store_visits(store, path),
        }
    }

    /// As [`walk`](Self::walk), less the local directories below it that are marked as caches.
    ///
    /// # Errors
    ///
    /// As [`walk`](Self::walk).
    pub fn walk_without_caches(&self) -> Result<Visits> {
        match self {
            Self::Local(top) => Ok(local_visits(LocalWalk::new(top.to_path_buf()).without_caches(), top)),
            Self::Store { .. } => self.walk(),
        }
    }

    fn store_visits(&self, store: &Store, top: &str) -> Result<Visits> {
        let options = WalkOptions::default().with_detail(Detail::Full);
        let walk = store.walk(top, options).map_err(|error| self.said("list", error))?;
        let (end, top) = (self.clone(), top.to_owned());
        Ok(Box::new(walk.map(move |visit| match visit {
            Ok(visit) => Ok(Visit { directory: relative_to(&top, &visit.directory), ..visit }),
            Err(error) => Err(end.said("list", error)),
        })))
    }

    /// Whether both are in one store, so that the store can copy by itself.
    pub fn shares_store_with(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Store { store: a, .. }, Self::Store { store: b, .. })
            if a.name() == b.name() && a.root() == b.root())
    }

    /// Whether it is the other end or below it, as far as names tell.
    pub fn is_within(&self, other: &Self) -> bool {
        if let (Some(a), Some(b)) = (self.local_path(), other.local_path()) {
            return a.starts_with(b);
        }
        match (self, other) {
            (Self::Store { path: a, .. }, Self::Store { path: b, .. }) if self.shares_store_with(other) => {
                matches!((StorePath::new(a), StorePath::new(b)), (Ok(a), Ok(b)) if a.below(b).is_some())
            }
            _ => false,
        }
    }

    /// Whether both are one place, as far as names tell.
    pub fn is_same(&self, other: &Self) -> bool {
        self.is_within(other) && other.is_within(self)
    }

    /// Whether it is perhaps the other end or below it: two stores of one flavor with one root can be one place.
    pub fn may_be_within(&self, other: &Self) -> bool {
        let perhaps = match (self, other) {
            (Self::Store { store: a, path }, Self::Store { store: b, path: top }) => {
                let twins = a.flavor() == b.flavor() && a.root() == b.root();
                twins && (top.is_empty() || path == top || path.starts_with(&format!("{top}/")))
            }
            _ => false,
        };
        perhaps || self.is_within(other)
    }

    /// Where it is on this machine, if it is.
    fn local_path(&self) -> Option<PathBuf> {
        let path = match self {
            Self::Local(path) => path.to_path_buf(),
            Self::Store { store, path } if matches!(store.root().scheme(), "" | "file://") => {
                Path::new("/").join(store.root().prefix()).join(path)
            }
            Self::Store { .. } => return None,
        };
        real_path(&path)
    }

    /// An error of the operating system, with what was tried. A store's own error comes out of its wrapping.
    pub(super) fn io(&self, tried: &str, error: io::Error) -> Error {
        let has_text = error.raw_os_error().is_some();
        if matches!(self, Self::Local(_)) && has_text {
            let kind = larder_plugin_api::Error::from(io::Error::from(error.kind())).kind();
            return Error::new(ErrorKind::Store(kind), self.cannot(tried)).with_source(error);
        }
        let kept = larder_plugin_api::Error::from(error);
        // std's own words for a kind say nothing that the kind does not.
        let bare = (matches!(self, Self::Local(_)) && kept.message().is_empty())
            .then(|| larder_plugin_api::Error::from(kept.kind()));
        self.said(tried, bare.unwrap_or(kept))
    }

    /// An error of a store, with what was tried.
    pub(super) fn said(&self, tried: &str, error: larder_plugin_api::Error) -> Error {
        Error::from(error).context(self.cannot(tried))
    }

    fn cannot(&self, tried: &str) -> String {
        format!("cannot {tried} `{}`", self.address())
    }
}

fn local_visits(walk: LocalWalk, top: &LocalPath) -> Visits {
    let top = top.clone();
    Box::new(walk.map(move |visit| {
        visit.map_err(|(directory, error)| End::Local(top.below(&directory)).io("list", error))
    }))
}

/// A missing parent is the likely reason why a new file is not found.
fn explain_parent(path: &Path, error: Error) -> Error {
    match path.parent() {
        Some(parent) if is_missing(&error) => error.with_hint(format!("mkdir -p {}", parent.display())),
        _ => error,
    }
}

/// Links resolved as far as the path exists; the rest is taken as it is.
fn real_path(path: &Path) -> Option<PathBuf> {
    let absolute = absolute(path).ok()?;
    let existing = absolute.ancestors().find(|ancestor| ancestor.exists())?;
    let rest = absolute.strip_prefix(existing).ok()?;
    if rest.components().any(|component| component == Component::ParentDir) {
        return None;
    }
    // Joining nothing would add a slash at the end.
    let real = fs::canonicalize(existing).ok()?;
    Some(if rest.as_os_str().is_empty() { real } else { real.join(rest) })
}

/// A path of a store relative to a directory that it is in.
fn relative_to(top: &str, path: &str) -> String {
    let below = path.strip_prefix(top).unwrap_or(path);
    below.trim_start_matches('/').to_owned()
}

/// Whether an error says that nothing is there.
pub fn is_missing(error: &Error) -> bool {
    error.kind() == ErrorKind::Store(StoreErrorKind::NotFound)
}

/// A file being read at one end.
#[derive(Debug)]
pub enum EndReader {
    /// On this machine.
    Local(LocalReader),
    /// In a store.
    Store(Reader),
}

impl EndReader {
    /// Fails when the file changed while it was read. This is owed before what was read is published.
    ///
    /// # Errors
    ///
    /// When it did, or that cannot be told.
    pub fn finish(&self, end: &End) -> Result<()> {
        match self {
            Self::Local(reader) => reader.finish().map_err(|error| end.io("read", error)),
            Self::Store(_) => Ok(()),
        }
    }
}

impl Read for EndReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Local(reader) => reader.read(buffer),
            Self::Store(reader) => Read::read(reader, buffer),
        }
    }
}

/// A file being written at one end.
#[must_use = "a writer that is not closed leaves nothing behind"]
#[derive(Debug)]
pub enum EndWriter {
    /// On this machine.
    Local(LocalWriter),
    /// In a store.
    Store(Writer),
}

impl EndWriter {
    /// The file that is written and not yet visible, where it is one of this machine.
    pub fn hidden_file(&self) -> Option<&Path> {
        match self {
            Self::Local(writer) => writer.hidden_file(),
            Self::Store(_) => None,
        }
    }

    /// Makes the file visible. A local one gets the time that is given.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or must not replace what is there.
    pub fn close(self, end: &End, modified: Option<SystemTime>) -> Result<()> {
        match self {
            Self::Local(writer) => writer.close(modified).map_err(|error| end.io("write", error)),
            Self::Store(writer) => writer.close().map_err(|error| end.said("write", error)),
        }
    }
}

impl Write for EndWriter {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self {
            Self::Local(writer) => writer.write(data),
            Self::Store(writer) => Write::write(writer, data),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
