//! Whole files of this machine, into the store and out of it, without the bytes passing through the process.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};

use larder_plugin_api::{Error, Result, StorePath};
use rustix::fs::{Mode, OFlags, Stat, fchmod, fstat, open, stat};
use rustix::io::{Errno, retry_on_intr};

use crate::contents::{Source, is_regular, is_unchanged};
use crate::error::{changed, failed, failed_local};
use crate::publisher::Publisher;
use crate::reader;
use crate::staged::{Existing, permissions};
use crate::stat::replaceable;

/// Copies a local file to a path; as mode `w` of `open`, or as mode `x`.
///
/// A new file gets the permission bits of the local one, less the umask. An error about the local file has its path.
pub fn put_file(publisher: &Publisher, local: &str, path: StorePath, overwrite: bool) -> Result<u64> {
    let unreadable = failed_local("read", local);
    let (from, found) = open_local(local)?;
    let tree = publisher.root.open_or_make()?;
    let replaced = replaceable(&tree, path)?;
    if replaced.is_some() && !overwrite {
        return Err(Error::already_exists());
    }
    let staged = publisher.stage(&tree, path, permissions(&found))?;
    let unwritable = failed("write the file");
    let source = Source { file: from.as_fd(), path: local, unreadable: &unreadable, unwritable: &unwritable };
    let before = source.copy_to(staged.file().as_fd(), &publisher.services)?;
    check_still_there(&before, local)?;
    let bytes = size_of_copy(staged.file()).map_err(&unwritable)?;
    let existing = if overwrite { Existing::Replace } else { Existing::Keep };
    publisher.publish(staged, path, existing, replaced.as_ref())?;
    Ok(bytes)
}

/// Copies the file at a path into a local file, which is empty. It gets the permission bits of the file, less the umask.
pub fn get_file(publisher: &Publisher, path: StorePath, local: &str) -> Result<u64> {
    let from = reader::open(&publisher.root, path)?.into_file();
    let unwritable = failed_local("write", local);
    let flags = OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NOCTTY;
    let to: File = retry_on_intr(|| open(local, flags, Mode::empty())).map_err(&unwritable)?.into();
    let unreadable = failed("read the file");
    let source =
        Source { file: from.as_fd(), path: path.as_str(), unreadable: &unreadable, unwritable: &unwritable };
    let copied = source.copy_to(to.as_fd(), &publisher.services)?;
    if is_regular(&fstat(&to).map_err(&unwritable)?) {
        fchmod(&to, permissions(&copied) - umask()).map_err(&unwritable)?;
    }
    size_of_copy(&to).map_err(&unwritable)
}

/// Opens a local file to read; the error names it.
fn open_local(local: &str) -> Result<(OwnedFd, Stat)> {
    let unreadable = failed_local("read", local);
    // Without `NONBLOCK`, opening a fifo waits for somebody to write to it.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    let file = retry_on_intr(|| open(local, flags, Mode::empty())).map_err(&unreadable)?;
    let found = fstat(&file).map_err(&unreadable)?;
    if is_regular(&found) {
        Ok((file, found))
    } else {
        Err(Error::unsupported(format!("`{local}` is not a regular file")).with_path(local))
    }
}

fn check_still_there(before: &Stat, local: &str) -> Result<()> {
    match stat(local) {
        Ok(now) if is_unchanged(before, &now) => Ok(()),
        Ok(_) | Err(Errno::NOENT | Errno::NOTDIR) => {
            Err(changed("the file was replaced or removed while it was read").with_path(local))
        }
        Err(errno) => Err(failed_local("read", local)(errno)),
    }
}

fn size_of_copy(copy: &File) -> Result<u64, Errno> {
    fstat(copy).map(|stat| crate::stat::size_of(&stat))
}

/// What this process takes away from the permissions of new files. To ask by `umask` itself would change it for a
/// moment, for every thread. Where the system does not tell, only the owner gets permissions.
fn umask() -> Mode {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Umask:"));
    let mask = line.and_then(|mask| u32::from_str_radix(mask.trim(), 8).ok()).unwrap_or(0o077);
    Mode::from_bits_truncate(mask)
}
