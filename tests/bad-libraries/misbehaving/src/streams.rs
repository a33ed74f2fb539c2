//! Readers, writers, listings and walks that fail where their faults say.

use std::sync::Arc;

use larder_plugin_api::{Reader, Result, SeekFrom, Writer};

use crate::faults::Faults;

/// An empty file.
pub struct Reading(pub Arc<Faults>);

impl Reader for Reading {
    fn read(&mut self, _buffer: &mut [u8]) -> Result<usize> {
        self.0.panic_in("read");
        Ok(0)
    }

    fn seek(&mut self, _to: SeekFrom) -> Result<u64> {
        self.0.panic_in("seek");
        Ok(0)
    }

    fn size(&mut self) -> Result<u64> {
        self.0.panic_in("reader-size");
        Ok(0)
    }

    fn read_at(&mut self, _offset: u64, _buffer: &mut [u8]) -> Result<usize> {
        self.0.panic_in("read_at");
        Ok(0)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.panic_in("drop-reader");
    }
}

/// A file that forgets what is written.
pub struct Writing(pub Arc<Faults>);

impl Writer for Writing {
    fn write(&mut self, _data: &[u8]) -> Result<()> {
        self.0.panic_in("write");
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.0.panic_in("close");
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.panic_in("drop-writer");
    }
}

/// One item, then the end, or the fault `next`.
pub struct Items<T> {
    faults: Arc<Faults>,
    item: Option<T>,
}

impl<T> Items<T> {
    pub fn new(faults: &Arc<Faults>, item: T) -> Self {
        Self { faults: faults.clone(), item: Some(item) }
    }
}

impl<T> Iterator for Items<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.item.take();
        if item.is_none() {
            self.faults.panic_in("next");
        }
        item.map(Ok)
    }
}

impl<T> Drop for Items<T> {
    fn drop(&mut self) {
        self.faults.panic_in("drop-items");
    }
}
