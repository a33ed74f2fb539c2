//! Open files: modes, readers and writers.

pub use std::io::SeekFrom;
use std::io::{self, Read, Seek};
use std::str::FromStr;
use std::time::SystemTime;

use crate::entry::Stat;
use crate::error::{Error, ErrorKind, Result};

/// How [`open`](crate::ArtifactStore::open) opens a file.
///
/// Parsed from `r`, `w`, `x` or `a`, each with or without `b`. Text is the caller's matter: a store moves bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenMode {
    /// `r`: read what is there.
    Read,
    /// `w`: write a new content, replacing what is there when the writer closes.
    Write,
    /// `x`: write a file that does not exist yet; the store decides that, at the latest when the writer closes.
    Exclusive,
    /// `a`: write after what is there, or a new file.
    Append,
}

impl OpenMode {
    /// The letter of the mode.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "r",
            Self::Write => "w",
            Self::Exclusive => "x",
            Self::Append => "a",
        }
    }
}

impl FromStr for OpenMode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.strip_suffix('b').unwrap_or(text) {
            "r" => Ok(Self::Read),
            "w" => Ok(Self::Write),
            "x" => Ok(Self::Exclusive),
            "a" => Ok(Self::Append),
            _ => Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("mode `{text}` is none of r, w, x, a, rb, wb, xb, ab"),
            )),
        }
    }
}

/// How a file is opened, with what a new file is given.
///
/// A store that keeps neither permissions nor times of its callers ignores them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenOptions {
    /// The mode.
    pub mode: OpenMode,
    /// The permission bits of a file that is made, at most `0o7777`, less the umask. A file that is replaced keeps its own.
    pub unix_mode: Option<u32>,
    /// The modified time of what is written, rather than that of its close.
    pub modified: Option<SystemTime>,
}

impl OpenOptions {
    /// Options that say nothing but the mode.
    pub const fn new(mode: OpenMode) -> Self {
        Self { mode, unix_mode: None, modified: None }
    }

    /// Gives permission bits for a file that is made.
    #[must_use]
    pub const fn with_unix_mode(mut self, unix_mode: Option<u32>) -> Self {
        self.unix_mode = unix_mode;
        self
    }

    /// Gives the modified time.
    #[must_use]
    pub const fn with_modified(mut self, modified: Option<SystemTime>) -> Self {
        self.modified = modified;
        self
    }
}

/// A file that [`open`](crate::ArtifactStore::open) opened.
pub enum Opened {
    /// For mode `r`.
    Reader(Box<dyn Reader>),
    /// For the modes `w`, `x` and `a`.
    Writer(Box<dyn Writer>),
}

impl Opened {
    /// A file to read.
    pub fn reader(reader: impl Reader + 'static) -> Self {
        Self::Reader(Box::new(reader))
    }

    /// A file to write.
    pub fn writer(writer: impl Writer + 'static) -> Self {
        Self::Writer(Box::new(writer))
    }
}

/// A file open for reading.
///
/// # Contract
///
/// A reader reads one content from beginning to end. When the file is replaced or removed meanwhile, it goes on with
/// the old content or fails with *corrupt*; it never answers with a mix. When the file is appended to, the reader may or
/// may not see what is new. A reader, like a writer, can outlive the store that opened it.
pub trait Reader: Send {
    /// Reads the next bytes into `buffer` and says how many; 0 at the end, or when `buffer` is empty.
    ///
    /// It may read less than fits. Callers ask for large pieces: 64 KiB to several MiB.
    ///
    /// # Errors
    ///
    /// Whatever the store answers; *corrupt* when the content ends early or was replaced.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize>;

    /// Moves to another offset, in bytes, for the next `read`, and says which it is. An offset past the end is allowed;
    /// reading there gives 0.
    ///
    /// # Errors
    ///
    /// *Invalid argument* for an offset before the beginning.
    fn seek(&mut self, to: SeekFrom) -> Result<u64>;

    /// The size of the file in bytes.
    ///
    /// # Errors
    ///
    /// Whatever the store answers.
    fn size(&mut self) -> Result<u64>;

    /// What is being read, of the moment when it was opened: size, and time, etag and permission bits where the store gave
    /// them with the answer to `open`. Costs no request. Whoever removes a file after reading it compares the etag.
    ///
    /// # Errors
    ///
    /// Whatever the store answers.
    fn stat(&mut self) -> Result<Stat> {
        Ok(Stat::file(self.size()?))
    }

    /// Reads at `offset` bytes from the beginning, fills `buffer` as far as the file goes, says how many bytes, and
    /// leaves the offset of `read` where it was. A flavor asks its store for exactly these bytes.
    ///
    /// # Errors
    ///
    /// As `read`.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let before = self.seek(SeekFrom::Current(0))?;
        self.seek(SeekFrom::Start(offset))?;
        let result = read_full(self, buffer);
        self.seek(SeekFrom::Start(before))?;
        result
    }
}

fn read_full(reader: &mut (impl Reader + ?Sized), buffer: &mut [u8]) -> Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// Anything that reads and seeks is a reader: a `File`, a `Cursor`.
impl<T: Read + Seek + Send> Reader for T {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match Read::read(self, buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return Ok(result?),
            }
        }
    }

    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        Ok(Seek::seek(self, to)?)
    }

    fn size(&mut self) -> Result<u64> {
        let before = self.stream_position()?;
        let end = Seek::seek(self, SeekFrom::End(0))?;
        Seek::seek(self, SeekFrom::Start(before))?;
        Ok(end)
    }
}

/// A file open for writing.
///
/// # Contract
///
/// Nothing is visible at the path until [`close`](Self::close) succeeds, and then all of it at once. A writer that is
/// dropped without `close`, or whose `write` or `close` failed, leaves the path as it was and nothing else behind.
pub trait Writer: Send {
    /// Takes all of `data`, or fails. Pieces of any length are allowed, also empty ones; a flavor buffers as its store
    /// wants it and holds a bounded number of bytes.
    ///
    /// # Errors
    ///
    /// Whatever the store answers; *no space*. After an error the writer can only be dropped.
    fn write(&mut self, data: &[u8]) -> Result<()>;

    /// Makes what was written visible, and returns when it is.
    ///
    /// # Errors
    ///
    /// *Already exists* in mode `x` when another was faster; whatever the store answers. Nothing is visible then.
    fn close(self: Box<Self>) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_mode_takes_the_b_and_nothing_else() {
        assert_eq!("rb".parse(), Ok(OpenMode::Read));
        assert_eq!("x".parse(), Ok(OpenMode::Exclusive));
        for text in ["", "b", "rw", "r+", "wt", "bb", "R"] {
            let parsed: Result<OpenMode> = text.parse();
            assert_eq!(parsed.map_err(|e| e.kind()), Err(ErrorKind::InvalidArgument), "{text}");
        }
    }

    #[test]
    fn read_at_leaves_the_offset_of_read_alone() {
        let mut reader = Cursor::new(b"0123456789".to_vec());
        let mut piece = [0; 4];
        Reader::read(&mut reader, &mut piece).expect("a cursor reads");
        assert_eq!(reader.read_at(8, &mut piece), Ok(2));
        assert_eq!(&piece[..2], b"89");
        Reader::read(&mut reader, &mut piece).expect("a cursor reads");
        assert_eq!(&piece, b"4567");
    }
}
