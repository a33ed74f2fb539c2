//! The close of mode `a`: what is there and what was appended become one new file.
//!
//! It costs a copy of both, which shares blocks with the old file where the filesystem can (`FICLONE`). Appenders wait
//! for each other, so that no append is lost: each holds a lock (`flock`) on the file that it replaces. A writer of
//! mode `w` does not wait; when one closes meanwhile, one of the two files wins whole.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::SystemTime;

use larder_plugin_api::{ErrorKind, Result, StorePath};
use rustix::fs::{FlockOperation, Mode, Stat, flock, fstat};
use rustix::io::{Errno, retry_on_intr};

use crate::contents::Source;
use crate::error::{failed, failed_io};
use crate::publisher::Publisher;
use crate::reader;
use crate::root::is_same;
use crate::staged::{Existing, Staged};

/// Shows the file at the path with the content of `tail` behind its own, or that alone when nothing is there.
/// A new file gets these permission bits, less the umask, and either gets this time.
pub fn publish(
    publisher: &Publisher,
    tail: &Staged,
    path: StorePath,
    new: Mode,
    modified: Option<SystemTime>,
) -> Result<()> {
    loop {
        publisher.services.check_cancelled()?;
        let whole = publisher.stage(&publisher.root.open_or_make()?, path, new)?;
        // Holds the lock until the new file is in place.
        let old = open_locked(publisher, path)?;
        if let Some((file, _)) = &old {
            copy(file.as_fd(), &whole, publisher)?;
        }
        copy(tail.file().as_fd(), &whole, publisher)?;
        if let Some(modified) = modified {
            whole.file().set_modified(modified).map_err(failed_io("set the time of the file"))?;
        }
        let existing = if old.is_some() { Existing::Replace } else { Existing::Keep };
        match publisher.publish(whole, path, existing, old.as_ref().map(|(_, stat)| stat)) {
            // Another made the file first: now there is one to append to.
            Err(error) if old.is_none() && error.kind() == ErrorKind::AlreadyExists => {}
            result => return result,
        }
    }
}

fn copy(from: BorrowedFd<'_>, whole: &Staged, publisher: &Publisher) -> Result<()> {
    let (unreadable, unwritable) = (failed("read the file"), failed("write the file"));
    let from = Source { file: from, path: "", unreadable: &unreadable, unwritable: &unwritable };
    from.copy_to(whole.file().as_fd(), &publisher.services).map(drop)
}

/// Opens the file at the path and locks it; `None` when nothing is there.
fn open_locked(publisher: &Publisher, path: StorePath) -> Result<Option<(OwnedFd, Stat)>> {
    loop {
        publisher.services.check_cancelled()?;
        let Some((file, stat)) = open(publisher, path)? else { return Ok(None) };
        match retry_on_intr(|| flock(&file, FlockOperation::LockExclusive)) {
            // A filesystem without locks: the last to close wins.
            Ok(()) | Err(Errno::NOLCK | Errno::OPNOTSUPP | Errno::NOSYS | Errno::BADF) => {}
            Err(errno) => return Err(failed("lock the file")(errno)),
        }
        // Whoever held the lock may have replaced the file.
        if open(publisher, path)?.is_some_and(|(_, now)| is_same(&now, &stat)) {
            return Ok(Some((file, stat)));
        }
    }
}

fn open(publisher: &Publisher, path: StorePath) -> Result<Option<(OwnedFd, Stat)>> {
    let file = match reader::open(&publisher.root, path) {
        Ok(reader) => reader.into_file(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let stat = fstat(&file).map_err(failed("look at the open file"))?;
    Ok(Some((file, stat)))
}
