//! One end of a transfer: a place in a store or a local path, with the few operations that copying needs.

mod below;
mod change;
mod failed;
mod open;
mod walk;

use std::path::PathBuf;
use std::time::Duration;

use larder_plugin_api::{Entry, ErrorKind as StoreErrorKind, Identity, Kind, Stat};

use super::links::LinkOptions;
use super::local::{self, LocalPath};
use crate::error::{Error, ErrorKind, Result};
use crate::store::Store;

pub use below::Below;
pub use open::{EndReader, EndWriter};
pub use walk::{Visits, WalkSpec};

/// Where files are copied from or to.
#[derive(Clone, Debug)]
pub enum End {
    /// A file or directory of this machine, outside every store.
    Local(LocalPath),
    /// A place below a local directory that a tree is copied into, which nothing leads out of.
    Below(Below),
    /// A place in a store.
    Store {
        /// The store.
        store: Store,
        /// The path in it, normalised; empty for the root.
        path: String,
    },
}

impl End {
    /// A local path. A relative one is taken from the directory that is current now.
    pub fn local(path: impl Into<PathBuf>) -> Self {
        Self::Local(LocalPath::new(path))
    }

    /// The same end as one that a tree is copied into: a local directory is opened, or made, and held, so that nothing
    /// outside it is written whatever links are in it.
    ///
    /// # Errors
    ///
    /// When the directory can neither be opened nor made.
    pub fn confined(&self, links: LinkOptions) -> Result<Self> {
        match self {
            Self::Local(path) => {
                let below = Below::open_or_make(path, links.keep_directory_symlink);
                below.map(Self::Below).map_err(|error| self.io("make directory", error))
            }
            other => Ok(other.clone()),
        }
    }

    /// How a user names it: `mine:docs/x`, or the local path.
    pub fn address(&self) -> String {
        match self {
            Self::Local(path) => path.to_string(),
            Self::Below(below) => below.path().to_string(),
            Self::Store { store, path } => format!("{}:{path}", store.name()),
        }
    }

    /// The last component; empty for the root of a store and for a local path that has none, such as `..`.
    pub fn name(&self) -> String {
        let last = |path: &LocalPath| {
            path.shown().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        match self {
            Self::Local(path) => last(path),
            Self::Below(below) => last(&below.path()),
            Self::Store { path, .. } => path.rsplit('/').next().unwrap_or_default().to_owned(),
        }
    }

    /// Something below it.
    #[must_use]
    pub fn join(&self, relative: &str) -> Self {
        match self {
            _ if relative.is_empty() => self.clone(),
            Self::Local(path) => Self::Local(path.below(relative)),
            Self::Below(below) => Self::Below(below.join(relative)),
            Self::Store { store, path } => {
                Self::Store { store: store.clone(), path: local::join(path, relative) }
            }
        }
    }

    /// The directory that holds it; `None` for the root of a store and for what is local.
    pub fn parent(&self) -> Option<Self> {
        match self {
            Self::Store { store, path } if !path.is_empty() => {
                let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                Some(Self::Store { store: store.clone(), path: parent.to_owned() })
            }
            _ => None,
        }
    }

    /// Whether it is outside every store.
    pub fn is_local(&self) -> bool {
        !matches!(self, Self::Store { .. })
    }

    /// Whether it is the root of a store.
    pub fn is_root(&self) -> bool {
        matches!(self, Self::Store { path, .. } if path.is_empty())
    }

    /// What is there.
    ///
    /// # Errors
    ///
    /// When nothing is, or it cannot be told.
    pub fn stat(&self) -> Result<Stat> {
        match self {
            Self::Local(path) => local::stat(path).map_err(|error| self.io("look at", error)),
            Self::Below(below) => below.stat().map_err(|error| self.io("look at", error)),
            Self::Store { store, path } => store.stat(path).map_err(|error| {
                let missing = path.is_empty() && error.kind() == StoreErrorKind::NotFound;
                let error = self.said("look at", error);
                if missing {
                    error.with_hint(format!("its root, `{}`, is not there", store.root()))
                } else {
                    error
                }
            }),
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

    /// Whether anything is there.
    ///
    /// # Errors
    ///
    /// When it cannot be told.
    pub fn exists(&self) -> Result<bool> {
        match self {
            Self::Store { store, path } => store.exists(path).map_err(|error| self.said("look at", error)),
            _ => Ok(self.kind()?.is_some()),
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
            Self::Below(below) => Ok(below.path().is_dir()),
            Self::Store { store, path } => store.isdir(path).map_err(|error| self.said("look at", error)),
        }
    }

    /// Whether a tree can be read from it. A root that nobody made, or whose disk or bucket is missing, is an error: it is
    /// not an empty directory. Of a file and a directory of one path, the directory is meant.
    ///
    /// # Errors
    ///
    /// When nothing is there, or it cannot be told.
    pub fn is_tree(&self) -> Result<bool> {
        match self.stat()?.kind {
            Kind::Directory => Ok(true),
            Kind::File => self.is_directory(),
            _ => Ok(false),
        }
    }

    /// Which thing in the world is there, or would be; `None` where nobody can say.
    ///
    /// # Errors
    ///
    /// When it cannot be looked up.
    pub fn identity(&self) -> Result<Option<Identity>> {
        let of_file =
            |path: &LocalPath| Identity::of_file(path).map(Some).map_err(|error| self.io("look at", error));
        match self {
            Self::Local(path) => of_file(path),
            Self::Below(below) => of_file(&below.path()),
            Self::Store { store, path } => store.identity(path).map_err(|error| self.said("look at", error)),
        }
    }

    /// Whether both are in one store, so that the store can copy by itself.
    pub fn shares_store_with(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Store { store: a, .. }, Self::Store { store: b, .. })
            if a.name() == b.name() && a.root() == b.root())
    }

    /// What an entry is that is neither a file nor a directory, to complete "it ...".
    pub fn describe(&self, entry: &Entry) -> Option<String> {
        match self {
            Self::Local(path) if entry.link.is_none() => Some(local::describe(path)),
            _ => None,
        }
    }

    /// The smallest difference that the times of files there can have, as far as it is known.
    pub fn unit_of_times(&self) -> Duration {
        match self {
            Self::Local(path) => local::unit_of_times(path),
            Self::Below(below) => local::unit_of_times(&below.path()),
            Self::Store { .. } => Duration::ZERO,
        }
    }
}

/// Whether an error says that nothing is there.
pub fn is_missing(error: &Error) -> bool {
    error.kind() == ErrorKind::Store(StoreErrorKind::NotFound)
}
