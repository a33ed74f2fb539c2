//! Opening a file at one end, to read or to write.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use larder_plugin_api::{Error as StoreError, ErrorKind as StoreErrorKind, OpenMode, OpenOptions, Stat};

use super::End;
use super::failed::explain_parent;
use crate::error::Result;
use crate::store::{Cancellation, Reader, Writer};
use crate::transfer::local::{LocalReader, LocalWriter, WriteOptions};
use crate::transfer::removal::Seen;

impl End {
    /// Opens the file there.
    ///
    /// # Errors
    ///
    /// When it is missing, a directory, or cannot be read.
    pub fn reader(&self, cancellation: &Cancellation) -> Result<EndReader> {
        let local = |path: &Path| {
            let opened = LocalReader::open(path, cancellation);
            opened.map(EndReader::Local).map_err(|error| self.io("read", error))
        };
        match self {
            Self::Local(path) => local(path),
            Self::Below(below) => local(&below.path()),
            Self::Store { store, path } => {
                let opened = store.reader(path).and_then(StoreReader::new);
                opened.map(EndReader::Store).map_err(|error| self.said("read", error))
            }
        }
    }

    /// Begins a file there; nothing is visible before it is closed.
    ///
    /// # Errors
    ///
    /// When a directory is there, or without `overwrite` anything; when it cannot be written.
    pub fn writer(&self, options: &WriteOptions) -> Result<EndWriter> {
        match self {
            Self::Local(path) => LocalWriter::create(path, options)
                .map(EndWriter::Local)
                .map_err(|error| explain_parent(path.shown(), self.io("write", error))),
            Self::Below(below) => {
                below.writer(options).map(EndWriter::Local).map_err(|error| self.io("write", error))
            }
            Self::Store { store, path } => {
                let mode = if options.overwrite { OpenMode::Write } else { OpenMode::Exclusive };
                let options = OpenOptions::new(mode).with_unix_mode(options.unix_mode);
                let opened = store.writer_with(path, options);
                opened.map(EndWriter::Store).map_err(|error| self.said("write", error))
            }
        }
    }

    /// Writes a small file that is not there yet.
    ///
    /// # Errors
    ///
    /// When something is there, or it cannot be written.
    pub(in crate::transfer) fn write_new(&self, content: &[u8]) -> Result<()> {
        let mut writer = self.writer(&WriteOptions::default())?;
        writer.write_all(content).map_err(|error| self.io("write", error))?;
        writer.close(self, None)
    }
}

/// A file being read at one end. [`finish`](Self::finish) is owed before what was read is published.
#[derive(Debug)]
pub enum EndReader {
    /// On this machine.
    Local(LocalReader),
    /// In a store.
    Store(StoreReader),
}

impl EndReader {
    /// Fails when the file changed while it was read, or gave more or fewer bytes than it has.
    ///
    /// # Errors
    ///
    /// When it did, or that cannot be told.
    pub fn finish(&self, end: &End) -> Result<()> {
        match self {
            Self::Local(reader) => reader.finish().map_err(|error| end.io("read", error)),
            Self::Store(reader) => reader.finish().map_err(|error| end.said("read", error)),
        }
    }

    /// The permission bits, which a copy gets at most, where they are known.
    pub fn unix_mode(&self) -> Option<u32> {
        match self {
            Self::Local(reader) => reader.unix_mode(),
            Self::Store(reader) => reader.stat.unix_mode,
        }
    }

    /// What tells the file from a later one at its path.
    pub(in crate::transfer) fn seen(&self) -> Seen {
        match self {
            Self::Local(_) => Seen::default(),
            Self::Store(reader) => Seen::from(&reader.stat),
        }
    }
}

impl Read for EndReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Local(reader) => reader.read(buffer),
            Self::Store(reader) => reader.read(buffer),
        }
    }
}

/// A file of a store, whose bytes are counted: what a store says of a size is data from outside.
#[derive(Debug)]
pub struct StoreReader {
    reader: Reader,
    stat: Stat,
    count: u64,
}

impl StoreReader {
    fn new(mut reader: Reader) -> larder_plugin_api::Result<Self> {
        let stat = reader.stat()?;
        Ok(Self { reader, stat, count: 0 })
    }

    fn finish(&self) -> larder_plugin_api::Result<()> {
        if self.count == self.stat.size {
            return Ok(());
        }
        let message = format!("its size is {} bytes, and it gave {}", self.stat.size, self.count);
        Err(StoreError::new(StoreErrorKind::Corrupt, message))
    }
}

impl Read for StoreReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = Read::read(&mut self.reader, buffer)?;
        self.count += count as u64;
        if self.count > self.stat.size {
            // It may never end.
            let message = format!("its size is {} bytes, and it gives more", self.stat.size);
            return Err(StoreError::new(StoreErrorKind::Corrupt, message).into());
        }
        Ok(count)
    }
}

/// A file being written at one end.
#[must_use = "a writer that is not closed leaves nothing behind"]
#[derive(Debug)]
pub enum EndWriter {
    /// On this machine.
    Local(LocalWriter),
    /// In a store.
    Store(Writer),
}

impl EndWriter {
    /// The file that is written and not yet visible, where it is one of this machine.
    pub fn hidden_file(&self) -> Option<&Path> {
        match self {
            Self::Local(writer) => writer.hidden_file(),
            Self::Store(_) => None,
        }
    }

    /// Takes permission bits away that the source, which is known only now, does not have.
    pub(in crate::transfer) fn limit_mode(&mut self, unix_mode: Option<u32>) {
        if let Self::Local(writer) = self {
            writer.limit_mode(unix_mode);
        }
    }

    /// Makes the file visible. A local one gets the time that is given.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or must not replace what is there.
    pub fn close(self, end: &End, modified: Option<SystemTime>) -> Result<()> {
        match self {
            Self::Local(writer) => writer.close(modified).map_err(|error| end.io("write", error)),
            Self::Store(writer) => writer.close().map_err(|error| end.said("write", error)),
        }
    }
}

impl Write for EndWriter {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self {
            Self::Local(writer) => writer.write(data),
            Self::Store(writer) => Write::write(writer, data),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
