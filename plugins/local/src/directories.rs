//! `mkdir`, `makedirs`, and the parents of what is written.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use larder_plugin_api::{Error, ErrorKind, Result, StorePath};
use rustix::fs::{AtFlags, Mode, OFlags, mkdirat, openat, unlinkat};
use rustix::io::Errno;

use crate::error::failed;
use crate::resolve::LISTING;
use crate::root::{Root, Tree};

/// Less what the process's umask takes away.
const NEW_DIRECTORY: Mode = Mode::from_raw_mode(0o777);

/// Makes one directory.
pub fn mkdir(root: &Root, path: StorePath, durable: bool) -> Result<()> {
    if path.is_root() {
        return Err(Error::already_exists());
    }
    let place = root.open_or_make()?.place(path).map_err(failed("open the parent directory"))?;
    mkdirat(&place.directory, place.name, NEW_DIRECTORY).map_err(failed("make the directory"))?;
    if durable { sync(place.directory.as_fd()) } else { Ok(()) }
}

/// Makes a directory with its parents.
pub fn makedirs(root: &Root, path: StorePath, durable: bool) -> Result<()> {
    let tree = root.open_or_make()?;
    match Parents::make(&tree, path, durable) {
        Ok(parents) => {
            parents.keep();
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::NotADirectory && error.path() == path.as_str() => {
            Err(Error::already_exists())
        }
        Err(error) => Err(error),
    }
}

/// Brings the names in a directory to the disk.
pub fn sync(directory: BorrowedFd<'_>) -> Result<()> {
    openat(directory, ".", LISTING, Mode::empty())
        .and_then(rustix::fs::fsync)
        .map_err(failed("sync the directory"))
}

/// A directory and those above it that had to be made; unless they are kept, these are removed again.
pub struct Parents<'tree> {
    tree: &'tree Tree,
    directory: Option<OwnedFd>,
    made: Vec<String>,
}

impl<'tree> Parents<'tree> {
    /// Opens a directory, and makes it and what is missing above it.
    pub fn make(tree: &'tree Tree, path: StorePath, durable: bool) -> Result<Self> {
        let mut missing = Vec::new();
        let mut at = path;
        let mut directory = loop {
            match (tree.directory(at), at.parent()) {
                (Err(Errno::NOENT), Some(parent)) => {
                    missing.push(at);
                    at = parent;
                }
                (opened, _) => break opened.map_err(|errno| no_directory(tree, at, errno))?,
            }
        };
        let mut parents = Self { tree, directory: None, made: Vec::new() };
        for next in missing.into_iter().rev() {
            match mkdirat(&directory, next.name(), NEW_DIRECTORY) {
                Ok(()) => parents.made.push(next.as_str().to_owned()),
                // Another was faster; the next step finds out whether it made a directory.
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(failed("make the directory")(errno).with_path(next.as_str())),
            }
            if durable {
                sync(directory.as_fd())?;
            }
            directory = tree.directory(next).map_err(|errno| no_directory(tree, next, errno))?;
        }
        parents.directory = Some(directory);
        Ok(parents)
    }

    /// The directory.
    pub fn directory(&self) -> Result<BorrowedFd<'_>> {
        let gone = || Error::new(ErrorKind::Unexpected, "the parents were not made");
        self.directory.as_ref().map(AsFd::as_fd).ok_or_else(gone)
    }

    /// Leaves what was made.
    pub fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Parents<'_> {
    fn drop(&mut self) {
        for path in self.made.iter().rev() {
            let Ok(path) = StorePath::new(path) else { return };
            // Only an empty directory is removed: one that others use by now stays.
            let removed = self
                .tree
                .place(path)
                .and_then(|place| unlinkat(&place.directory, place.name, AtFlags::REMOVEDIR));
            if removed.is_err() {
                return;
            }
        }
    }
}

/// The error for something that is no directory, naming which of the components it is.
fn no_directory(tree: &Tree, path: StorePath, errno: Errno) -> Error {
    match errno {
        Errno::NOTDIR => {
            let is_file = |path: &StorePath| {
                tree.open(*path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC).is_ok()
            };
            let file = std::iter::once(path).chain(path.ancestors()).find(is_file).unwrap_or(path);
            Error::not_a_directory().with_path(file.as_str())
        }
        // Made, and gone or a link that leads nowhere.
        errno => failed("open the directory")(errno).with_path(path.as_str()),
    }
}
