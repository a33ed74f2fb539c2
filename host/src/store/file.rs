//! Open files: a reader that reads and seeks, a writer whose close makes the content visible.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom, Write};

use larder_plugin_api::abi::abi_stable::std_types::{RSlice, RSliceMut};
use larder_plugin_api::abi::error::from_abi;
use larder_plugin_api::abi::stream::{ReaderBox, WriterBox, seek_to_abi};
use larder_plugin_api::{Error, ErrorKind, Result, Stat};

/// What [`Store::open`](crate::Store::open) gives.
#[derive(Debug)]
pub enum File {
    /// For mode `r`.
    Reader(Reader),
    /// For the modes `w`, `x` and `a`.
    Writer(Writer),
}

/// A file open for reading; also through [`Read`] and [`Seek`]. Unbuffered: ask for large pieces.
pub struct Reader(ReaderBox);

impl Reader {
    pub(super) fn new(reader: ReaderBox) -> Self {
        Self(reader)
    }

    /// Reads the next bytes and says how many; 0 at the end.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::Reader::read`].
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let room = buffer.len();
        let count = from_abi(self.0.read(RSliceMut::from_mut_slice(buffer)))?;
        within(count, room, "read")
    }

    /// What is being read, of the moment when it was opened.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::Reader::stat`].
    pub fn stat(&mut self) -> Result<Stat> {
        from_abi(self.0.stat()).map(Stat::from)
    }

    /// Reads at an offset, and leaves the offset of `read` where it is.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::Reader::read_at`].
    pub fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let room = buffer.len();
        let count = from_abi(self.0.read_at(offset, RSliceMut::from_mut_slice(buffer)))?;
        within(count, room, "read_at")
    }

    /// Moves to another offset, in bytes, and says which it is.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::Reader::seek`].
    pub fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let (whence, offset) = seek_to_abi(to);
        from_abi(self.0.seek(whence, offset))
    }

    /// The size of the file in bytes.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::Reader::size`].
    pub fn size(&mut self) -> Result<u64> {
        from_abi(self.0.size())
    }
}

/// A flavor that says it read more than there was room for must not make the caller index out of its buffer.
fn within(count: usize, room: usize, operation: &str) -> Result<usize> {
    if count <= room {
        return Ok(count);
    }
    let message = format!("the flavor says it read {count} bytes into a buffer of {room}");
    Err(Error::new(ErrorKind::Unexpected, message).with_operation(operation))
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(Self::read(self, buffer)?)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        Ok(Self::seek(self, to)?)
    }
}

/// A file open for writing; also through [`Write`]. Nothing is visible before [`close`](Self::close) succeeds; a writer
/// that is dropped without it leaves nothing behind.
#[must_use = "a writer that is not closed leaves nothing behind"]
pub struct Writer(WriterBox);

impl Writer {
    pub(super) fn new(writer: WriterBox) -> Self {
        Self(writer)
    }

    /// Takes all of `data`.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::Writer::write`].
    pub fn write(&mut self, data: &[u8]) -> Result<()> {
        from_abi(self.0.write(RSlice::from_slice(data)))
    }

    /// Makes what was written visible, all of it at once.
    ///
    /// # Errors
    ///
    /// As [`larder_plugin_api::Writer::close`].
    pub fn close(mut self) -> Result<()> {
        from_abi(self.0.close())
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Write for Writer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Self::write(self, data)?;
        Ok(data.len())
    }

    /// Does nothing: only [`close`](Writer::close) makes anything visible.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
