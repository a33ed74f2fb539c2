//! Open files on their way across.

use std::io::SeekFrom;

use abi_stable::StableAbi;
use abi_stable::sabi_trait;
use abi_stable::std_types::{RBox, RSlice, RSliceMut};

use super::error::AbiResult;
use super::stat::{
    NO_TIME, NO_UNIX_MODE, StatFields, time_from_ns, time_to_ns, unix_mode_from_code, unix_mode_to_code,
};
use crate::error::{Error, Result};
use crate::stream::{OpenMode, OpenOptions};

/// How a file is opened.
#[repr(C)]
#[derive(StableAbi, Clone, Copy, Debug)]
pub struct OpenFields {
    /// The ASCII code of `r`, `w`, `x` or `a`.
    pub mode: u8,
    /// Permission bits of a new file, or [`NO_UNIX_MODE`].
    pub unix_mode: u32,
    /// The modified time, in nanoseconds since 1970-01-01T00:00:00Z, or [`NO_TIME`].
    pub modified_ns: i64,
    /// Room for what comes: zeros.
    pub spare: [u64; 4],
}

impl From<OpenOptions> for OpenFields {
    fn from(options: OpenOptions) -> Self {
        Self {
            unix_mode: unix_mode_to_code(options.unix_mode),
            modified_ns: time_to_ns(options.modified),
            ..Self::of_mode(options.mode.as_str().as_bytes()[0])
        }
    }
}

impl OpenFields {
    /// Fields that say nothing but the mode, by its number.
    pub const fn of_mode(mode: u8) -> Self {
        Self { mode, unix_mode: NO_UNIX_MODE, modified_ns: NO_TIME, spare: [0; 4] }
    }

    /// The options.
    ///
    /// # Errors
    ///
    /// *Unsupported* for a mode that is not known.
    pub fn to_options(self) -> Result<OpenOptions> {
        let mode = match self.mode {
            b'r' => OpenMode::Read,
            b'w' => OpenMode::Write,
            b'x' => OpenMode::Exclusive,
            b'a' => OpenMode::Append,
            mode => {
                return Err(Error::unsupported(format!("mode number {mode} is not known to this flavor")));
            }
        };
        Ok(OpenOptions::new(mode)
            .with_unix_mode(unix_mode_from_code(self.unix_mode))
            .with_modified(time_from_ns(self.modified_ns)))
    }
}

/// A file open for reading.
#[sabi_trait]
pub trait AbiReader: Send {
    fn read(&mut self, buffer: RSliceMut<'_, u8>) -> AbiResult<usize>;

    /// `whence` is 0 from the beginning, 1 from the current offset, 2 from the end; `offset` counts bytes, and from the
    /// beginning its bits are those of an unsigned number.
    fn seek(&mut self, whence: u8, offset: i64) -> AbiResult<u64>;

    fn size(&mut self) -> AbiResult<u64>;

    fn stat(&mut self) -> AbiResult<StatFields>;

    #[sabi(last_prefix_field)]
    fn read_at(&mut self, offset_bytes: u64, buffer: RSliceMut<'_, u8>) -> AbiResult<usize>;
}

/// A file open for writing.
#[sabi_trait]
pub trait AbiWriter: Send {
    fn write(&mut self, data: RSlice<'_, u8>) -> AbiResult<()>;

    /// Called at most once; dropped without it, the writer leaves nothing behind.
    #[sabi(last_prefix_field)]
    fn close(&mut self) -> AbiResult<()>;
}

/// A reader of the other side.
pub type ReaderBox = AbiReader_TO<'static, RBox<()>>;
/// A writer of the other side.
pub type WriterBox = AbiWriter_TO<'static, RBox<()>>;

/// What `open` gives.
#[repr(u8)]
#[derive(StableAbi)]
pub enum AbiOpened {
    Reader(ReaderBox),
    Writer(WriterBox),
}

/// A position as two numbers.
pub const fn seek_to_abi(to: SeekFrom) -> (u8, i64) {
    match to {
        SeekFrom::Start(offset) => (0, offset.cast_signed()),
        SeekFrom::Current(offset) => (1, offset),
        SeekFrom::End(offset) => (2, offset),
    }
}

/// The position for two numbers; `None` for a `whence` that is not known.
pub const fn seek_from_abi(whence: u8, offset: i64) -> Option<SeekFrom> {
    match whence {
        0 => Some(SeekFrom::Start(offset.cast_unsigned())),
        1 => Some(SeekFrom::Current(offset)),
        2 => Some(SeekFrom::End(offset)),
        _ => None,
    }
}
