//! A file open for reading: the content of the moment when it was opened, with its stat.

use std::io::Cursor;

use larder_plugin_api::{Reader, Result, SeekFrom, Stat};

use crate::tree::Content;

/// Shares the content with the tree, and keeps it when the file is replaced or removed.
pub struct MemoryReader {
    pub content: Cursor<Content>,
    pub stat: Stat,
}

impl Reader for MemoryReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        Reader::read(&mut self.content, buffer)
    }

    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        Reader::seek(&mut self.content, to)
    }

    fn size(&mut self) -> Result<u64> {
        Ok(self.stat.size)
    }

    fn stat(&mut self) -> Result<Stat> {
        Ok(self.stat.clone())
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        self.content.read_at(offset, buffer)
    }
}
