//! Moves the bytes of one file, in bounded memory.
//!
//! One piece after another, on one thread: between two local files a second thread mostly adds the cost of handing pieces
//! over, and a flavor whose store is far away reads ahead and writes behind by itself.

use std::io::{self, Read, Write};

use crate::store::Cancellation;

/// Large enough that a call costs nothing beside it, small enough to stay in the processor's cache.
const PIECE_BYTES: usize = 256 * 1024;

/// The buffer begins at a page: the kernel copies to and from whole pages at least as fast as across their borders.
const PAGE_BYTES: usize = 4096;

/// Which side failed.
#[derive(Debug)]
pub enum PumpError {
    /// The source could not be read.
    Read(io::Error),
    /// The target could not be written.
    Write(io::Error),
    /// The caller cancelled.
    Cancelled,
}

/// The buffer, kept from file to file.
#[derive(Debug, Default)]
pub struct Pump {
    room: Vec<u8>,
}

impl Pump {
    /// Copies everything from one side to the other and says how many bytes it was.
    ///
    /// # Errors
    ///
    /// See [`PumpError`].
    pub fn run(
        &mut self,
        source: &mut dyn Read,
        target: &mut dyn Write,
        cancellation: &Cancellation,
        advance: &mut dyn FnMut(u64),
    ) -> Result<u64, PumpError> {
        self.room.resize(PIECE_BYTES + PAGE_BYTES, 0);
        let begin = self.room.as_ptr().align_offset(PAGE_BYTES).min(PAGE_BYTES);
        let piece = &mut self.room[begin..begin + PIECE_BYTES];
        let mut total = 0;
        loop {
            if cancellation.is_cancelled() {
                return Err(PumpError::Cancelled);
            }
            let count = match source.read(piece) {
                Ok(0) => return Ok(total),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(PumpError::Read(error)),
            };
            target.write_all(&piece[..count]).map_err(PumpError::Write)?;
            total += count as u64;
            advance(count as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pumped(bytes: &[u8]) -> (Vec<u8>, u64) {
        let mut target = Vec::new();
        let mut told = 0;
        let count = Pump::default()
            .run(&mut &*bytes, &mut target, &Cancellation::new(), &mut |bytes| told += bytes)
            .expect("memory reads and writes");
        assert_eq!(told, count);
        (target, count)
    }

    #[test]
    fn moves_nothing_little_and_much() {
        for length in [0, 1, PIECE_BYTES, 9 * 1024 * 1024 + 7] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            let (target, count) = pumped(&bytes);
            assert!(target == bytes, "{length} bytes");
            assert_eq!(count, length as u64);
        }
    }

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_target_that_fails_ends_the_copy() {
        let failed = Pump::default().run(&mut io::repeat(7), &mut Full, &Cancellation::new(), &mut |_| {});
        assert!(matches!(failed, Err(PumpError::Write(error)) if error.kind() == io::ErrorKind::StorageFull));
    }

    #[test]
    fn stops_when_cancelled() {
        let cancellation = Cancellation::new();
        cancellation.cancel();
        let run = Pump::default().run(&mut io::repeat(7), &mut io::sink(), &cancellation, &mut |_| {});
        assert!(matches!(run, Err(PumpError::Cancelled)));
    }
}
