//! A file open for reading.
//!
//! A `File` is a reader already. This one also hears a cancellation, and reads ranges without moving.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use larder_plugin_api::{Reader, Result, SeekFrom, Services};

/// The file keeps its content when its name is given to another one, so a reader never sees a mix.
pub struct FileReader {
    file: File,
    services: Services,
}

impl FileReader {
    pub const fn new(file: File, services: Services) -> Self {
        Self { file, services }
    }
}

impl Reader for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.services.check_cancelled()?;
        Reader::read(&mut self.file, buffer)
    }

    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        Reader::seek(&mut self.file, to)
    }

    fn size(&mut self) -> Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        self.services.check_cancelled()?;
        let mut filled = 0;
        while filled < buffer.len() {
            match self
                .file
                .read_at(&mut buffer[filled..], offset + filled as u64)
            {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(filled)
    }
}
