//! `rmtree`: without following a link, whatever changes meanwhile, in memory that does not grow with the tree.
//!
//! A directory is emptied of files while it is read; the directories in it are collected, a bounded number at a time,
//! and emptied next. Each is opened by its path below the top with every link refused, so that no more than two
//! directories are open at once, however deep the tree is.

use std::os::fd::{AsFd, OwnedFd};

use larder_plugin_api::{Error, Result, Services, StorePath};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, unlinkat};
use rustix::io::Errno;

use crate::error::{failed, missing};
use crate::resolve::{HANDLE, LISTING, Links, open_beneath};
use crate::root::{Place, Root, file_type, is_link};

/// How many directories of one directory are remembered before they are emptied.
const COLLECTED: usize = 1024;
/// How many files are removed between two looks at cancellation.
const FILES_BETWEEN_CHECKS: usize = 1024;

/// Removes a directory with everything below it; of the root, only what is below.
pub fn rmtree(root: &Root, services: &Services, path: StorePath) -> Result<()> {
    let Some(tree) = root.open_if_there()? else {
        return if path.is_root() { Ok(()) } else { Err(Error::not_found()) };
    };
    if path.is_root() {
        let top = tree.open(path, LISTING).map_err(failed("open the root directory"))?;
        return Removal { top, path, services }.empty();
    }
    let place = tree.place(path).map_err(missing("open the parent directory"))?;
    let found = place.stat().map_err(missing("look the path up"))?;
    if is_link(&found) {
        let leads_to_directory =
            tree.follow(path).is_ok_and(|target| file_type(&target) == FileType::Directory);
        return if leads_to_directory {
            remove(&place, AtFlags::empty())
        } else {
            Err(Error::not_a_directory())
        };
    }
    let flags = LISTING | OFlags::NOFOLLOW;
    let top =
        openat(&place.directory, place.name, flags, Mode::empty()).map_err(failed("open the directory"))?;
    let removal = Removal { top, path, services };
    loop {
        removal.empty()?;
        match unlinkat(&place.directory, place.name, AtFlags::REMOVEDIR) {
            // Somebody wrote into it meanwhile.
            Err(Errno::NOTEMPTY | Errno::EXIST) => services.check_cancelled()?,
            result => return result.map_err(failed("remove the directory")),
        }
    }
}

fn remove(place: &Place, flags: AtFlags) -> Result<()> {
    unlinkat(&place.directory, place.name, flags).map_err(failed("remove the symbolic link"))
}

/// The removal of everything below an open directory.
struct Removal<'a> {
    top: OwnedFd,
    /// Where that is, for errors.
    path: StorePath<'a>,
    services: &'a Services,
}

/// What one reading of a directory found.
#[derive(Default)]
struct Read {
    /// The names of directories to empty.
    directories: Vec<Vec<u8>>,
    /// Whether the directory may hold more.
    is_partial: bool,
}

impl Removal<'_> {
    fn empty(&self) -> Result<()> {
        let mut path = Vec::new();
        let mut levels = vec![self.read(&path)?];
        while let Some(level) = levels.last_mut() {
            if let Some(name) = level.directories.pop() {
                path = join(&path, &name);
                levels.push(self.read(&path)?);
            } else if level.is_partial {
                *level = self.read(&path)?;
            } else if path.is_empty() || self.remove_directory(&path)? {
                levels.pop();
                path.truncate(split(&path).0.len());
            } else {
                *level = self.read(&path)?;
            }
        }
        Ok(())
    }

    /// Removes the files of a directory, and collects the directories in it.
    fn read(&self, path: &[u8]) -> Result<Read> {
        let mut read = Read::default();
        let flags = LISTING | OFlags::NOFOLLOW;
        let directory = match open_beneath(self.top.as_fd(), path, flags, Links::Refuse) {
            // Another removed it, or put something else in its place, which `remove_directory` finds.
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::XDEV) => return Ok(read),
            opened => opened.map_err(|errno| self.failed(path, errno))?,
        };
        let mut names = Dir::new(directory).map_err(|errno| self.failed(path, errno))?;
        let mut removed = 0_usize;
        while let Some(name) = names.read() {
            let name = name.map_err(|errno| self.failed(path, errno))?;
            let bytes = name.file_name().to_bytes();
            if matches!(bytes, b"." | b"..") {
                continue;
            }
            if removed.is_multiple_of(FILES_BETWEEN_CHECKS) {
                self.services.check_cancelled()?;
            }
            removed += 1;
            let is_directory = name.file_type() == FileType::Directory || {
                let within = names.fd().map_err(|errno| self.failed(path, errno))?;
                match unlinkat(within, name.file_name(), AtFlags::empty()) {
                    Ok(()) | Err(Errno::NOENT) => false,
                    Err(Errno::ISDIR) => true,
                    Err(errno) => return Err(self.failed(&join(path, bytes), errno)),
                }
            };
            if is_directory {
                read.directories.push(bytes.to_vec());
                if read.directories.len() == COLLECTED {
                    read.is_partial = true;
                    break;
                }
            }
        }
        Ok(read)
    }

    /// Removes an emptied directory; false when it is not empty.
    fn remove_directory(&self, path: &[u8]) -> Result<bool> {
        let (parent, name) = split(path);
        let within = match open_beneath(self.top.as_fd(), parent, HANDLE, Links::Refuse) {
            Err(Errno::NOENT) => return Ok(true),
            opened => opened.map_err(|errno| self.failed(path, errno))?,
        };
        let removed = match unlinkat(&within, name, AtFlags::REMOVEDIR) {
            Err(Errno::NOTDIR) => unlinkat(&within, name, AtFlags::empty()),
            removed => removed,
        };
        match removed {
            Ok(()) | Err(Errno::NOENT) => Ok(true),
            Err(Errno::NOTEMPTY | Errno::EXIST) => Ok(false),
            Err(errno) => Err(self.failed(path, errno)),
        }
    }

    fn failed(&self, below: &[u8], errno: Errno) -> Error {
        let below = String::from_utf8_lossy(below);
        let path = if below.is_empty() { self.path.as_str().to_owned() } else { self.path.join(&below) };
        failed("remove the tree")(errno).with_path(path)
    }
}

fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    if directory.is_empty() { name.to_vec() } else { [directory, name].join(&b'/') }
}

fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (&[], path),
    }
}
