//! A file open for reading: the number and size of a content, and the piece that was read last.

use std::sync::Arc;

use larder_plugin_api::{Error, ErrorKind, Reader, Result, SeekFrom, Stat, StorePath};

use crate::content::{self, Kept};
use crate::database::Database;
use crate::tree;

/// Files up to this size are read when they are opened, so that nothing can happen to them afterwards.
const WHOLE_BYTES: u64 = 256 * 1024;

/// Reads one content. Each call is a transaction of its own: a reader that is slow holds nothing open. When the file is
/// replaced or removed, what was not read yet is gone, and reading it answers *corrupt*.
pub struct ContentReader {
    database: Arc<Database>,
    content: i64,
    stat: Stat,
    size: u64,
    offset: u64,
    kept: Kept,
}

impl ContentReader {
    pub fn open(database: &Arc<Database>, path: StorePath) -> Result<Self> {
        let (file, kept) = database.read(|connection| {
            let file = tree::file(connection, path)?;
            let mut kept = Kept::default();
            if file.size <= WHOLE_BYTES {
                kept.bytes.resize(usize::try_from(file.size).unwrap_or_default(), 0);
                content::fill(connection, file.content, 0, &mut kept.bytes, None)?;
            }
            Ok((file, kept))
        })?;
        let (content, size, stat) = (file.content, file.size, file.stat());
        Ok(Self { database: database.clone(), content, stat, size, offset: 0, kept })
    }

    /// As much of a buffer as the file fills from an offset on.
    fn cut<'a>(&self, offset: u64, buffer: &'a mut [u8]) -> &'a mut [u8] {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let count = buffer.len().min(left);
        &mut buffer[..count]
    }
}

impl Reader for ContentReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let buffer = self.cut(self.offset, buffer);
        let mut count = buffer.len();
        if count == 0 {
            return Ok(0);
        }
        let kept = self.kept.from(self.offset);
        if kept.is_empty() {
            let (content, offset, kept) = (self.content, self.offset, &mut self.kept);
            self.database
                .read(|connection| content::fill(connection, content, offset, buffer, Some(kept)))?;
        } else {
            count = count.min(kept.len());
            buffer[..count].copy_from_slice(&kept[..count]);
        }
        self.offset += count as u64;
        Ok(count)
    }

    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let offset = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(distance) => self.offset.checked_add_signed(distance),
            SeekFrom::End(distance) => self.size.checked_add_signed(distance),
        };
        self.offset = offset.ok_or_else(|| {
            Error::new(ErrorKind::InvalidArgument, "the offset is before the beginning of the file")
        })?;
        Ok(self.offset)
    }

    fn size(&mut self) -> Result<u64> {
        Ok(self.size)
    }

    fn stat(&mut self) -> Result<Stat> {
        Ok(self.stat.clone())
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let buffer = self.cut(offset, buffer);
        let count = buffer.len();
        match self.kept.from(offset).get(..count) {
            Some(kept) => buffer.copy_from_slice(kept),
            None => self
                .database
                .read(|connection| content::fill(connection, self.content, offset, buffer, None))?,
        }
        Ok(count)
    }
}
