//! Reserved names in a directory: taking one, and removing what a process left that is gone.
//!
//! Whoever uses a file with a reserved name holds a lock (`flock`) on it, or for a download on its journal. A lock goes with
//! its process, so a file that can be locked is a leftover. A file system without locks keeps its leftovers.

use std::collections::HashSet;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, Dir, FlockOperation, Mode, OFlags, Stat, flock, fstat, openat, statat, unlinkat};
use rustix::io::Errno;

use super::confine::LISTING;
use super::names::{self, Reserved};

/// How long a download that nobody continues is kept.
pub const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How many directories are remembered as swept; 16 bytes each.
const REMEMBERED: usize = 1 << 16;

/// Removes the leftovers of a directory, the first time that this process writes into it.
///
/// Failures are left to a later sweep.
pub fn sweep_once(directory: BorrowedFd<'_>) {
    static SWEPT: LazyLock<Mutex<HashSet<(u64, u64)>>> = LazyLock::new(Mutex::default);
    let Ok(stat) = fstat(directory) else { return };
    let mut swept = SWEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if swept.len() >= REMEMBERED {
        swept.clear();
    }
    let is_new = swept.insert(identity(&stat));
    drop(swept);
    if is_new {
        sweep(directory, SystemTime::now());
    }
}

/// Removes every leftover of a directory.
fn sweep(directory: BorrowedFd<'_>, now: SystemTime) {
    let Ok(listing) = openat(directory, ".", LISTING, Mode::empty()) else { return };
    let Ok(names) = Dir::new(listing) else { return };
    for entry in names {
        let Ok(entry) = entry else { return };
        let Ok(name) = entry.file_name().to_str() else { continue };
        match Reserved::of(name) {
            None => {}
            Some(Reserved::Staged) => {
                remove_if_stale(directory, name);
            }
            Some(Reserved::Part(journal)) => sweep_download(directory, name, &journal, now),
            Some(Reserved::Journal(part)) => sweep_download(directory, &part, name, now),
        }
    }
}

/// Removes a download with its journal, unless the journal is locked or young. A part without a journal, which is made
/// first, belongs to nobody.
fn sweep_download(directory: BorrowedFd<'_>, part: &str, journal: &str, now: SystemTime) {
    let held = match lock_leftover(directory, journal) {
        Ok(held) => held,
        Err(Errno::NOENT) => {
            remove_if_stale(directory, part);
            return;
        }
        Err(_) => return,
    };
    let modified = held.metadata().and_then(|metadata| metadata.modified());
    if !modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age >= KEPT)) {
        return;
    }
    if matches!(unlinkat(directory, part, AtFlags::empty()), Ok(()) | Err(Errno::NOENT)) {
        // It is a leftover still if this fails.
        let _ = unlinkat(directory, journal, AtFlags::empty());
    }
}

/// Takes the lowest reserved name that is free; `take` gives `EXIST` for one that is not.
pub fn claim<T>(
    directory: BorrowedFd<'_>,
    mut take: impl FnMut(&str) -> Result<T, Errno>,
) -> Result<(String, T), Errno> {
    let mut number = 0;
    loop {
        let name = names::staged(number);
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
        // Between the two steps another can take it for a leftover; then the name is no longer this file's.
        if lock(file.as_fd()) && leads_to(directory, name, file.as_fd()) {
            Ok(file)
        } else {
            Err(Errno::EXIST)
        }
    })
}

/// Shows others that the file is in use; false when another has locked it first.
pub fn lock(file: BorrowedFd<'_>) -> bool {
    !matches!(flock(file, FlockOperation::NonBlockingLockExclusive), Err(Errno::WOULDBLOCK))
}

/// Removes the file of a reserved name when nobody uses it; true if the name may be free now.
fn remove_if_stale(directory: BorrowedFd<'_>, name: &str) -> bool {
    match lock_leftover(directory, name) {
        // Only who holds the lock removes the name, so that it still leads here when it is removed.
        Ok(_held) => unlinkat(directory, name, AtFlags::empty()).is_ok(),
        Err(errno) => errno == Errno::NOENT,
    }
}

/// Locks the file of a reserved name; `NOENT` when the name leads to it no more.
fn lock_leftover(directory: BorrowedFd<'_>, name: &str) -> Result<std::fs::File, Errno> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = openat(directory, name, flags, Mode::empty())?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    if leads_to(directory, name, file.as_fd()) { Ok(file.into()) } else { Err(Errno::NOENT) }
}

fn leads_to(directory: BorrowedFd<'_>, name: &str, file: BorrowedFd<'_>) -> bool {
    let found = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW);
    matches!((found, fstat(file)), (Ok(found), Ok(open)) if identity(&found) == identity(&open))
}

/// The device and the inode of a stat.
#[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, reason = "the type differs by system")]
pub fn identity(stat: &Stat) -> (u64, u64) {
    (stat.st_dev as u64, stat.st_ino as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::local::confine::HANDLE;
    use std::fs::{self, File};
    use std::path::Path;

    fn swept(directory: &Path) -> Vec<String> {
        let handle = rustix::fs::open(directory, HANDLE, Mode::empty()).expect("the directory opens");
        sweep(handle.as_fd(), SystemTime::now());
        let entries = fs::read_dir(directory).expect("the directory is listed");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("an entry").file_name().display().to_string()).collect();
        names.sort();
        names
    }

    fn aged(path: &Path, age: Duration) -> File {
        let file = File::create(path).expect("a file");
        file.set_modified(SystemTime::now() - age).expect("it takes a time");
        file
    }

    #[test]
    fn sweeps_every_leftover_and_nothing_that_is_in_use() {
        let directory = tempfile::tempdir().expect("a directory");
        for number in [0, 1, 15, 16, 17, 400, 4_000_000_000_u32] {
            fs::write(directory.path().join(names::staged(number)), "left").expect("a leftover");
        }
        let used = File::create(directory.path().join(names::staged(2))).expect("a file in use");
        assert!(lock(used.as_fd()));
        fs::write(directory.path().join(".larder-notes.tmp"), "precious").expect("a user's file");
        fs::write(directory.path().join("file"), "precious").expect("a user's file");
        assert_eq!(swept(directory.path()), [".larder-2.tmp", ".larder-notes.tmp", "file"]);
        drop(used);
        assert_eq!(swept(directory.path()), [".larder-notes.tmp", "file"]);
    }

    #[test]
    fn a_download_stays_while_its_journal_is_locked_or_young() {
        let directory = tempfile::tempdir().expect("a directory");
        let at = |name: String| directory.path().join(name);
        let old = KEPT + Duration::from_secs(60);
        let young = KEPT.checked_sub(Duration::from_secs(60)).expect("a week is longer");
        for name in [b"young", b"inuse", b"stale", b"alone"] {
            aged(&at(names::part(name)), old);
        }
        aged(&at(names::journal(b"young")), young);
        aged(&at(names::journal(b"stale")), old);
        let used = aged(&at(names::journal(b"inuse")), old);
        assert!(lock(used.as_fd()));
        let kept = |names: &[&[u8]]| {
            let mut kept: Vec<_> =
                names.iter().flat_map(|name| [names::part(name), names::journal(name)]).collect();
            kept.sort();
            kept
        };
        assert_eq!(swept(directory.path()), kept(&[b"young", b"inuse"]));
        drop(used);
        assert_eq!(swept(directory.path()), kept(&[b"young"]));
    }
}
