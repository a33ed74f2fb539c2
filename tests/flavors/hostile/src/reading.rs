//! Files of the hostile flavor: a reader whose size may be a lie, a writer that keeps nothing.

use std::io::{Cursor, Read, Seek, SeekFrom};

use larder_plugin_api::{Reader, Result, Writer};

use crate::answers::Content;

/// A reader of some bytes, which says that it has so many.
pub struct Reading {
    bytes: Cursor<Vec<u8>>,
    size: u64,
}

impl Reading {
    pub fn new(content: Content) -> Self {
        Self { bytes: Cursor::new(content.bytes), size: content.size }
    }
}

impl Reader for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        Ok(Read::read(&mut self.bytes, buffer)?)
    }

    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        Ok(Seek::seek(&mut self.bytes, to)?)
    }

    fn size(&mut self) -> Result<u64> {
        Ok(self.size)
    }
}

/// A writer that keeps nothing.
pub struct Writing;

impl Writer for Writing {
    fn write(&mut self, _data: &[u8]) -> Result<()> {
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}
