//! A local pipe or device, read so that Ctrl-C is noticed while nothing comes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use larder::Cancellation;
use larder_plugin_api::{Error, ErrorKind};

/// Asked between waits whether the user gave up.
const WAIT: Duration = Duration::from_millis(200);
const PIECE_BYTES: usize = 256 * 1024;

/// What a thread reads that may wait forever: for a writer to come, then for what it writes.
pub struct Pipe {
    pieces: Receiver<io::Result<Vec<u8>>>,
    current: io::Cursor<Vec<u8>>,
    cancellation: Cancellation,
}

impl Pipe {
    /// Whether reading this file may wait for somebody.
    pub fn is_at(path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|metadata| {
            let kind = metadata.file_type();
            kind.is_fifo() || kind.is_char_device()
        })
    }

    /// Begins to read. That it cannot be opened is told by the first read.
    pub fn open(path: &Path, cancellation: &Cancellation) -> Self {
        let (sender, pieces) = sync_channel(2);
        let path = path.to_owned();
        // It ends with the file, with the receiver, or with the process.
        thread::spawn(move || {
            let mut file = match File::open(path) {
                Ok(file) => file,
                Err(error) => return drop(sender.send(Err(error))),
            };
            loop {
                let mut piece = vec![0; PIECE_BYTES];
                let read = file.read(&mut piece).map(|count| {
                    piece.truncate(count);
                    piece
                });
                let is_last = read.as_ref().map_or(true, Vec::is_empty);
                if sender.send(read).is_err() || is_last {
                    return;
                }
            }
        });
        Self { pieces, current: io::Cursor::default(), cancellation: cancellation.clone() }
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.cancellation.is_cancelled() {
                return Err(Error::from(ErrorKind::Interrupted).into());
            }
            let count = self.current.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            match self.pieces.recv_timeout(WAIT) {
                Ok(piece) => match piece? {
                    piece if piece.is_empty() => return Ok(0),
                    piece => self.current = io::Cursor::new(piece),
                },
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
    }
}
