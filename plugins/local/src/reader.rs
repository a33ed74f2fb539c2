//! Reading a file.

use std::io::SeekFrom;
use std::os::fd::OwnedFd;

use larder_plugin_api::{Error, ErrorKind, Reader, Result, StorePath};
use rustix::fs::{FileType, OFlags, Stat, fstat};
use rustix::io::{pread, retry_on_intr};

use crate::error::{failed, missing, not_a_file};
use crate::root::{Root, Tree, file_type};
use crate::stat::{public, size_of};

/// A file open for reading: as many bytes as it had when it was opened.
///
/// Files of the store are replaced, never changed, so that the open one keeps its content. A foreign program can still
/// cut it short, which reads as *corrupt*, or append to it, which is not seen.
pub struct FileReader {
    file: OwnedFd,
    found: Stat,
    size: u64,
    offset: u64,
}

/// Opens a file to read.
pub fn open(root: &Root, path: StorePath) -> Result<FileReader> {
    if path.is_root() {
        return Err(Error::is_a_directory());
    }
    open_in(&root.open()?, path)
}

/// Opens a file of a tree to read.
pub fn open_in(tree: &Tree, path: StorePath) -> Result<FileReader> {
    // Without `NONBLOCK`, opening a fifo waits for somebody to write to it.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    let file = tree.open(path, flags).map_err(missing("open the file"))?;
    let stat = fstat(&file).map_err(failed("look at the open file"))?;
    match file_type(&stat) {
        FileType::RegularFile => Ok(FileReader { file, size: size_of(&stat), found: stat, offset: 0 }),
        FileType::Directory => Err(Error::is_a_directory()),
        _ => Err(not_a_file()),
    }
}

impl FileReader {
    /// The open file itself.
    pub fn into_file(self) -> OwnedFd {
        self.file
    }

    /// Reads once at an offset, and no further than the file went when it was opened.
    fn read_once(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        if wanted == 0 {
            return Ok(0);
        }
        let count = retry_on_intr(|| pread(&self.file, &mut buffer[..wanted], offset))
            .map_err(failed("read the file"))?;
        if count == 0 {
            return Err(Error::new(ErrorKind::Corrupt, "the file was cut short while it was read"));
        }
        Ok(count)
    }
}

impl Reader for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.read_once(self.offset, buffer)?;
        self.offset += count as u64;
        Ok(count)
    }

    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let offset = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(by) => self.offset.checked_add_signed(by),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
        };
        let before = || Error::new(ErrorKind::InvalidArgument, "the offset is before the beginning");
        self.offset = offset.ok_or_else(before)?;
        Ok(self.offset)
    }

    fn size(&mut self) -> Result<u64> {
        Ok(self.size)
    }

    fn stat(&mut self) -> Result<larder_plugin_api::Stat> {
        Ok(public(&self.found))
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        loop {
            match self.read_once(offset.saturating_add(filled as u64), &mut buffer[filled..])? {
                0 => return Ok(filled),
                count => filled += count,
            }
        }
    }
}
