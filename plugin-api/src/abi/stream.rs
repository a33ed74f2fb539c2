//! Open files on their way across.

use std::io::SeekFrom;

use abi_stable::StableAbi;
use abi_stable::sabi_trait;
use abi_stable::std_types::{RBox, RSlice, RSliceMut};

use super::error::AbiResult;

/// A file open for reading.
#[sabi_trait]
pub trait AbiReader: Send {
    fn read(&mut self, buffer: RSliceMut<'_, u8>) -> AbiResult<usize>;

    /// `whence` is 0 from the beginning, 1 from the current offset, 2 from the end; `offset` counts bytes, and from the
    /// beginning its bits are those of an unsigned number.
    fn seek(&mut self, whence: u8, offset: i64) -> AbiResult<u64>;

    fn size(&mut self) -> AbiResult<u64>;

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
