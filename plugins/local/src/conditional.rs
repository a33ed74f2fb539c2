//! Removing a name only if it still leads to the file that is meant.
//!
//! No system has a call for that: between a look at a name and its removal, another process can put a new file there.
//! So the name is first moved aside, which decides which file is concerned. If that is another one, it gets its name
//! back; if the name is taken again by then, the newer file has replaced it.
//!
//! A process can die in between. The name aside says what was meant and what the file was called, so that a later sweep
//! does the rest.

use std::os::fd::BorrowedFd;

use larder_plugin_api::Result;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fstat, openat, renameat, statat, unlinkat};
use rustix::io::Errno;

use crate::contents::is_unchanged;
use crate::error::{changed, missing};
use crate::exclusive;
use crate::names::{NAME_MAX, aside};
use crate::root::{Place, file_type};
use crate::stat;

/// Opens a name to hold what it leads to: while it is open, no other file gets its inode.
#[cfg(target_os = "linux")]
const HELD: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// How many names aside are tried. One is taken when an earlier process died in the same removal.
const ATTEMPTS: u32 = 100;

/// Removes a file if it still has this etag; a link counts as itself.
pub fn remove_unchanged(place: &Place, etag: &str) -> Result<()> {
    match remove_if(place, |found| stat::etag(found) == etag) {
        Ok(true) => Ok(()),
        Ok(false) => Err(changed("the file is not the one that was meant any more; it stays")),
        Err(errno) => Err(missing("remove the file")(errno)),
    }
}

/// Removes a name if the file that it leads to is the one that is meant; false when it is another.
pub fn remove_if(place: &Place, is_meant: impl FnOnce(&Stat) -> bool) -> Result<bool, Errno> {
    let directory = place.directory_fd();
    let (found, _held) = hold(directory, place.name)?;
    if file_type(&found) == FileType::Directory {
        return Err(Errno::ISDIR);
    }
    if !is_meant(&found) {
        return Ok(false);
    }
    let aside = move_aside(directory, place.name, &found)?;
    finish(directory, &aside, place.name, |now| is_unchanged(&found, now))
}

/// Ends a removal whose process is gone. Where it cannot be known what the file was called, the file stays.
pub fn settle(directory: BorrowedFd<'_>, aside: &str) {
    let Some(parts) = parse(aside) else { return };
    if let Ok(found) = statat(directory, aside, AtFlags::SYMLINK_NOFOLLOW) {
        let is_meant = described(&found) == parts.described;
        if is_meant || !parts.name.is_empty() {
            // Nobody hears of a failure here: a later sweep tries again.
            let _ = finish(directory, aside, parts.name, |_| is_meant);
        }
    }
}

#[cfg(target_os = "linux")]
fn hold(directory: BorrowedFd<'_>, name: &str) -> Result<(Stat, std::os::fd::OwnedFd), Errno> {
    let held = openat(directory, name, HELD, Mode::empty())?;
    Ok((fstat(&held)?, held))
}

#[cfg(not(target_os = "linux"))]
fn hold(directory: BorrowedFd<'_>, name: &str) -> Result<(Stat, ()), Errno> {
    Ok((statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?, ()))
}

/// Renames a file to a free name aside.
fn move_aside(directory: BorrowedFd<'_>, name: &str, found: &Stat) -> Result<String, Errno> {
    for number in 0..ATTEMPTS {
        let described = format!("{number}_{}_", described(found));
        let aside = Some(aside(&described, name)).filter(|aside| aside.len() <= NAME_MAX);
        let aside = aside.unwrap_or_else(|| crate::names::aside(&described, ""));
        match exclusive::rename(directory, name, directory, &aside) {
            Ok(()) => return Ok(aside),
            Err(Errno::EXIST) => {}
            // The name says which file it is for: that it is taken would need an inode used again.
            Err(errno) if exclusive::is_lacking(errno) => {
                return renameat(directory, name, directory, &aside).map(|()| aside);
            }
            Err(errno) => return Err(errno),
        }
    }
    Err(Errno::EXIST)
}

/// Removes what was moved aside, or gives it its name back; true when it was removed.
fn finish(
    directory: BorrowedFd<'_>,
    aside: &str,
    name: &str,
    is_meant: impl FnOnce(&Stat) -> bool,
) -> Result<bool, Errno> {
    let found = match statat(directory, aside, AtFlags::SYMLINK_NOFOLLOW) {
        // A sweep was faster, and decides the same.
        Err(Errno::NOENT) => return Ok(true),
        found => found?,
    };
    if is_meant(&found) {
        return remove(directory, aside).map(|()| true);
    }
    let given_back = match exclusive::rename_file(directory, aside, directory, name) {
        Err(Errno::PERM) if file_type(&found) == FileType::Directory => {
            renameat(directory, aside, directory, name)
        }
        result => result,
    };
    match given_back {
        Ok(()) | Err(Errno::NOENT) => Ok(false),
        // A newer file has the name: it has replaced this one.
        Err(Errno::EXIST) => remove(directory, aside).map(|()| false),
        Err(errno) => Err(errno),
    }
}

fn remove(directory: BorrowedFd<'_>, name: &str) -> Result<(), Errno> {
    match unlinkat(directory, name, AtFlags::empty()) {
        Err(Errno::NOENT) => Ok(()),
        result => result,
    }
}

/// What a rename leaves as it is: it changes the time of the last change of status.
fn described(stat: &Stat) -> String {
    format!("{:x}_{:x}_{:x}_{:x}", stat.st_ino, stat.st_size, stat.st_mtime, stat.st_mtime_nsec)
}

/// What a name aside says.
struct Parts<'a> {
    described: &'a str,
    name: &'a str,
}

fn parse(aside: &str) -> Option<Parts<'_>> {
    let inner = crate::names::inner_of_aside(aside)?;
    let (_number, rest) = inner.split_once('_')?;
    let end = rest.match_indices('_').nth(3)?.0;
    Some(Parts { described: &rest[..end], name: &rest[end + 1..] })
}
