//! Moves the bytes of one file: bounded memory, and for a large one reading and writing at the same time.

use std::io::{self, Read, Write};
use std::sync::mpsc;
use std::thread;

use crate::store::Cancellation;

/// Large enough that a call costs nothing beside it, small enough to stay in the processor's cache.
const PIECE_BYTES: usize = 256 * 1024;

/// From here on a thread of its own reads ahead.
const ALONE_BYTES: u64 = 4 * 1024 * 1024;

/// How many pieces are on their way at most.
const PIECES: usize = 4;

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

/// The buffers, kept from file to file.
#[derive(Debug, Default)]
pub struct Pump {
    pieces: Vec<Vec<u8>>,
}

impl Pump {
    /// Copies everything from one side to the other and says how many bytes it was. What is large is read ahead.
    ///
    /// # Errors
    ///
    /// See [`PumpError`].
    pub fn run(
        &mut self,
        source: &mut (dyn Read + Send),
        target: &mut dyn Write,
        cancellation: &Cancellation,
        advance: &mut dyn FnMut(u64),
    ) -> Result<u64, PumpError> {
        let (mut total, at_end) = self.run_alone(ALONE_BYTES, source, target, cancellation, advance)?;
        if !at_end {
            self.run_ahead(source, target, cancellation, &mut |count| {
                total += count;
                advance(count);
            })?;
        }
        Ok(total)
    }

    /// Copies pieces one after another until the end or until so many bytes are copied; whether that was the end. For a
    /// pipe this is the faster way: its reader has the other processor.
    ///
    /// # Errors
    ///
    /// See [`PumpError`].
    pub fn run_alone(
        &mut self,
        limit_bytes: u64,
        source: &mut (dyn Read + Send),
        target: &mut dyn Write,
        cancellation: &Cancellation,
        advance: &mut dyn FnMut(u64),
    ) -> Result<(u64, bool), PumpError> {
        let mut piece = self.pieces.pop().unwrap_or_else(new_piece);
        let (mut total, mut at_end) = (0, false);
        while total < limit_bytes && !at_end {
            let count = read(source, &mut piece, cancellation)?;
            target.write_all(&piece[..count]).map_err(PumpError::Write)?;
            total += count as u64;
            advance(count as u64);
            at_end = count == 0;
        }
        self.pieces.push(piece);
        Ok((total, at_end))
    }

    fn run_ahead(
        &mut self,
        source: &mut (dyn Read + Send),
        target: &mut dyn Write,
        cancellation: &Cancellation,
        advance: &mut dyn FnMut(u64),
    ) -> Result<(), PumpError> {
        let (full, filled) = mpsc::sync_channel::<(Vec<u8>, usize)>(PIECES);
        let (empty, emptied) = mpsc::channel();
        self.pieces.resize_with(PIECES, new_piece);
        for piece in self.pieces.drain(..) {
            // The receiver is at hand, below.
            let _ = empty.send(piece);
        }
        thread::scope(|scope| {
            let reading = scope.spawn(move || read_ahead(source, &emptied, &full, cancellation));
            let written = write_behind(target, filled, &empty, advance);
            drop(empty);
            let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            written.and(read)
        })
    }
}

fn new_piece() -> Vec<u8> {
    vec![0; PIECE_BYTES]
}

fn read(
    source: &mut (dyn Read + Send),
    piece: &mut [u8],
    cancellation: &Cancellation,
) -> Result<usize, PumpError> {
    loop {
        if cancellation.is_cancelled() {
            return Err(PumpError::Cancelled);
        }
        match source.read(piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result.map_err(PumpError::Read),
        }
    }
}

fn read_ahead(
    source: &mut (dyn Read + Send),
    emptied: &mpsc::Receiver<Vec<u8>>,
    full: &mpsc::SyncSender<(Vec<u8>, usize)>,
    cancellation: &Cancellation,
) -> Result<(), PumpError> {
    while let Ok(mut piece) = emptied.recv() {
        let count = read(source, &mut piece, cancellation)?;
        if count == 0 || full.send((piece, count)).is_err() {
            break;
        }
    }
    Ok(())
}

/// Takes the receiver by value: once it is dropped, the reading side stops.
fn write_behind(
    target: &mut dyn Write,
    filled: mpsc::Receiver<(Vec<u8>, usize)>,
    empty: &mpsc::Sender<Vec<u8>>,
    advance: &mut dyn FnMut(u64),
) -> Result<(), PumpError> {
    for (piece, count) in filled {
        target.write_all(&piece[..count]).map_err(PumpError::Write)?;
        advance(count as u64);
        // The reading side may have come to the end already.
        let _ = empty.send(piece);
    }
    Ok(())
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
    fn a_target_that_fails_late_ends_the_reading_too() {
        let mut pump = Pump::default();
        let failed = pump.run_ahead(&mut io::repeat(7), &mut Full, &Cancellation::new(), &mut |_| {});
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
