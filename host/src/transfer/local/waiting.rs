//! Waiting for a pipe, a terminal or a device, so that a cancellation is noticed while nothing comes or goes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::thread;
use std::time::Duration;

use larder_plugin_api::{Error, ErrorKind};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::store::Cancellation;

/// How long a wait takes until the caller is asked again whether it gave up.
const WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
/// How long until a pipe without a reader is tried again.
const RETRY: Duration = Duration::from_millis(20);
/// What can be written to a pipe that has room without waiting for more.
const PIPE_BYTES: usize = 4096;

/// A file that is read or written as it comes: a pipe, a device, a descriptor.
#[derive(Debug)]
pub struct Waiting {
    file: File,
    /// Reading and writing return at once, because the open file is not shared with another process.
    is_own: bool,
    is_plain: bool,
    cancellation: Cancellation,
}

impl Waiting {
    /// A descriptor that others may have, too.
    pub fn over(descriptor: OwnedFd, cancellation: &Cancellation) -> io::Result<Self> {
        let file = File::from(descriptor);
        let is_plain = file.metadata()?.is_file();
        Ok(Self { file, is_own: false, is_plain, cancellation: cancellation.clone() })
    }

    /// A descriptor to write to. A pipe is opened once more, so that large pieces can be written without waiting in a call;
    /// what others have of it stays as it is.
    pub fn to_descriptor(descriptor: OwnedFd, cancellation: &Cancellation) -> io::Result<Self> {
        let shared = Self::over(descriptor, cancellation)?;
        if !shared.file.metadata()?.file_type().is_fifo() {
            return Ok(shared);
        }
        let path = format!("/proc/self/fd/{}", shared.file.as_raw_fd());
        let opened = File::options().write(true).custom_flags(own_flags()).open(path);
        opened.map_or(Ok(shared), |file| Self::own(file, cancellation))
    }

    /// A file that was opened with `NONBLOCK`.
    pub fn own(file: File, cancellation: &Cancellation) -> io::Result<Self> {
        let is_plain = file.metadata()?.is_file();
        Ok(Self { file, is_own: true, is_plain, cancellation: cancellation.clone() })
    }

    /// Opens a pipe or a device to write to. A pipe waits for somebody who reads it.
    pub fn to(path: &Path, cancellation: &Cancellation) -> io::Result<Self> {
        let mut options = File::options();
        options.write(true).custom_flags(own_flags());
        Self::own(await_reader(cancellation, || options.open(path))?, cancellation)
    }

    /// The file itself.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Whether it is a file with a size rather than a pipe or a device.
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    fn await_ready(&self, flags: PollFlags) -> io::Result<()> {
        loop {
            refuse_cancelled(&self.cancellation)?;
            let mut waited = [PollFd::new(&self.file, flags)];
            match poll(&mut waited, Some(&WAIT)) {
                Ok(0) | Err(Errno::INTR) => {}
                // What cannot be waited for is ready.
                Ok(_) | Err(_) => return Ok(()),
            }
        }
    }

    fn try_once(
        &mut self,
        flags: PollFlags,
        mut one: impl FnMut(&mut File) -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            if !self.is_plain {
                self.await_ready(flags)?;
            }
            match one(&mut self.file) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return result,
            }
        }
    }
}

impl Read for Waiting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.try_once(PollFlags::IN, |file| file.read(buffer))
    }
}

impl Write for Waiting {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let most = if self.is_own || self.is_plain { data.len() } else { data.len().min(PIPE_BYTES) };
        self.try_once(PollFlags::OUT, |file| file.write(&data[..most]))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens what is not to wait, and does not become the terminal of the process.
pub fn own_flags() -> i32 {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    // std takes the bits as a C int.
    i32::try_from(flags.bits()).unwrap_or_default()
}

/// Tries to open a pipe until somebody reads it.
pub fn await_reader<T>(
    cancellation: &Cancellation,
    mut open: impl FnMut() -> io::Result<T>,
) -> io::Result<T> {
    loop {
        match open() {
            Err(error) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {}
            result => return result,
        }
        refuse_cancelled(cancellation)?;
        thread::sleep(RETRY);
    }
}

fn refuse_cancelled(cancellation: &Cancellation) -> io::Result<()> {
    if cancellation.is_cancelled() {
        return Err(Error::from(ErrorKind::Interrupted).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    fn fifo(directory: &Path) -> std::path::PathBuf {
        let path = directory.join("fifo");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a fifo");
        path
    }

    #[test]
    fn a_pipe_that_nobody_reads_waits_until_it_is_cancelled() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = fifo(directory.path());
        let cancellation = Cancellation::new();
        let (sender, opened) = channel();
        thread::scope(|scope| {
            scope.spawn(|| sender.send(Waiting::to(&path, &cancellation).map(drop)));
            cancellation.cancel();
            let error = opened.recv().expect("it ends").expect_err("it is cancelled");
            assert_eq!(Error::from(error).kind(), ErrorKind::Interrupted);
        });
    }

    #[test]
    fn a_full_pipe_and_an_empty_one_notice_a_cancellation() {
        let cancellation = Cancellation::new();
        for is_own in [true, false] {
            cancellation.reset();
            let (reader, writer) = io::pipe().expect("a pipe");
            let mut writer = Waiting::over(writer.into(), &cancellation).expect("a pipe");
            let mut reader = Waiting::over(reader.into(), &cancellation).expect("a pipe");
            if is_own {
                rustix::io::ioctl_fionbio(&writer.file, true).expect("it does not wait");
                writer.is_own = true;
            }
            thread::scope(|scope| {
                let full = scope.spawn(|| io::copy(&mut io::repeat(7), &mut writer));
                let mut piece = [0; 100];
                reader.read_exact(&mut piece).expect("it is written to");
                cancellation.cancel();
                let error = full.join().expect("it ends").expect_err("it is cancelled");
                assert_eq!(Error::from(error).kind(), ErrorKind::Interrupted);
            });
            assert!(reader.read(&mut [0; 100]).is_err());
        }
    }
}
