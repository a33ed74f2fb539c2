//! A local directory that a tree is copied into: nothing outside it is written, whatever links are in it or appear in it.
//!
//! A link where a file goes is replaced by the file. A link where a directory goes is an error, unless the caller asked
//! for such links to be followed; one that this process made itself is never followed.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use larder_plugin_api::{Error, ErrorKind};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, mkdirat, openat, statat, symlinkat, unlinkat};
use rustix::io::Errno;

use super::confine::{HANDLE, link_of, open_beneath, open_component};
use super::leftovers::identity;
use super::names;
use super::staged::Staged;
use super::waiting::{Waiting, await_reader};
use super::writer::{LocalWriter, WriteOptions};

/// The bits of a new directory whose source has none, less the umask.
const NEW_DIRECTORY: u32 = 0o777;
/// What the owner needs in a directory to fill it.
const FILLABLE: u32 = 0o700;

/// An open directory, below which names are looked up without leaving it.
#[derive(Debug)]
pub struct LocalTree {
    top: OwnedFd,
    keep_directory_symlink: bool,
    made_links: Mutex<HashSet<String>>,
}

/// What has a name in a [`LocalTree`], the link itself where it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: FoundKind,
    /// In bytes.
    pub size: u64,
    /// When its content changed last.
    pub modified: SystemTime,
    thing: (u64, u64),
}

/// What kind of thing is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundKind {
    /// A plain file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A pipe, a socket, a device.
    Special,
}

impl Found {
    fn of(stat: &Stat) -> Self {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => FoundKind::File,
            FileType::Directory => FoundKind::Directory,
            FileType::Symlink => FoundKind::Link,
            _ => FoundKind::Special,
        };
        Self {
            kind,
            size: u64::try_from(stat.st_size).unwrap_or(0),
            modified: modified_of(stat),
            thing: identity(stat),
        }
    }
}

/// When the content of a file changed last.
#[allow(clippy::unnecessary_cast, clippy::useless_conversion, reason = "the types differ by system")]
pub fn modified_of(stat: &Stat) -> SystemTime {
    let seconds = stat.st_mtime as i64;
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let begin = SystemTime::UNIX_EPOCH;
    let time = if seconds < 0 { begin.checked_sub(whole) } else { begin.checked_add(whole) };
    time.unwrap_or(begin) + Duration::from_nanos(u64::try_from(stat.st_mtime_nsec).unwrap_or(0))
}

impl LocalTree {
    /// The directory at a path, which may be a link to one.
    ///
    /// # Errors
    ///
    /// When it is missing or not a directory.
    pub fn open(top: &Path) -> io::Result<Self> {
        let top = rustix::fs::open(top, HANDLE, Mode::empty())?;
        Ok(Self { top, keep_directory_symlink: false, made_links: Mutex::default() })
    }

    /// As [`open`](Self::open); the directory is made with its parents when it is missing.
    ///
    /// # Errors
    ///
    /// When it is not a directory, or cannot be made.
    pub fn open_or_make(top: &Path) -> io::Result<Self> {
        match Self::open(top) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir_all(top)?;
                Self::open(top)
            }
            result => result,
        }
    }

    /// Whether a link to a directory, where a directory goes, is followed, also out of the tree.
    #[must_use]
    pub fn keep_directory_symlink(mut self, keep: bool) -> Self {
        self.keep_directory_symlink = keep;
        self
    }

    /// Begins a file. Its directory must be there; a link in its place is replaced when the file is closed.
    ///
    /// # Errors
    ///
    /// When a directory is there, or without `overwrite` anything; when a link is where a directory must be.
    pub fn writer(&self, relative: &str, options: &WriteOptions) -> io::Result<LocalWriter> {
        let place = self.place(relative)?;
        let found = place.look()?;
        if found.is_some_and(|found| found.kind == FoundKind::Directory) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if found.is_some() && !options.overwrite {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if found.is_some_and(|found| found.kind == FoundKind::Special) {
            let file = await_reader(&options.cancellation, || place.open_special())?;
            return Ok(LocalWriter::Through(Waiting::own(file, &options.cancellation)?));
        }
        let file = Staged::new(place.directory, OsStr::new(place.name), options.mode())?;
        Ok(LocalWriter::Staged { file, overwrite: options.overwrite })
    }

    /// Makes a directory and those above it; one that is there stays as it is. A new one gets no other permission bits than
    /// these, which always let its owner fill it.
    ///
    /// # Errors
    ///
    /// When something else is there, such as a link.
    pub fn make_directory(&self, relative: &str, unix_mode: Option<u32>) -> io::Result<()> {
        if relative.is_empty() {
            return Ok(());
        }
        check(relative)?;
        match self.directory(relative) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            result => return result.map(drop),
        }
        let mode = Mode::from_raw_mode((unix_mode.unwrap_or(NEW_DIRECTORY) & 0o777) | FILLABLE);
        let mut above = self.top.try_clone()?;
        for (prefix, name) in prefixes(relative) {
            match mkdirat(&above, name, mode) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno.into()),
            }
            above = self.enter(&above, prefix, name)?;
        }
        Ok(())
    }

    /// Makes a symbolic link. What is there, unless it is a directory, is replaced if `overwrite` says so.
    ///
    /// # Errors
    ///
    /// When a directory is there, or without `overwrite` anything.
    pub fn make_link(&self, relative: &str, target: &str, overwrite: bool) -> io::Result<()> {
        let place = self.place(relative)?;
        names::refuse_reserved(place.name.as_bytes())?;
        match symlinkat(target, &place.directory, place.name) {
            Err(Errno::EXIST) if overwrite => place.replace_by_link(target)?,
            result => result?,
        }
        if self.keep_directory_symlink {
            self.made_links.lock().unwrap_or_else(PoisonError::into_inner).insert(relative.to_owned());
        }
        Ok(())
    }

    /// Where the link at a path leads, by its text; `None` when it is not a link.
    ///
    /// # Errors
    ///
    /// When its directory cannot be opened.
    pub fn link(&self, relative: &str) -> io::Result<Option<String>> {
        let place = self.place(relative)?;
        Ok(link_of(place.directory.as_fd(), place.name))
    }

    /// What is at a path; `None` when nothing is. The top is given by the empty path.
    ///
    /// # Errors
    ///
    /// When it cannot be told.
    pub fn look(&self, relative: &str) -> io::Result<Option<Found>> {
        if relative.is_empty() {
            return Ok(Some(Found::of(&rustix::fs::fstat(&self.top)?)));
        }
        match self.place(relative) {
            Ok(place) => place.look(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes a file, a link or something special, if it is still what was [found](Self::look).
    ///
    /// # Errors
    ///
    /// When it is missing, a directory, or changed meanwhile.
    pub fn remove(&self, relative: &str, expected: Option<&Found>) -> io::Result<()> {
        let place = self.place(relative)?;
        let found = place.look()?.ok_or(io::ErrorKind::NotFound)?;
        if found.kind == FoundKind::Directory {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if expected.is_some_and(|expected| *expected != found) {
            let message = "it changed after it was looked at, and stays";
            return Err(Error::new(ErrorKind::Changed, message).into());
        }
        Ok(unlinkat(&place.directory, place.name, AtFlags::empty())?)
    }

    /// Removes an empty directory. A link to one is not a directory.
    ///
    /// # Errors
    ///
    /// *Directory not empty*, *not a directory*, *not found*.
    pub fn remove_directory(&self, relative: &str) -> io::Result<()> {
        let place = self.place(relative)?;
        match unlinkat(&place.directory, place.name, AtFlags::REMOVEDIR) {
            Err(Errno::EXIST | Errno::NOTEMPTY) => Err(io::ErrorKind::DirectoryNotEmpty.into()),
            result => Ok(result?),
        }
    }

    /// The directory that holds a path, and the name in it.
    fn place<'path>(&self, relative: &'path str) -> io::Result<Place<'path>> {
        check(relative)?;
        let (above, name) = relative.rsplit_once('/').unwrap_or(("", relative));
        Ok(Place { directory: self.directory(above)?, name })
    }

    fn directory(&self, relative: &str) -> io::Result<OwnedFd> {
        match open_beneath(self.top.as_fd(), relative, HANDLE) {
            // One of these is a link: the descent names it, or follows it.
            Err(Errno::LOOP | Errno::NOTDIR | Errno::XDEV) => {
                let top = self.top.try_clone()?;
                prefixes(relative).try_fold(top, |above, (prefix, name)| self.enter(&above, prefix, name))
            }
            result => Ok(result?),
        }
    }

    /// Opens the directory of a name, whose path in the tree is `prefix`.
    fn enter(&self, above: &OwnedFd, prefix: &str, name: &str) -> io::Result<OwnedFd> {
        let errno = match open_component(above.as_fd(), name, HANDLE) {
            Ok(directory) => return Ok(directory),
            Err(errno) => errno,
        };
        let Some(target) = link_of(above.as_fd(), name) else { return Err(errno.into()) };
        let is_own = self.made_links.lock().unwrap_or_else(PoisonError::into_inner).contains(prefix);
        if self.keep_directory_symlink && !is_own {
            return Ok(openat(above, name, HANDLE, Mode::empty())?);
        }
        Err(link_in_the_way(prefix, &target))
    }
}

fn link_in_the_way(prefix: &str, target: &str) -> io::Error {
    let message = format!(
        "`{prefix}` is a symbolic link to `{target}` where a directory must be; --keep-directory-symlink follows it"
    );
    Error::new(ErrorKind::NotADirectory, message).into()
}

/// Every component is one name. What a store lists is checked before; this is where it would be written.
fn check(relative: &str) -> io::Result<()> {
    for name in relative.split('/') {
        if matches!(name, "" | "." | "..") || name.contains('\0') {
            let message = format!("`{}` is not a path below a directory", relative.escape_debug());
            return Err(Error::new(ErrorKind::InvalidPath, message).into());
        }
    }
    Ok(())
}

/// `a/b/c` as `a`, `a/b`, `a/b/c`, each with its last name.
fn prefixes(relative: &str) -> impl Iterator<Item = (&str, &str)> {
    let ends = relative.match_indices('/').map(|(index, _)| index).chain([relative.len()]);
    let paths = ends.map(|end| &relative[..end]).filter(|prefix| !prefix.is_empty());
    paths.map(|prefix| (prefix, prefix.rsplit('/').next().unwrap_or(prefix)))
}

/// A name in a directory that is held open.
struct Place<'path> {
    directory: OwnedFd,
    name: &'path str,
}

impl Place<'_> {
    fn look(&self) -> io::Result<Option<Found>> {
        match statat(&self.directory, self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Found::of(&stat))),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    fn open_special(&self) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(openat(&self.directory, self.name, flags, Mode::empty())?.into())
    }

    fn replace_by_link(&self, target: &str) -> io::Result<()> {
        if self.look()?.is_some_and(|found| found.kind == FoundKind::Directory) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let directory = self.directory.as_fd();
        let (hidden, ()) = super::leftovers::claim(directory, |name| symlinkat(target, directory, name))?;
        let renamed = rustix::fs::renameat(directory, hidden.as_str(), directory, self.name);
        if renamed.is_err() {
            let _ = unlinkat(directory, hidden.as_str(), AtFlags::empty());
        }
        Ok(renamed?)
    }
}

#[cfg(test)]
mod tests;
