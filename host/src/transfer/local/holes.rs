//! Copying a local file into another so that its holes stay holes.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use larder_plugin_api::ErrorKind;
use rustix::fs::{SeekFrom, copy_file_range, seek};
use rustix::io::{Errno, retry_on_intr};

use crate::store::Cancellation;
use crate::transfer::pump::PumpError;

/// How much is copied until the caller is asked again whether it gave up.
const STEP_BYTES: u64 = 8 * 1024 * 1024;
const PIECE_BYTES: usize = 256 * 1024;

/// Copies a plain file into an empty one. Returns the bytes, holes included; `advance` hears of them.
///
/// Positions of the two files are not used, apart from that of the source, which moves.
///
/// # Errors
///
/// See [`PumpError`].
pub fn copy(
    from: &File,
    to: &File,
    cancellation: &Cancellation,
    advance: &mut dyn FnMut(u64),
) -> Result<u64, PumpError> {
    let size = from.metadata().map_err(PumpError::Read)?.len();
    let mut copying = Copying { from, to, cancellation, advance, by_kernel: true, told: 0 };
    let mut offset = 0;
    while let Some((begin, end)) = next_data(from, offset, size).map_err(PumpError::Read)? {
        copying.tell(begin);
        copying.segment(begin, end)?;
        offset = end;
    }
    to.set_len(size).map_err(PumpError::Write)?;
    copying.tell(size);
    Ok(size)
}

/// The next part of a file that is not a hole.
fn next_data(file: &File, offset: u64, size: u64) -> io::Result<Option<(u64, u64)>> {
    if offset >= size {
        return Ok(None);
    }
    match seek(file, SeekFrom::Data(offset)) {
        Ok(begin) if begin >= size => Ok(None),
        Ok(begin) => Ok(Some((begin, seek(file, SeekFrom::Hole(begin)).map_or(size, |end| end.min(size))))),
        Err(Errno::NXIO) => Ok(None),
        // The file system knows of no holes.
        Err(Errno::INVAL | Errno::OPNOTSUPP) => Ok(Some((offset, size))),
        Err(errno) => Err(errno.into()),
    }
}

struct Copying<'a> {
    from: &'a File,
    to: &'a File,
    cancellation: &'a Cancellation,
    advance: &'a mut dyn FnMut(u64),
    by_kernel: bool,
    told: u64,
}

impl Copying<'_> {
    fn tell(&mut self, upto: u64) {
        let more = upto.saturating_sub(self.told);
        if more > 0 {
            (self.advance)(more);
            self.told += more;
        }
    }

    fn segment(&mut self, mut offset: u64, end: u64) -> Result<(), PumpError> {
        while offset < end {
            if self.cancellation.is_cancelled() {
                return Err(PumpError::Cancelled);
            }
            let wanted = (end - offset).min(STEP_BYTES);
            let count = if self.by_kernel { self.within_kernel(offset, wanted)? } else { None };
            let count = match count {
                Some(count) => count,
                None => self.through(offset, wanted)?,
            };
            if count == 0 {
                return Err(PumpError::Read(cut_short()));
            }
            offset += count;
            self.tell(offset);
        }
        Ok(())
    }

    /// `None` when the kernel cannot do it between these two.
    fn within_kernel(&mut self, offset: u64, wanted: u64) -> Result<Option<u64>, PumpError> {
        let wanted = usize::try_from(wanted).unwrap_or(PIECE_BYTES);
        let copied = retry_on_intr(|| {
            let (mut from, mut to) = (offset, offset);
            copy_file_range(self.from, Some(&mut from), self.to, Some(&mut to), wanted)
        });
        match copied {
            Ok(count) if count > 0 => Ok(Some(count as u64)),
            Err(errno @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) => Err(PumpError::Write(errno.into())),
            // Reading and writing tell which of the two files it was, if it fails again.
            _ => {
                self.by_kernel = false;
                Ok(None)
            }
        }
    }

    fn through(&self, offset: u64, wanted: u64) -> Result<u64, PumpError> {
        let mut piece = vec![0; PIECE_BYTES.min(usize::try_from(wanted).unwrap_or(PIECE_BYTES))];
        loop {
            match self.from.read_at(&mut piece, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    let count = read.map_err(PumpError::Read)?;
                    self.to.write_all_at(&piece[..count], offset).map_err(PumpError::Write)?;
                    return Ok(count as u64);
                }
            }
        }
    }
}

fn cut_short() -> io::Error {
    larder_plugin_api::Error::new(ErrorKind::Corrupt, "the file was cut short while it was read").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek};
    use std::os::unix::fs::MetadataExt;

    const SIZE: u64 = 40 * 1024 * 1024;

    fn sparse() -> File {
        let file = tempfile::tempfile().expect("a file");
        file.set_len(SIZE).expect("a hole");
        for offset in [1, 9_000_000, SIZE - 3] {
            file.write_all_at(b"abc", offset).expect("it writes");
        }
        file
    }

    #[test]
    fn holes_stay_holes_and_the_bytes_are_the_same() {
        let from = sparse();
        for by_kernel in [true, false] {
            let to = tempfile::tempfile().expect("a file");
            let mut told = 0;
            let count = if by_kernel {
                copy(&from, &to, &Cancellation::new(), &mut |bytes| told += bytes).expect("it is copied")
            } else {
                by_hand(&from, &to)
            };
            assert_eq!(count, SIZE);
            assert!(!by_kernel || told == SIZE);
            let (blocks, of_source) =
                (to.metadata().expect("a stat").blocks(), from.metadata().expect("a stat").blocks());
            assert!(blocks <= of_source.max(64), "{blocks} blocks, {of_source} before");
            assert!(content(&to) == content(&from));
        }
    }

    fn by_hand(from: &File, to: &File) -> u64 {
        let (cancellation, mut ignore) = (Cancellation::new(), |_| {});
        let mut copying = Copying {
            from,
            to,
            cancellation: &cancellation,
            advance: &mut ignore,
            by_kernel: false,
            told: 0,
        };
        let mut offset = 0;
        while let Some((begin, end)) = next_data(from, offset, SIZE).expect("it is found") {
            copying.segment(begin, end).expect("it is copied");
            offset = end;
        }
        to.set_len(SIZE).expect("it takes a size");
        SIZE
    }

    fn content(mut file: &File) -> Vec<u8> {
        let mut bytes = Vec::new();
        file.rewind().expect("it begins");
        file.read_to_end(&mut bytes).expect("it reads");
        bytes
    }

    #[test]
    fn an_empty_file_and_a_cancelled_copy_end() {
        let (from, to) = (tempfile::tempfile().expect("a file"), tempfile::tempfile().expect("a file"));
        assert_eq!(copy(&from, &to, &Cancellation::new(), &mut |_| {}).expect("it is copied"), 0);
        let cancellation = Cancellation::new();
        cancellation.cancel();
        assert!(matches!(copy(&sparse(), &to, &cancellation, &mut |_| {}), Err(PumpError::Cancelled)));
    }
}
