//! `stat`, and what the other operations ask about what is at a path.

use std::time::{Duration, SystemTime};

use larder_plugin_api::{Error, Kind, Result, Stat, StorePath};
use rustix::fs::{self, FileType, Mode};
use rustix::io::Errno;

use crate::error::{failed, missing, not_a_file};
use crate::root::{Root, Tree, file_type, is_link};

/// What is at a path. A link counts as what it leads to; one that leads nowhere is [`Kind::Other`].
///
/// A root that nobody has made is *not found*.
pub fn stat(root: &Root, path: StorePath) -> Result<Stat> {
    let tree = root.open()?;
    if path.is_root() {
        let found = tree.directory(path).and_then(fs::fstat).map_err(failed("look at the root directory"))?;
        return Ok(public(&found));
    }
    let found = tree.place(path).and_then(|place| place.stat()).map_err(missing("look the path up"))?;
    Ok(public(&followed(&tree, path, found)?))
}

/// The stat of what a link leads to; its own when it leads nowhere.
pub fn followed(tree: &Tree, path: StorePath, found: fs::Stat) -> Result<fs::Stat> {
    if !is_link(&found) {
        return Ok(found);
    }
    match tree.follow(path) {
        Ok(target) => Ok(target),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(found),
        Err(errno) => Err(failed("follow the symbolic link")(errno)),
    }
}

/// The file that a write to a path would replace; `None` when the path is free.
///
/// A directory is an error, and so is what is no file.
pub fn replaceable(tree: &Tree, path: StorePath) -> Result<Option<fs::Stat>> {
    if path.is_root() {
        return Err(Error::is_a_directory());
    }
    let found = match tree.place(path).and_then(|place| place.stat()) {
        Err(Errno::NOENT) => return Ok(None),
        found => found.map_err(failed("look the path up"))?,
    };
    let found = followed(tree, path, found)?;
    match file_type(&found) {
        FileType::RegularFile => Ok(Some(found)),
        FileType::Directory => Err(Error::is_a_directory()),
        _ => Err(not_a_file()),
    }
}

/// The kind of a file type, for what is no link.
pub fn kind_of(file_type: FileType) -> Kind {
    match file_type {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Directory,
        _ => Kind::Other,
    }
}

/// The size in bytes.
pub fn size_of(stat: &fs::Stat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or_default()
}

/// When the content was last written.
pub fn modified(stat: &fs::Stat) -> Option<SystemTime> {
    #[allow(clippy::useless_conversion, reason = "the type differs by system")]
    let nanoseconds = Duration::from_nanos(u64::try_from(stat.st_mtime_nsec).unwrap_or_default());
    let seconds = Duration::from_secs(stat.st_mtime.unsigned_abs());
    let whole = if stat.st_mtime < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(seconds)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(seconds)
    };
    whole?.checked_add(nanoseconds)
}

/// Which file a stat is of, and which content it has, as a text: not more than the clock can tell, so that a program that
/// writes into a file may leave it as it was.
pub fn etag(stat: &fs::Stat) -> String {
    let (inode, size) = (stat.st_ino, stat.st_size);
    let (modified, changed) = (stat.st_mtime, stat.st_ctime);
    let (modified_rest, changed_rest) = (stat.st_mtime_nsec, stat.st_ctime_nsec);
    format!("{inode:x}.{size:x}.{modified:x}.{modified_rest:x}.{changed:x}.{changed_rest:x}")
}

/// A stat as the contract has it.
pub fn public(stat: &fs::Stat) -> Stat {
    let kind = kind_of(file_type(stat));
    let size = if kind == Kind::File { size_of(stat) } else { 0 };
    #[allow(clippy::useless_conversion, reason = "the type differs by system")]
    let mode = u32::from(Mode::from_raw_mode(stat.st_mode).bits());
    let public = Stat::new(kind, size).with_modified(modified(stat)).with_unix_mode(mode & 0o7777);
    if kind == Kind::Directory { public } else { public.with_etag(etag(stat)) }
}
