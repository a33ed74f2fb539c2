//! Opens a file that nobody vouches for, and reads it in small windows.
//!
//! It is never mapped: a mapped file that another process truncates kills the reader.

use std::fs::{self, File, FileType};
use std::io;
use std::os::unix::fs::{FileExt, FileTypeExt};
use std::path::Path;

use object::read::{ReadCache, ReadCacheOps};
use rustix::fs::{Mode, OFlags};

use super::defect::Defect;

const WINDOW_BYTES: usize = 16 * 1024;

/// A file that is read a window at a time, so that the many small reads of a parser are few reads of the file.
pub struct Source {
    file: File,
    len: u64,
    position: u64,
    window: Vec<u8>,
    window_start: u64,
}

impl Source {
    /// Opens a regular file. A named pipe is refused rather than waited for.
    pub fn open(path: &Path) -> Result<Self, Defect> {
        // Looking before opening keeps devices from being opened at all; what counts is the second look.
        let before = fs::metadata(path).map_err(|error| missing(path, error))?;
        regular(before.file_type())?;
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = rustix::fs::open(path, flags, Mode::empty())
            .map(File::from)
            .map_err(|error| missing(path, error.into()))?;
        let metadata = file.metadata().map_err(|source| Defect::Unreadable { source })?;
        regular(metadata.file_type())?;
        Ok(Self { file, len: metadata.len(), position: 0, window: Vec::new(), window_start: 0 })
    }

    /// The source for the parsers of `object`.
    pub fn cached(self) -> ReadCache<Self> {
        ReadCache::new(self)
    }

    /// Reads the file from its start into the buffer, as far as it goes.
    pub fn start<'buffer>(&self, buffer: &'buffer mut [u8]) -> Result<&'buffer [u8], Defect> {
        let read = self.fill_from(0, buffer).map_err(|source| Defect::Unreadable { source })?;
        Ok(&buffer[..read])
    }

    /// The size of the file.
    pub fn len_bytes(&self) -> u64 {
        self.len
    }

    fn fill_from(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(&mut buffer[filled..], offset.saturating_add(filled as u64)) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// What the window holds from the position on.
    fn ahead(&self) -> &[u8] {
        let skip = self.position.checked_sub(self.window_start).and_then(|skip| usize::try_from(skip).ok());
        skip.and_then(|skip| self.window.get(skip..)).unwrap_or_default()
    }

    fn move_window(&mut self) -> io::Result<()> {
        let mut window = std::mem::take(&mut self.window);
        window.resize(WINDOW_BYTES, 0);
        let filled = self.fill_from(self.position, &mut window)?;
        window.truncate(filled);
        self.window = window;
        self.window_start = self.position;
        Ok(())
    }
}

impl ReadCacheOps for Source {
    fn len(&mut self) -> Result<u64, ()> {
        Ok(self.len)
    }

    fn seek(&mut self, position: u64) -> Result<u64, ()> {
        self.position = position;
        Ok(position)
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ()> {
        if self.ahead().is_empty() {
            self.move_window().map_err(drop)?;
        }
        let ahead = self.ahead();
        let count = ahead.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ahead[..count]);
        self.position += count as u64;
        Ok(count)
    }

    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), ()> {
        if buffer.len() > WINDOW_BYTES {
            return self.file.read_exact_at(buffer, self.position).map_err(drop);
        }
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..])? {
                0 => return Err(()),
                count => filled += count,
            }
        }
        Ok(())
    }
}

fn missing(path: &Path, error: io::Error) -> Defect {
    if error.kind() != io::ErrorKind::NotFound {
        return Defect::Unreadable { source: error };
    }
    fs::read_link(path).map_or(Defect::Missing, |target| Defect::BrokenLink { target })
}

fn regular(kind: FileType) -> Result<(), Defect> {
    if kind.is_file() {
        return Ok(());
    }
    if kind.is_dir() {
        return Err(Defect::Directory);
    }
    let kind = if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    };
    Err(Defect::NotRegular { kind })
}
