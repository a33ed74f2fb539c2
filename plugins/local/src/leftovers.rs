//! Reserved names in a directory: taking one, and removing what a process left that is gone.
//!
//! The names are numbered, and a writer takes the lowest that is free. Whoever uses one holds a lock (`flock`) on the
//! file; a lock goes with its process. So a file with a reserved name that can be locked is a leftover. Only who got the
//! lock removes it.

use std::collections::HashSet;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, Dir, FlockOperation, Mode, OFlags, flock, fstat, openat, statat, unlinkat};
use rustix::io::Errno;

use crate::conditional;
use crate::names::{Use, download, is_reserved, reserved, use_of};
use crate::resolve::LISTING;
use crate::root::is_same;
use crate::stat::modified;

/// To find out whether a file is in use.
const LOOK: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// How long a download that can be continued is kept.
const DOWNLOADS_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How many directories are remembered as swept; 16 bytes each.
const REMEMBERED: usize = 1 << 16;

/// Which directories this store has swept already.
#[derive(Default)]
pub struct Sweeper(Mutex<HashSet<(u64, u64)>>);

impl Sweeper {
    /// Removes leftovers from a directory, the first time this store works in it. Failures are left to a later one.
    pub fn sweep_once(&self, directory: BorrowedFd<'_>) {
        let Ok(stat) = fstat(directory) else { return };
        let mut swept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if swept.len() >= REMEMBERED {
            swept.clear();
        }
        #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, reason = "the type differs by system")]
        let is_new = swept.insert((stat.st_dev as u64, stat.st_ino as u64));
        drop(swept);
        if is_new {
            sweep(directory);
        }
    }
}

/// Removes all leftovers from a directory. One that cannot be listed keeps them.
pub fn sweep(directory: BorrowedFd<'_>) {
    for name in reserved_names(directory).unwrap_or_default() {
        remove_leftover(directory, &name);
    }
}

/// The reserved names in a directory. It is read as a whole for that, once in the life of a store.
fn reserved_names(directory: BorrowedFd<'_>) -> Result<Vec<String>, Errno> {
    let mut names = Dir::new(openat(directory, ".", LISTING, Mode::empty())?)?;
    let mut found = Vec::new();
    while let Some(name) = names.read() {
        let name = name?;
        let name = name.file_name().to_bytes();
        if is_reserved(name) {
            found.extend(std::str::from_utf8(name).map(str::to_owned));
        }
    }
    Ok(found)
}

fn remove_leftover(directory: BorrowedFd<'_>, name: &str) {
    match use_of(name) {
        Some(Use::Staged) => {
            remove_if_stale(directory, name);
        }
        Some(Use::Aside) => conditional::settle(directory, name),
        Some(Use::Download(stem)) => remove_download(directory, stem),
        None => {}
    }
}

/// Removes a download that nobody continues. The lock of its journal is that of both.
fn remove_download(directory: BorrowedFd<'_>, stem: &str) {
    let (content, journal) = download(stem);
    match openat(directory, journal.as_str(), LOOK, Mode::empty()) {
        Ok(file) => {
            if is_old(file.as_fd()) && lock_of_own(file.as_fd()) {
                remove_if_stale(directory, &content);
                if leads_to(directory, &journal, file.as_fd()) {
                    let _ = unlinkat(directory, journal.as_str(), AtFlags::empty());
                }
            }
        }
        // Without its journal it cannot be continued.
        Err(Errno::NOENT) => {
            remove_if_stale(directory, &content);
        }
        Err(_) => {}
    }
}

fn is_old(file: BorrowedFd<'_>) -> bool {
    let modified = fstat(file).ok().as_ref().and_then(modified);
    let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
    age.is_some_and(|age| age > DOWNLOADS_KEPT)
}

/// Takes the lowest reserved name that is free; `take` gives `EXIST` for one that is not.
pub fn claim<T>(
    directory: BorrowedFd<'_>,
    mut take: impl FnMut(&str) -> Result<T, Errno>,
) -> Result<(String, T), Errno> {
    let mut number = 0;
    loop {
        let name = reserved(number);
        match take(&name) {
            Ok(taken) => return Ok((name, taken)),
            Err(Errno::EXIST) if remove_if_stale(directory, &name) => {}
            Err(Errno::EXIST) if number < u32::MAX => number += 1,
            Err(errno) => return Err(errno),
        }
    }
}

/// Makes a file with the lowest reserved name that is free, and locks it.
pub fn create(directory: BorrowedFd<'_>, mode: Mode) -> Result<(String, OwnedFd), Errno> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    claim(directory, |name| {
        let file = openat(directory, name, flags, mode)?;
        // Between the two steps it can be taken for a leftover; then the name is not its own any more.
        if lock(file.as_fd()) && leads_to(directory, name, file.as_fd()) {
            Ok(file)
        } else {
            Err(Errno::EXIST)
        }
    })
}

/// Shows others that the file is in use; false when another has locked it first.
///
/// A filesystem without locks has leftovers that only `rmtree` removes.
pub fn lock(file: BorrowedFd<'_>) -> bool {
    !matches!(flock(file, FlockOperation::NonBlockingLockExclusive), Err(Errno::WOULDBLOCK))
}

/// Whether this process has the lock now; a filesystem without locks gives none.
fn lock_of_own(file: BorrowedFd<'_>) -> bool {
    flock(file, FlockOperation::NonBlockingLockExclusive).is_ok()
}

/// Removes the file of a reserved name when nobody uses it; whether the name may be free now.
fn remove_if_stale(directory: BorrowedFd<'_>, name: &str) -> bool {
    let file = match openat(directory, name, LOOK, Mode::empty()) {
        Ok(file) => file,
        Err(errno) => return errno == Errno::NOENT,
    };
    if !lock_of_own(file.as_fd()) {
        return false;
    }
    // Only who holds the lock takes the name away, so that it still leads here when it is removed.
    !leads_to(directory, name, file.as_fd()) || unlinkat(directory, name, AtFlags::empty()).is_ok()
}

fn leads_to(directory: BorrowedFd<'_>, name: &str, file: BorrowedFd<'_>) -> bool {
    let found = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW);
    matches!((found, fstat(file)), (Ok(found), Ok(open)) if is_same(&found, &open))
}
