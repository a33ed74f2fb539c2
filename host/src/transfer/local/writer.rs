//! Writing a local file: staged and shown whole, or through to what is not a plain file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::Mode;

use super::confine::HANDLE;
use super::descriptor;
use super::staged::Staged;
use super::waiting::Waiting;
use crate::store::Cancellation;

/// The bits of a new file whose source has none, less the umask.
const NEW_FILE: u32 = 0o666;
/// How many links are followed, as by the kernel.
const MOST_LINKS: usize = 40;

/// How a local file is written.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// Whether it may replace a file.
    pub overwrite: bool,
    /// The permission bits of its source: a new file gets no others, and those less the umask.
    pub unix_mode: Option<u32>,
    /// Ends the wait for the reader of a pipe.
    pub cancellation: Cancellation,
}

impl WriteOptions {
    /// The permission bits that are asked of the system.
    pub(super) fn mode(&self) -> u32 {
        self.unix_mode.unwrap_or(NEW_FILE)
    }
}

/// A local file being written. Nothing is visible before `close`; dropped without it, nothing is left.
#[derive(Debug)]
pub enum LocalWriter {
    /// Appears when it is closed.
    Staged {
        /// The file.
        file: Staged,
        /// Whether it may replace what is there.
        overwrite: bool,
    },
    /// A device, a pipe or an open descriptor: written as it comes.
    Through(Waiting),
}

impl LocalWriter {
    /// Begins a file. An existing one keeps its mode, and a link stays a link: what it leads to is written.
    ///
    /// # Errors
    ///
    /// When a directory is there, or without `overwrite` anything; when it cannot be written.
    pub fn create(target: &Path, options: &WriteOptions) -> io::Result<Self> {
        let cancellation = &options.cancellation;
        let descriptor = descriptor::of(target);
        let existing = fs::metadata(target);
        if existing.as_ref().is_ok_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !options.overwrite && (descriptor.is_some() || target.symlink_metadata().is_ok()) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if let Some(opened) = descriptor {
            return Ok(Self::Through(Waiting::to_descriptor(opened?, cancellation)?));
        }
        let place = match existing {
            Ok(metadata) if !metadata.is_file() => {
                return Ok(Self::Through(Waiting::to(target, cancellation)?));
            }
            Ok(_) if target.is_symlink() => fs::canonicalize(target)?,
            Ok(_) => target.to_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => behind_links(target),
            Err(error) => return Err(error),
        };
        let name = place.file_name().ok_or(io::ErrorKind::IsADirectory)?;
        let file = Staged::new(open_parent(&place)?, name, options.mode())?;
        Ok(Self::Staged { file, overwrite: options.overwrite })
    }

    /// The standard output, written as it comes.
    ///
    /// # Errors
    ///
    /// When the process has none.
    pub fn stdout(cancellation: &Cancellation) -> io::Result<Self> {
        Ok(Self::Through(Waiting::to_descriptor(io::stdout().as_fd().try_clone_to_owned()?, cancellation)?))
    }

    /// Takes permission bits of a new file away that its source does not have.
    pub fn limit_mode(&mut self, unix_mode: Option<u32>) {
        if let Self::Staged { file, .. } = self {
            file.limit_mode(unix_mode.unwrap_or(NEW_FILE));
        }
    }

    /// A path of the file that is written and not yet visible, for this process; what is written through has none.
    pub fn hidden_file(&self) -> Option<&Path> {
        match self {
            Self::Staged { file, .. } => file.path(),
            Self::Through(_) => None,
        }
    }

    /// The file that is written and not yet visible.
    pub fn staged_file(&self) -> Option<&File> {
        match self {
            Self::Staged { file, .. } => Some(file.file()),
            Self::Through(_) => None,
        }
    }

    /// Makes the file visible, with a time of its own when one is given.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or must not replace what is there.
    pub fn close(self, modified: Option<SystemTime>) -> io::Result<()> {
        let Self::Staged { file, overwrite } = self else { return Ok(()) };
        if let Some(modified) = modified {
            file.file().set_modified(modified)?;
        }
        file.show(overwrite)
    }
}

impl Write for LocalWriter {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self {
            Self::Staged { file, .. } => file.file().write(data),
            Self::Through(waiting) => waiting.write(data),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Where a link leads that leads to nothing; any other path is as it is.
fn behind_links(target: &Path) -> PathBuf {
    let mut place = target.to_owned();
    for _ in 0..MOST_LINKS {
        match descriptor::next(&place) {
            Some(next) => place = next,
            None => break,
        }
    }
    place
}

fn open_parent(place: &Path) -> io::Result<OwnedFd> {
    let parent = match place.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    Ok(rustix::fs::open(parent, HANDLE, Mode::empty())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{FileTypeExt, symlink};

    fn replacing() -> WriteOptions {
        WriteOptions { overwrite: true, ..WriteOptions::default() }
    }

    fn write(target: &Path, text: &str) -> io::Result<()> {
        let mut writer = LocalWriter::create(target, &replacing())?;
        writer.write_all(text.as_bytes())?;
        writer.close(None)
    }

    #[test]
    fn nothing_is_visible_before_close_and_nothing_is_left_without_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let target = directory.path().join("a");
        let mut writer = LocalWriter::create(&target, &replacing()).expect("it begins");
        writer.write_all(b"x").expect("it takes bytes");
        assert!(!target.exists());
        drop(writer);
        assert_eq!(fs::read_dir(directory.path()).expect("it lists").count(), 0);
    }

    #[test]
    fn without_overwrite_the_file_that_came_first_stays() {
        let directory = tempfile::tempdir().expect("a directory");
        let target = directory.path().join("a");
        let writer = LocalWriter::create(&target, &WriteOptions::default()).expect("it begins");
        fs::write(&target, "first").expect("another is faster");
        let error = writer.close(None).expect_err("it must not replace");
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&target).expect("it is there"), b"first");
    }

    #[test]
    fn a_named_link_stays_and_what_it_leads_to_is_written() {
        let directory = tempfile::tempdir().expect("a directory");
        let at = |name: &str| directory.path().join(name);
        fs::create_dir(at("d")).expect("a directory");
        symlink("d/there", at("link")).expect("a link");
        symlink("link", at("second")).expect("a link");
        for text in ["made", "replaced"] {
            write(&at("second"), text).expect("it is written");
            assert_eq!(fs::read_to_string(at("d/there")).expect("a file"), text);
        }
        assert!(at("link").is_symlink() && at("second").is_symlink());
        symlink("nowhere/x", at("dangling")).expect("a link");
        let error = write(&at("dangling"), "x").expect_err("its directory is missing");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn what_is_not_a_plain_file_is_written_through_and_stays() {
        let directory = tempfile::tempdir().expect("a directory");
        let fifo = directory.path().join("fifo");
        let mode = Mode::RUSR | Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).expect("a fifo");
        let read = std::thread::scope(|scope| {
            let reader = scope.spawn(|| fs::read_to_string(&fifo));
            write(&fifo, "through").expect("it is written");
            reader.join().expect("it ends").expect("it reads")
        });
        assert_eq!(read, "through");
        assert!(fs::metadata(&fifo).expect("it is there").file_type().is_fifo());
        write(Path::new("/dev/null"), "x").expect("it is written");
        assert!(fs::metadata("/dev/null").expect("it is there").file_type().is_char_device());
    }

    #[test]
    fn the_file_can_be_written_by_its_path_and_keeps_the_mode_of_its_source() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().expect("a directory");
        let target = directory.path().join("a");
        let options = WriteOptions { unix_mode: Some(0o400), ..replacing() };
        let writer = LocalWriter::create(&target, &options).expect("it begins");
        let Some(hidden) = writer.hidden_file() else { return }; // This system has no such paths.
        fs::write(hidden, "by its path").expect("it is written");
        writer.close(None).expect("it is shown");
        assert_eq!(fs::read_to_string(&target).expect("a file"), "by its path");
        assert_eq!(fs::metadata(&target).expect("a file").permissions().mode() & 0o777, 0o400);
    }
}
