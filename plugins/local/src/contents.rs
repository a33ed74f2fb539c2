//! The content of one file, copied into another: by shared blocks, in the kernel, or through a buffer, whichever the
//! filesystem offers first. Holes stay holes, and a source that changes while it is copied is an error.

use std::os::fd::BorrowedFd;

use larder_plugin_api::{Error, Result, Services};
use rustix::fs::{FileType, Stat, fstat, ftruncate};
use rustix::io::{Errno, pread, pwrite, retry_on_intr};

use crate::error::changed;
use crate::root::{file_type, is_same};
use crate::stat::size_of;

const BUFFER_BYTES: usize = 256 * 1024;

/// A file that is being copied.
pub struct Source<'a> {
    pub file: BorrowedFd<'a>,
    /// The path that errors about it give.
    pub path: &'a str,
    /// The errors of the two sides: what cannot be read must not look like what cannot be written.
    pub unreadable: &'a dyn Fn(Errno) -> Error,
    pub unwritable: &'a dyn Fn(Errno) -> Error,
}

impl Source<'_> {
    /// Copies all of the file behind what is in another one, and returns the stat of what was copied.
    pub fn copy_to(&self, to: BorrowedFd<'_>, services: &Services) -> Result<Stat> {
        let before = self.stat()?;
        let start = size_of(&fstat(to).map_err(self.unwritable)?);
        let is_cloned = start == 0 && kernel::clone(self.file, to);
        let copied = if is_cloned {
            size_of(&before)
        } else {
            let mut copying = Copying { source: self, to, start, services, buffer: Vec::new() };
            copying.all(size_of(&before))?
        };
        self.check_unchanged(&before, copied)?;
        Ok(before)
    }

    fn stat(&self) -> Result<Stat> {
        fstat(self.file).map_err(self.unreadable)
    }

    fn check_unchanged(&self, before: &Stat, copied: u64) -> Result<()> {
        let after = self.stat()?;
        // The files of `/proc` and `/sys` take no blocks, and their sizes do not mean anything.
        let is_nominal = before.st_blocks == 0;
        if is_unchanged(before, &after) && (copied == size_of(before) || is_nominal) {
            return Ok(());
        }
        let (before, after) = (size_of(before), size_of(&after));
        Err(changed(format!(
            "the file changed while it was read: it had {before} bytes, then {after}; {copied} were read"
        ))
        .with_path(self.path))
    }
}

/// Whether two stats are of one file with one content, as far as size and time show it.
pub fn is_unchanged(before: &Stat, after: &Stat) -> bool {
    let content = |stat: &Stat| (stat.st_size, stat.st_mtime, i128::from(stat.st_mtime_nsec));
    is_same(before, after) && content(before) == content(after)
}

/// Whether the contents of a file can be copied: those of a fifo or a device have no end.
pub fn is_regular(stat: &Stat) -> bool {
    file_type(stat) == FileType::RegularFile
}

/// A copy under way.
struct Copying<'a> {
    source: &'a Source<'a>,
    to: BorrowedFd<'a>,
    /// Where the copy begins in the target.
    start: u64,
    services: &'a Services,
    buffer: Vec<u8>,
}

impl Copying<'_> {
    /// Copies a file of this size; returns how many bytes it had, holes included.
    fn all(&mut self, size: u64) -> Result<u64> {
        let mut offset = 0;
        while let Some((data, end)) = next_data(self.source.file, offset, size) {
            offset = self.range(data, end)?;
            if offset < end {
                return Ok(offset);
            }
        }
        if size > offset {
            ftruncate(self.to, self.start + size).map_err(self.source.unwritable)?;
        }
        // A size of 0 says nothing: the files of `/proc` have it.
        if size == 0 { self.through_buffer(0, u64::MAX) } else { Ok(size) }
    }

    /// Copies the bytes between two offsets; returns where they ended.
    fn range(&mut self, from: u64, end: u64) -> Result<u64> {
        let copied = kernel::copy(self, from, end)?;
        if copied < end { self.through_buffer(copied, end) } else { Ok(copied) }
    }

    fn through_buffer(&mut self, mut offset: u64, end: u64) -> Result<u64> {
        self.buffer.resize(BUFFER_BYTES, 0);
        while offset < end {
            self.services.check_cancelled()?;
            let wanted = usize::try_from(end - offset).unwrap_or(usize::MAX).min(BUFFER_BYTES);
            let piece = &mut self.buffer[..wanted];
            let count = retry_on_intr(|| pread(self.source.file, &mut *piece, offset))
                .map_err(self.source.unreadable)?;
            if count == 0 {
                break;
            }
            write_at(self.to, &self.buffer[..count], self.start + offset).map_err(self.source.unwritable)?;
            offset += count as u64;
        }
        Ok(offset)
    }
}

fn write_at(to: BorrowedFd<'_>, mut piece: &[u8], mut offset: u64) -> Result<(), Errno> {
    while !piece.is_empty() {
        let written = retry_on_intr(|| pwrite(to, piece, offset))?;
        piece = &piece[written..];
        offset += written as u64;
    }
    Ok(())
}

/// Where the next data begins and ends; `None` when only a hole is left.
#[cfg(target_os = "linux")]
fn next_data(file: BorrowedFd<'_>, offset: u64, size: u64) -> Option<(u64, u64)> {
    use rustix::fs::{SeekFrom, seek};
    if offset >= size {
        return None;
    }
    match seek(file, SeekFrom::Data(offset)) {
        Ok(data) if data >= size => None,
        Ok(data) => {
            let end = seek(file, SeekFrom::Hole(data)).unwrap_or(size).min(size);
            Some((data, end.max(data + 1)))
        }
        Err(Errno::NXIO) => None,
        // A filesystem that does not know its holes.
        Err(_) => Some((offset, size)),
    }
}

#[cfg(not(target_os = "linux"))]
fn next_data(_: BorrowedFd<'_>, offset: u64, size: u64) -> Option<(u64, u64)> {
    (offset < size).then_some((offset, size))
}

#[cfg(target_os = "linux")]
mod kernel {
    //! Copying without the bytes passing through this process.

    use rustix::fs::{copy_file_range, ioctl_ficlone};
    use rustix::io::Errno;

    use super::{BorrowedFd, Copying, Result, retry_on_intr};

    /// What is copied between two looks at cancellation.
    const STEP_BYTES: u64 = 32 * 1024 * 1024;

    /// Shares the blocks of a file with an empty one.
    pub(super) fn clone(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> bool {
        ioctl_ficlone(to, from).is_ok()
    }

    /// Copies as far as the kernel can and returns where that ended; the rest is for the caller.
    pub(super) fn copy(copying: &Copying, mut offset: u64, end: u64) -> Result<u64> {
        while offset < end {
            copying.services.check_cancelled()?;
            let wanted = usize::try_from((end - offset).min(STEP_BYTES)).unwrap_or(usize::MAX);
            let (mut from, mut to) = (offset, copying.start + offset);
            let copied = retry_on_intr(|| {
                copy_file_range(copying.source.file, Some(&mut from), copying.to, Some(&mut to), wanted)
            });
            match copied {
                // A filesystem that cannot do it may copy nothing; the buffer finds the true end.
                Ok(0) => break,
                Ok(count) => offset += count as u64,
                Err(errno @ (Errno::NOSPC | Errno::DQUOT)) => return Err((copying.source.unwritable)(errno)),
                Err(_) => break,
            }
        }
        Ok(offset)
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    //! Copying without the bytes passing through this process: not on this system.

    use super::{BorrowedFd, Copying, Result};

    pub(super) fn clone(_: BorrowedFd<'_>, _: BorrowedFd<'_>) -> bool {
        false
    }

    #[allow(clippy::unnecessary_wraps, reason = "the signature of the other system")]
    pub(super) fn copy(_: &Copying, offset: u64, _: u64) -> Result<u64> {
        Ok(offset)
    }
}
