//! `copyfile`: a new file with the content and the permission bits of another.

use std::os::fd::{AsFd, BorrowedFd};

use larder_plugin_api::{Error, Result, StorePath};
use rustix::fs::{Stat, Timespec, Timestamps, UTIME_OMIT, fstat, futimens};
use rustix::io::Errno;

use crate::contents::Source;
use crate::error::failed;
use crate::publisher::Publisher;
use crate::reader;
use crate::staged::{Existing, permissions};
use crate::stat::replaceable;

/// Copies a file within the store. A new one gets the permission bits of its source, less the umask.
pub fn copyfile(publisher: &Publisher, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
    copy(publisher, source, target, overwrite, Attributes::New).map(drop)
}

/// What becomes of the permission bits and the time of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Attributes {
    /// Those of a new file.
    New,
    /// Those of the source, as when it is moved.
    Keep,
}

/// As [`copyfile`]; returns the stat of what was copied, or `None` for a file that is copied onto itself.
pub fn copy(
    publisher: &Publisher,
    source: StorePath,
    target: StorePath,
    overwrite: bool,
    attributes: Attributes,
) -> Result<Option<Stat>> {
    if source.is_root() {
        return Err(Error::is_a_directory());
    }
    let tree = publisher.root.open()?;
    let from = reader::open_in(&tree, source)?.into_file();
    let at_target = |error: Error| error.or_context("copyfile", target.as_str());
    let replaced = replaceable(&tree, target).map_err(at_target)?;
    if replaced.is_some() && !overwrite {
        return Err(at_target(Error::already_exists()));
    }
    if source == target {
        return Ok(None);
    }
    let unreadable = |errno| failed("read the file")(errno).with_path(source.as_str());
    let mode = fstat(&from).map(|stat| permissions(&stat)).map_err(unreadable)?;
    let staged = publisher.stage(&tree, target, mode).map_err(at_target)?;
    let unwritable = |errno| at_target(failed("write the copy")(errno));
    let from = Source {
        file: from.as_fd(),
        path: source.as_str(),
        unreadable: &unreadable,
        unwritable: &unwritable,
    };
    let copied = from.copy_to(staged.file().as_fd(), &publisher.services)?;
    let replaced = match attributes {
        Attributes::New => replaced,
        Attributes::Keep => {
            keep_time(&copied, staged.file().as_fd()).map_err(unwritable)?;
            Some(copied)
        }
    };
    let existing = if overwrite { Existing::Replace } else { Existing::Keep };
    publisher.publish(staged, target, existing, replaced.as_ref()).map_err(at_target)?;
    Ok(Some(copied))
}

fn keep_time(copied: &Stat, file: BorrowedFd<'_>) -> Result<(), Errno> {
    let time = |tv_sec, tv_nsec| Timespec { tv_sec, tv_nsec };
    #[allow(clippy::unnecessary_cast, clippy::cast_possible_wrap, reason = "the type differs by system")]
    let times = Timestamps {
        last_access: time(0, UTIME_OMIT),
        last_modification: time(copied.st_mtime as _, copied.st_mtime_nsec as _),
    };
    futimens(file, &times)
}
