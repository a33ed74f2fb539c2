//! `copyfile`: by shared blocks, in the kernel, or through a buffer, whichever the filesystem offers first.

use std::os::fd::{AsFd, BorrowedFd};

use larder_plugin_api::{Error, Result, Services, StorePath};
use rustix::io::{pread, retry_on_intr, write};

use crate::error::failed;
use crate::publisher::Publisher;
use crate::reader;
use crate::staged::Existing;
use crate::stat::replaceable;

const BUFFER_BYTES: usize = 256 * 1024;

/// Copies a file within the store.
pub fn copyfile(publisher: &Publisher, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
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
        return Ok(());
    }
    let staged = publisher.stage(&tree, target).map_err(at_target)?;
    copy_contents(from.as_fd(), staged.file().as_fd(), &publisher.services).map_err(at_target)?;
    let existing = if overwrite { Existing::Replace } else { Existing::Keep };
    publisher.publish(staged, target, existing, replaced.as_ref()).map_err(at_target)
}

/// Copies all of a file behind what was written to another, which is at its end.
pub fn copy_contents(from: BorrowedFd<'_>, to: BorrowedFd<'_>, services: &Services) -> Result<()> {
    match kernel::copy(from, to, services)? {
        None => Ok(()),
        Some(offset) => copy_through_buffer(from, to, offset, services),
    }
}

/// Also finds the end of a file whose size says 0, as those of `/proc`.
fn copy_through_buffer(
    from: BorrowedFd<'_>,
    to: BorrowedFd<'_>,
    mut offset: u64,
    services: &Services,
) -> Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        services.check_cancelled()?;
        let count = retry_on_intr(|| pread(from, &mut buffer, offset)).map_err(failed("read the source"))?;
        if count == 0 {
            return Ok(());
        }
        let mut piece = &buffer[..count];
        while !piece.is_empty() {
            let written = retry_on_intr(|| write(to, piece)).map_err(failed("write the copy"))?;
            piece = &piece[written..];
        }
        offset += count as u64;
    }
}

#[cfg(target_os = "linux")]
mod kernel {
    //! Copying without the bytes passing through this process.

    use rustix::fs::{copy_file_range, fstat, ioctl_ficlone};
    use rustix::io::Errno;

    use super::{BorrowedFd, Result, Services, failed, retry_on_intr};

    /// What is copied between two looks at cancellation.
    const STEP_BYTES: usize = 32 * 1024 * 1024;

    /// Copies as far as the kernel can; the rest, from the offset that is given, is for the caller.
    pub(super) fn copy(from: BorrowedFd<'_>, to: BorrowedFd<'_>, services: &Services) -> Result<Option<u64>> {
        // A clone replaces what is there and leaves the offset: for an empty file only, and its end is found anew.
        let is_empty = fstat(to).map_err(failed("look at the copy"))?.st_size == 0;
        if is_empty && ioctl_ficlone(to, from).is_ok() {
            rustix::fs::seek(to, rustix::fs::SeekFrom::End(0)).map_err(failed("write the copy"))?;
            return Ok(None);
        }
        let mut offset = 0;
        loop {
            services.check_cancelled()?;
            match retry_on_intr(|| copy_file_range(from, Some(&mut offset), to, None, STEP_BYTES)) {
                // A filesystem that cannot may say so by copying nothing; the buffer finds the true end.
                Ok(0) => return Ok(Some(offset)),
                Ok(_) => {}
                Err(errno @ (Errno::NOSPC | Errno::DQUOT)) => return Err(failed("write the copy")(errno)),
                Err(_) => return Ok(Some(offset)),
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    //! Copying without the bytes passing through this process: not on this system.

    use super::{BorrowedFd, Result, Services};

    #[allow(clippy::unnecessary_wraps, reason = "the signature of the other system")]
    pub(super) fn copy(_: BorrowedFd<'_>, _: BorrowedFd<'_>, _: &Services) -> Result<Option<u64>> {
        Ok(Some(0))
    }
}
