//! The standard input, read so that Ctrl-C is noticed while nothing comes.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;

use larder::Cancellation;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Asked between waits whether the user gave up: a signal may arrive just before a wait begins.
const WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// The standard input; it ends with an error when the user interrupts.
pub struct Stdin {
    file: File,
    cancellation: Cancellation,
}

impl Stdin {
    pub fn open(cancellation: &Cancellation) -> io::Result<Self> {
        let file = io::stdin().as_fd().try_clone_to_owned()?.into();
        Ok(Self { file, cancellation: cancellation.clone() })
    }
}

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.cancellation.is_cancelled() {
                let interrupted = larder_plugin_api::ErrorKind::Interrupted;
                return Err(larder_plugin_api::Error::from(interrupted).into());
            }
            let mut waited = [PollFd::new(&self.file, PollFlags::IN)];
            match poll(&mut waited, Some(&WAIT)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                // What cannot be waited for can be read: a file.
                Ok(_) | Err(_) => return self.file.read(buffer),
            }
        }
    }
}
