//! Making and removing directories, links and single files at one end.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::End;
use crate::error::{Error, Result};
use crate::transfer::removal::Seen;

impl End {
    /// Makes a directory and its parents there.
    ///
    /// # Errors
    ///
    /// When a file is there, or it cannot be made.
    pub fn makedirs(&self) -> Result<()> {
        self.makedirs_like(None)
    }

    /// The same for a copy of a directory that has these permission bits: below a local directory, a new one gets no others.
    pub(in crate::transfer) fn makedirs_like(&self, unix_mode: Option<u32>) -> Result<()> {
        const TRIED: &str = "make directory";
        match self {
            Self::Local(path) => fs::create_dir_all(path).map_err(|error| self.io(TRIED, error)),
            Self::Below(below) => below.make_directory(unix_mode).map_err(|error| self.io(TRIED, error)),
            Self::Store { store, path } => store.makedirs(path).map_err(|error| self.said(TRIED, error)),
        }
    }

    /// The permission bits of a local directory, which a copy of it gets at most.
    pub(in crate::transfer) fn directory_mode(&self) -> Option<u32> {
        let path = match self {
            Self::Local(path) => path.clone(),
            Self::Below(below) => below.path(),
            Self::Store { .. } => return None,
        };
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_dir)?;
        Some(metadata.permissions().mode() & 0o777)
    }

    /// Makes a symbolic link below a local directory.
    ///
    /// # Errors
    ///
    /// When a directory is there, or without `overwrite` anything; elsewhere than below a local directory.
    pub(in crate::transfer) fn make_link(&self, target: &str, overwrite: bool) -> Result<()> {
        match self {
            Self::Below(below) => {
                below.make_link(target, overwrite).map_err(|error| self.io("make the link", error))
            }
            _ => Err(Error::usage(format!("no symbolic link can be made at `{}`", self.address()))),
        }
    }

    /// Removes a file of a store.
    ///
    /// # Errors
    ///
    /// When nothing is there, or it cannot be removed.
    pub(in crate::transfer) fn remove_file(&self) -> Result<()> {
        match self {
            Self::Local(path) => fs::remove_file(path).map_err(|error| self.io("remove", error)),
            Self::Below(below) => {
                below.remove_seen(&Seen::default()).map_err(|error| self.said("remove", error))
            }
            Self::Store { store, path } => store.remove(path).map_err(|error| self.said("remove", error)),
        }
    }

    /// Removes a local file if it still looks as it did.
    pub(in crate::transfer) fn remove_seen(&self, seen: &Seen) -> larder_plugin_api::Result<()> {
        match self {
            Self::Below(below) => below.remove_seen(seen),
            _ => Err(larder_plugin_api::Error::unsupported("only below a directory that is held open")),
        }
    }

    /// Removes a directory that has nothing in it.
    ///
    /// # Errors
    ///
    /// *Not empty* when something is in it; when nothing is there, or it cannot be removed.
    pub fn remove_directory(&self) -> Result<()> {
        const TRIED: &str = "remove directory";
        match self {
            Self::Local(path) => fs::remove_dir(path).map_err(|error| self.io(TRIED, error)),
            Self::Below(below) => below.remove_directory().map_err(|error| self.io(TRIED, error)),
            Self::Store { store, path } => {
                store.remove_directory(path).map_err(|error| self.said(TRIED, error))
            }
        }
    }
}
