//! A range of a file from which values are read, none of them beyond its end.

use object::pod::Pod;
use object::read::ReadRef;

/// The longest name that is read: of a library, of a symbol version.
const NAME_BYTES: u64 = 4096;

/// The longest list of directories that is read.
const PATHS_BYTES: u64 = 64 * 1024;

/// A range of a file.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// The offset of the first byte.
    pub start: u64,
    /// The offset after the last byte.
    pub end: u64,
}

impl Region {
    /// The value at an offset from the start.
    pub fn read<'data, T: Pod>(self, data: impl ReadRef<'data>, offset: u64) -> Option<&'data T> {
        let at = self.at(offset, size_of::<T>() as u64)?;
        data.read_at(at).ok()
    }

    /// The bytes at an offset from the start.
    pub fn bytes<'data>(self, data: impl ReadRef<'data>, offset: u64, size: u64) -> Option<&'data [u8]> {
        data.read_bytes_at(self.at(offset, size)?, size).ok()
    }

    /// The text at an offset, up to its NUL byte.
    pub fn name<'data>(self, data: impl ReadRef<'data>, offset: u64) -> Option<&'data [u8]> {
        let start = self.at(offset, 1)?;
        let end = self.end.min(start.saturating_add(NAME_BYTES));
        data.read_bytes_at_until(start..end, 0).ok()
    }

    /// The text at an offset, up to its NUL byte, where it may be longer than a name.
    pub fn paths<'data>(self, data: impl ReadRef<'data>, offset: u64) -> Option<&'data [u8]> {
        self.name(data, offset).or_else(|| {
            let start = self.at(offset, 1)?;
            let bytes = data.read_bytes_at(start, PATHS_BYTES.min(self.end - start)).ok()?;
            bytes.split(|byte| *byte == 0).next()
        })
    }

    /// The part of this region that starts at an offset and is at most so long.
    pub fn part(self, offset: u64, size: u64) -> Option<Self> {
        let start = self.at(offset, 0)?;
        Some(Self { start, end: self.end.min(start.saturating_add(size)) })
    }

    fn at(self, offset: u64, size: u64) -> Option<u64> {
        let start = self.start.checked_add(offset)?;
        (start.checked_add(size)? <= self.end).then_some(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_nothing_beyond_its_end() {
        let data: &[u8] = b"abc\0def\0";
        let region = Region { start: 1, end: 6 };
        assert_eq!(region.name(data, 0), Some(&b"bc"[..]));
        assert_eq!(region.name(data, 3), None);
        assert_eq!(region.bytes(data, 3, 2), Some(&b"de"[..]));
        assert_eq!(region.bytes(data, 3, 3), None);
        assert_eq!(region.bytes(data, u64::MAX, 2), None);
        assert!(region.part(6, 0).is_none());
    }
}
