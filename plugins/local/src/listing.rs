//! `listdir`, and reading a directory for walks and patterns.

use std::os::fd::BorrowedFd;

use larder_plugin_api::{
    Detail, Entries, Entry, Error, ErrorKind, Kind, MAX_HELD_BYTES, Result, Services, StorePath, check_depth,
};
use rustix::fs::{AtFlags, Dir, DirEntry, FileType, Stat, readlinkat, statat};
use rustix::io::Errno;

use crate::error::{failed, missing};
use crate::names::is_reserved;
use crate::resolve::LISTING;
use crate::root::{Root, Tree, file_type};
use crate::stat::{etag, kind_of, modified, size_of};

/// How many entries are read between two looks at cancellation.
const ENTRIES_BETWEEN_CHECKS: usize = 4096;

/// An entry of a directory, and whether it is a link.
pub struct Found {
    pub entry: Entry,
    pub is_link: bool,
}

impl Found {
    /// Whether it is a directory itself, and no link to one.
    pub fn is_directory(&self) -> bool {
        self.entry.kind == Kind::Directory && !self.is_link
    }
}

/// What is in a directory, in listing order, and what could not be told.
#[derive(Default)]
pub struct Listing {
    pub found: Vec<Found>,
    pub failed: Vec<Error>,
}

/// Lists a directory.
pub fn listdir(root: &Root, services: &Services, path: StorePath, detail: Detail) -> Result<Entries> {
    let Some(tree) = root.open_if_there()? else {
        let nothing = if path.is_root() { Ok(Entries::sorted(Vec::new())) } else { Err(Error::not_found()) };
        return nothing;
    };
    let listing = read_directory(&tree, services, path, detail)?;
    let entries = listing.found.into_iter().map(|found| Ok(found.entry));
    Ok(Entries::streaming(entries.chain(listing.failed.into_iter().map(Err))))
}

/// Reads a directory of a tree.
pub fn read_directory(tree: &Tree, services: &Services, path: StorePath, detail: Detail) -> Result<Listing> {
    check_depth(path)?;
    let directory = tree.open(path, LISTING).map_err(|errno| match errno {
        // Either the path leads to a file, or through one.
        Errno::NOTDIR if tree.place(path).and_then(|place| place.stat()).is_ok() => Error::not_a_directory(),
        errno => missing("open the directory")(errno),
    })?;
    let mut names = Dir::new(directory).map_err(failed("read the directory"))?;
    let mut listing = Listing::default();
    let mut held = 0;
    while let Some(name) = names.read() {
        let name = name.map_err(failed("read the directory"))?;
        let bytes = name.file_name().to_bytes();
        if matches!(bytes, b"." | b"..") || is_reserved(bytes) {
            continue;
        }
        let within = names.fd().map_err(failed("read the directory"))?;
        held += std::mem::size_of::<Found>() + bytes.len();
        if held > MAX_HELD_BYTES {
            return Err(Error::unsupported(format!(
                "the directory has more entries than can be sorted in {MAX_HELD_BYTES} bytes"
            )));
        }
        match look_at(tree, path, within, &name, detail) {
            Ok(found) => listing.found.extend(found),
            Err(error) => listing.failed.push(error),
        }
        if (listing.found.len() + 1).is_multiple_of(ENTRIES_BETWEEN_CHECKS) {
            services.check_cancelled()?;
        }
    }
    listing.found.sort_unstable_by(|one, other| one.entry.listing_order(&other.entry));
    Ok(listing)
}

/// Finds out what a name stands for; `None` when it has gone meanwhile.
fn look_at(
    tree: &Tree,
    directory: StorePath,
    within: BorrowedFd<'_>,
    name: &DirEntry,
    detail: Detail,
) -> Result<Option<Found>> {
    let text = name.file_name().to_str().map_err(|_| not_utf8(directory, name))?;
    let mut stat = None;
    let mut file_type = name.file_type();
    if file_type == FileType::Unknown || (detail == Detail::Full && file_type == FileType::RegularFile) {
        match statat(within, name.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(None),
            found => stat = Some(found.map_err(|errno| at(directory, text, errno))?),
        }
        file_type = stat.as_ref().map_or(file_type, self::file_type);
    }
    let is_link = file_type == FileType::Symlink;
    if is_link {
        // A link that leads nowhere, or out, is neither file nor directory.
        stat = StorePath::new(&directory.join(text)).ok().and_then(|path| tree.follow(path).ok());
        file_type = stat.as_ref().map_or(file_type, self::file_type);
    }
    let mut entry = entry(text, kind_of(file_type), stat.as_ref().filter(|_| detail == Detail::Full));
    if is_link {
        match readlinkat(within, name.file_name(), Vec::new()) {
            Ok(target) => entry = entry.with_link(target.to_string_lossy()),
            // It has gone, or is something else by now.
            Err(Errno::NOENT | Errno::INVAL) => return Ok(None),
            Err(errno) => return Err(at(directory, text, errno)),
        }
    }
    Ok(Some(Found { entry, is_link }))
}

fn entry(name: &str, kind: Kind, stat: Option<&Stat>) -> Entry {
    let mut entry = Entry::new(name, kind);
    if let Some(stat) = stat.filter(|_| kind == Kind::File) {
        entry.size = Some(size_of(stat));
        entry.modified = modified(stat);
        entry = entry.with_etag(etag(stat));
    }
    entry
}

fn at(directory: StorePath, name: &str, errno: Errno) -> Error {
    failed("look at the entry")(errno).with_path(directory.join(name))
}

fn not_utf8(directory: StorePath, name: &DirEntry) -> Error {
    let lossy = name.file_name().to_string_lossy();
    Error::new(ErrorKind::InvalidPath, "the name is not UTF-8").with_path(directory.join(&lossy))
}
