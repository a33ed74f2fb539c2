//! A walk through a local directory, top-down, in the order of a store's walk.

use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use larder_plugin_api::{Entry, Error, ErrorKind, Kind, MAX_HELD_BYTES, MAX_LEVELS, MAX_PATH_BYTES, Visit};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat, fstat, openat, statat};
use rustix::io::Errno;

use super::confine::{LISTING, link_of, open_beneath, open_through_links};
use super::leftovers::identity;
use super::tree::modified_of;
use super::{join, names};

/// What becomes of symbolic links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// One to a file is the file; any other is [`Kind::Other`].
    #[default]
    Default,
    /// One to a directory is the directory, too, unless it leads to one that it is in.
    Follow,
    /// All of them are [`Kind::Other`], and the caller meant to leave them out.
    Skip,
    /// All of them are [`Kind::Other`], and the caller makes them anew.
    Keep,
}

/// A walk. Sockets, pipes and devices are [`Kind::Other`]; files with a reserved name are left out.
#[derive(Debug)]
pub struct LocalWalk {
    top: PathBuf,
    opened: Option<OwnedFd>,
    /// The directories that are being walked, each in the one before it.
    levels: Vec<Level>,
    /// The path of the last of them.
    path: String,
    is_begun: bool,
    /// Entries of the last visit that cannot be copied, and why.
    failed: Vec<(String, io::Error)>,
    links: Links,
    exclude_caches: bool,
    held_bytes: usize,
}

#[derive(Debug)]
struct Level {
    /// How long the path of this directory is.
    path_bytes: usize,
    /// The directories in it that are still to come, last one first.
    waiting: Vec<String>,
    thing: (u64, u64),
}

impl LocalWalk {
    /// A walk through what is below a directory.
    pub fn new(top: PathBuf) -> Self {
        Self {
            top,
            opened: None,
            levels: Vec::new(),
            path: String::new(),
            is_begun: false,
            failed: Vec::new(),
            links: Links::Default,
            exclude_caches: false,
            held_bytes: MAX_HELD_BYTES,
        }
    }

    /// What becomes of symbolic links.
    #[must_use]
    pub fn links(mut self, links: Links) -> Self {
        self.links = links;
        self
    }

    /// Leaves out directories below the top that are marked as caches.
    #[must_use]
    pub fn without_caches(mut self) -> Self {
        self.exclude_caches = true;
        self
    }

    /// Opens the directory at `self.path`.
    fn open(&mut self) -> io::Result<OwnedFd> {
        if self.levels.len() > MAX_LEVELS || self.path.len() > MAX_PATH_BYTES {
            let limit = format!("deeper than {MAX_LEVELS} directories or {MAX_PATH_BYTES} bytes of path");
            return Err(Error::new(ErrorKind::InvalidPath, limit).into());
        }
        let top = match &self.opened {
            Some(top) => top,
            None => self.opened.insert(rustix::fs::open(&self.top, LISTING, Mode::empty())?),
        };
        let open = if self.links == Links::Follow { open_through_links } else { open_beneath };
        match open(top.as_fd(), &self.path, LISTING) {
            Err(Errno::LOOP) => Err(io::ErrorKind::NotADirectory.into()),
            opened => Ok(opened?),
        }
    }

    fn visit(&mut self) -> io::Result<Visit> {
        let opened = self.open()?;
        let thing = identity(&fstat(&opened)?);
        let mut visit = Visit { directory: self.path.clone(), ..Visit::default() };
        let mut held = 0;
        for entry in Dir::read_from(&opened)? {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            held += name.to_bytes().len() + size_of::<Entry>();
            if held > self.held_bytes {
                let limit =
                    format!("its names take more than {} bytes, the most that is held", self.held_bytes);
                return Err(Error::new(ErrorKind::NoSpace, limit).into());
            }
            match self.entry(&opened, name, thing) {
                Ok(Some(entry)) if entry.kind == Kind::Directory => visit.directories.push(entry),
                Ok(Some(entry)) => visit.files.push(entry),
                Ok(None) => {}
                Err(error) => self.failed.push((join(&visit.directory, &name.to_string_lossy()), error)),
            }
        }
        visit.directories.sort_unstable_by(Entry::listing_order);
        visit.files.sort_unstable_by(Entry::listing_order);
        let waiting = visit.directories.iter().rev().map(|entry| entry.name.clone()).collect();
        self.levels.push(Level { path_bytes: self.path.len(), waiting, thing });
        Ok(visit)
    }

    /// `None` for what is left out on purpose.
    fn entry(&self, directory: &OwnedFd, name: &CStr, above: (u64, u64)) -> io::Result<Option<Entry>> {
        let stat = match statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
            // It went away between the two calls.
            Err(Errno::NOENT) => return Ok(None),
            stat => stat?,
        };
        let file_type = FileType::from_raw_mode(stat.st_mode);
        if file_type == FileType::RegularFile && names::is_reserved(name.to_bytes()) {
            return Ok(None);
        }
        if self.exclude_caches && file_type == FileType::Directory && is_cache(directory, name) {
            return Ok(None);
        }
        let name_text = name.to_str().map_err(|_| {
            Error::new(ErrorKind::InvalidPath, "the name is not UTF-8, which the names in a store are")
        })?;
        if file_type != FileType::Symlink {
            return Ok(Some(entry_of(name_text, &stat)));
        }
        let followed =
            statat(directory, name, AtFlags::empty()).ok().filter(|stat| self.follows(stat, above));
        let entry =
            followed.map_or_else(|| Entry::new(name_text, Kind::Other), |stat| entry_of(name_text, &stat));
        // It went away, or became something else, between the two calls: then it leads nowhere.
        Ok(Some(entry.with_link(link_of(directory.as_fd(), name_text).unwrap_or_default())))
    }

    /// Whether a link to this is what it leads to. `above` is the directory that the link is in.
    fn follows(&self, stat: &Stat, above: (u64, u64)) -> bool {
        let thing = identity(stat);
        match (self.links, FileType::from_raw_mode(stat.st_mode)) {
            (Links::Default | Links::Follow, FileType::RegularFile) => true,
            (Links::Follow, FileType::Directory) => {
                thing != above && self.levels.iter().all(|level| level.thing != thing)
            }
            _ => false,
        }
    }

    /// Goes on to the next directory; false when there is none.
    fn advance(&mut self) -> bool {
        if !self.is_begun {
            self.is_begun = true;
            return true;
        }
        while let Some(level) = self.levels.last_mut() {
            self.path.truncate(level.path_bytes);
            if let Some(name) = level.waiting.pop() {
                if !self.path.is_empty() {
                    self.path.push('/');
                }
                self.path.push_str(&name);
                return true;
            }
            self.levels.pop();
        }
        false
    }
}

impl Iterator for LocalWalk {
    /// With the directory or entry, relative to the top, that could not be read.
    type Item = Result<Visit, (String, io::Error)>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(failed) = self.failed.pop() {
            return Some(Err(failed));
        }
        if !self.advance() {
            return None;
        }
        Some(self.visit().map_err(|error| (self.path.clone(), error)))
    }
}

fn entry_of(name: &str, stat: &Stat) -> Entry {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => Entry::directory(name),
        FileType::RegularFile => {
            let size = u64::try_from(stat.st_size).unwrap_or(0);
            Entry::file(name, size).with_modified(Some(modified_of(stat)))
        }
        _ => Entry::new(name, Kind::Other),
    }
}

/// Whether a directory is marked after the Cache Directory Tagging Specification.
fn is_cache(above: &OwnedFd, name: &CStr) -> bool {
    const SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";
    // Whatever has the name of the tag must not make the walk wait.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let tag = openat(above, name, LISTING | OFlags::NOFOLLOW, Mode::empty())
        .and_then(|directory| openat(&directory, "CACHEDIR.TAG", flags, Mode::empty()));
    let mut start = Vec::new();
    let read = tag
        .map_err(io::Error::from)
        .and_then(|tag| File::from(tag).take(SIGNATURE.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == SIGNATURE
}

/// What is at a path that is neither a file nor a directory, to complete "it ...": `is a link to X`, `is a fifo`.
pub fn describe(path: &Path) -> String {
    use std::os::unix::fs::FileTypeExt;
    let Ok(metadata) = path.symlink_metadata() else { return "is gone".to_owned() };
    let file_type = metadata.file_type();
    if file_type.is_symlink() {
        let target = std::fs::read_link(path).unwrap_or_default();
        return format!("is a link to `{}`", target.display());
    }
    let what = if file_type.is_fifo() {
        "is a fifo"
    } else if file_type.is_socket() {
        "is a socket"
    } else if file_type.is_char_device() || file_type.is_block_device() {
        "is a device"
    } else {
        "is neither a file nor a directory"
    };
    what.to_owned()
}

#[cfg(test)]
mod tests;
