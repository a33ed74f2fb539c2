//! The root of a store, and the tree below it, in which every name is looked up confined.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use larder_plugin_api::{Error, ErrorKind, Result, StorePath};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, open, statat};
use rustix::io::{Errno, retry_on_intr};

use crate::error::{failed, failed_io};
use crate::resolve::{HANDLE, Links, open_beneath};

/// Where a store is. Nothing is held open between operations: a root that was removed and made again is found again.
#[derive(Clone, Debug)]
pub struct Root(PathBuf);

impl Root {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The tree, when the root directory is there.
    pub fn open(&self) -> Result<Tree> {
        match retry_on_intr(|| open(&self.0, HANDLE, Mode::empty())) {
            Ok(top) => Ok(Tree { top }),
            Err(Errno::NOTDIR) => Err(self.is_no_directory()),
            Err(errno) => Err(failed("open the root directory")(errno)),
        }
    }

    /// The tree, or `None` while nobody has made the root directory: the store is empty then.
    pub fn open_if_there(&self) -> Result<Option<Tree>> {
        match self.open() {
            Ok(tree) => Ok(Some(tree)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The tree, whose root directory is made with its parents when it is not there.
    pub fn open_or_make(&self) -> Result<Tree> {
        if let Some(tree) = self.open_if_there()? {
            return Ok(tree);
        }
        match std::fs::create_dir_all(&self.0) {
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Err(self.is_no_directory()),
            // What is in the way is not there when it is looked for: a link.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(self.is_dangling()),
            Err(error) => Err(failed_io("make the root directory")(error)),
            Ok(()) => self.open(),
        }
    }

    /// The error for a root that is, or passes, a link to nothing. The root is not made there: nobody named that place.
    fn is_dangling(&self) -> Error {
        let leads_nowhere = |path: &&Path| path.is_symlink() && !path.exists();
        let (root, link) = (self.0.display(), self.0.ancestors().find(leads_nowhere).unwrap_or(&self.0));
        let message = match std::fs::read_link(link) {
            Ok(target) => format!(
                "the root `{root}` cannot be made: `{}` is a symbolic link to `{}`, which does not exist",
                link.display(),
                target.display()
            ),
            Err(_) => format!("the root `{root}` is not a directory"),
        };
        Error::new(ErrorKind::InvalidPath, message)
    }

    fn is_no_directory(&self) -> Error {
        let message = format!("the root `{}` is not a directory", self.0.display());
        Error::new(ErrorKind::NotADirectory, message)
    }
}

impl AsRef<Path> for Root {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

/// The tree below an open root directory.
pub struct Tree {
    top: OwnedFd,
}

impl Tree {
    /// Opens what is at a path; links are followed as long as they stay in the tree.
    pub fn open(&self, path: StorePath, flags: OFlags) -> Result<OwnedFd, Errno> {
        open_beneath(self.top.as_fd(), path.as_str().as_bytes(), flags, Links::Follow)
    }

    /// A handle of the directory at a path.
    pub fn directory(&self, path: StorePath) -> Result<OwnedFd, Errno> {
        self.open(path, HANDLE)
    }

    /// A handle of the directory at a path, or of the nearest above it that is there.
    pub fn nearest_directory(&self, path: StorePath) -> Result<OwnedFd, Errno> {
        let mut result = self.directory(path);
        for above in path.ancestors() {
            if !matches!(result, Err(Errno::NOENT)) {
                break;
            }
            result = self.directory(above);
        }
        result
    }

    /// The directory that holds a path, and the name in it. The root has none.
    pub fn place<'path>(&self, path: StorePath<'path>) -> Result<Place<'path>, Errno> {
        let parent = path.parent().ok_or(Errno::BUSY)?;
        Ok(Place { directory: self.directory(parent)?, name: path.name() })
    }

    /// The stat of what a link at `path` leads to within the tree.
    pub fn follow(&self, path: StorePath) -> Result<Stat, Errno> {
        #[cfg(target_os = "linux")]
        {
            let target = self.open(path, OFlags::PATH | OFlags::CLOEXEC)?;
            let stat = rustix::fs::fstat(target)?;
            // Without `openat2` a link is never followed.
            if is_link(&stat) { Err(Errno::XDEV) } else { Ok(stat) }
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = path;
            Err(Errno::XDEV)
        }
    }
}

/// A name in a directory that is held open: calls on it cannot be led astray by links.
pub struct Place<'path> {
    pub directory: OwnedFd,
    pub name: &'path str,
}

impl Place<'_> {
    /// The directory.
    pub fn directory_fd(&self) -> BorrowedFd<'_> {
        self.directory.as_fd()
    }

    /// The stat of what has the name, be it a link.
    pub fn stat(&self) -> Result<Stat, Errno> {
        statat(&self.directory, self.name, AtFlags::SYMLINK_NOFOLLOW)
    }
}

/// What kind of file a stat is of.
pub fn file_type(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

/// Whether a stat is that of a symbolic link.
pub fn is_link(stat: &Stat) -> bool {
    file_type(stat) == FileType::Symlink
}

/// Whether two stats are of one file.
pub fn is_same(one: &Stat, other: &Stat) -> bool {
    (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}
