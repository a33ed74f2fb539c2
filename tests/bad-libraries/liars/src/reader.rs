//! Lies of a reader.

use std::io::Cursor;
use std::sync::Arc;

use larder_plugin_api::{ArtifactStore, Reader, Result, SeekFrom, Stat, StorePath};

use crate::Lie;
use crate::honest::Honest;

/// Reads a content, and lies about where.
pub struct LyingReader {
    pub content: Cursor<Vec<u8>>,
    pub lie: Lie,
    /// Of the moment when it was opened.
    pub stat: Stat,
    pub honest: Arc<Honest>,
    pub path: String,
}

impl Reader for LyingReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        Reader::read(&mut self.content, buffer)
    }

    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let sought = Reader::seek(&mut self.content, to);
        match (self.lie, to) {
            (Lie::SeekBeforeBeginning, _) if sought.is_err() => {
                Reader::seek(&mut self.content, SeekFrom::Start(0))
            }
            (Lie::SeekFromEndWrong, SeekFrom::End(..0)) if sought.is_ok() => {
                Reader::seek(&mut self.content, SeekFrom::Current(-1))
            }
            _ => sought,
        }
    }

    fn size(&mut self) -> Result<u64> {
        Reader::size(&mut self.content)
    }

    fn stat(&mut self) -> Result<Stat> {
        let mut stat = self.stat.clone();
        match self.lie {
            Lie::ReaderStatSize => stat.size += 1,
            Lie::ReaderStatEtag => stat.etag = Some("another".to_owned()),
            Lie::ReaderStatMoves => self.content.set_position(0),
            Lie::ReaderStatFresh => return Ok(self.honest.stat(StorePath::new(&self.path)?).unwrap_or(stat)),
            _ => {}
        }
        Ok(stat)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let count = self.content.read_at(offset, buffer)?;
        match self.lie {
            Lie::ReadAtShort if count < buffer.len() => Ok(count.saturating_sub(1)),
            Lie::ReadAtMoves => {
                self.content.set_position(offset + count as u64);
                Ok(count)
            }
            _ => Ok(count),
        }
    }
}
