//! Reserved names in a directory: taking one, and removing what a process left that is gone.
//!
//! The names are numbered, and a writer takes the lowest that is free. Whoever uses one holds a lock (`flock`) on the
//! file; a lock goes with its process. So a name whose file can be locked is a leftover, and finding leftovers takes
//! no listing: they are in the first few numbers.

use std::collections::HashSet;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags, flock, fstat, openat, statat, unlinkat};
use rustix::io::Errno;

use crate::names::reserved;
use crate::root::is_same;

/// How many numbers a sweep looks at: 16 failed opens cost some ten microseconds.
const SWEPT_NUMBERS: u32 = 16;
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
            for number in 0..SWEPT_NUMBERS {
                remove_if_stale(directory, &reserved(number));
            }
        }
    }
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

/// Removes the file of a reserved name when nobody uses it; whether the name may be free now.
fn remove_if_stale(directory: BorrowedFd<'_>, name: &str) -> bool {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match openat(directory, name, flags, Mode::empty()) {
        Ok(file) => file,
        Err(errno) => return errno == Errno::NOENT,
    };
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        return false;
    }
    // Only who holds the lock takes the name away, so that it still leads here when it is removed.
    !leads_to(directory, name, file.as_fd()) || unlinkat(directory, name, AtFlags::empty()).is_ok()
}

fn leads_to(directory: BorrowedFd<'_>, name: &str, file: BorrowedFd<'_>) -> bool {
    let found = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW);
    matches!((found, fstat(file)), (Ok(found), Ok(open)) if is_same(&found, &open))
}
