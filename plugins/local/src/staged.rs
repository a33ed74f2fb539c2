//! A file that is being written and is not visible yet.
//!
//! Where the filesystem can, it has no name at all (`O_TMPFILE`): whatever becomes of the process, nothing is left. It
//! gets its name by `link`, or, to replace a file, a reserved name for the moment before the rename. Elsewhere it has
//! a reserved name from the beginning.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use larder_plugin_api::Result;
use rustix::fs::{AtFlags, Mode, Stat, renameat, unlinkat};
use rustix::io::Errno;

use crate::error::failed;
use crate::exclusive;
use crate::leftovers;

/// The permission bits of a new file, less what the process's umask takes away.
pub const NEW_FILE: Mode = Mode::from_raw_mode(0o666);

/// The permission bits of a file; those that lend somebody else's rights are left out.
pub fn permissions(stat: &Stat) -> Mode {
    Mode::from_raw_mode(stat.st_mode) & (Mode::RWXU | Mode::RWXG | Mode::RWXO)
}

/// What becomes of a file that is at the path already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced.
    Replace,
    /// It stays, and the new one is refused.
    Keep,
}

/// A file under way; dropped, it leaves nothing.
pub struct Staged {
    file: File,
    directory: OwnedFd,
    /// The reserved name, while there is one.
    name: Option<String>,
}

impl Staged {
    /// Makes an empty file on the filesystem of a directory, with these permission bits less the umask.
    pub fn new(directory: OwnedFd, mode: Mode) -> Result<Self> {
        if let Some(file) = anonymous::create(directory.as_fd(), mode) {
            return Ok(Self { file: file.into(), directory, name: None });
        }
        Self::named(directory, mode)
    }

    /// Makes an empty file with a reserved name.
    fn named(directory: OwnedFd, mode: Mode) -> Result<Self> {
        let (name, file) = leftovers::create(directory.as_fd(), mode).map_err(failed("make a file"))?;
        Ok(Self { file: file.into(), directory, name: Some(name) })
    }

    /// The file, to write to.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Makes the file visible, whole, at a name in a directory of the same filesystem.
    pub fn show(&mut self, directory: BorrowedFd<'_>, name: &str, existing: Existing) -> Result<(), Errno> {
        if self.name.is_none() {
            match anonymous::link(&self.file, directory, name) {
                Err(Errno::EXIST) if existing == Existing::Replace => self.take_name(directory)?,
                result => return result,
            }
        }
        let Some(staged) = &self.name else { return Ok(()) };
        match existing {
            Existing::Replace => renameat(&self.directory, staged.as_str(), directory, name)?,
            Existing::Keep => exclusive::rename_file(self.directory.as_fd(), staged, directory, name)?,
        }
        self.name = None;
        Ok(())
    }

    /// Gives a file without a name a reserved one in the directory where it is wanted.
    fn take_name(&mut self, directory: BorrowedFd<'_>) -> Result<(), Errno> {
        leftovers::lock(self.file.as_fd());
        let owned = directory.try_clone_to_owned().map_err(|error| errno_of(&error))?;
        let (name, ()) = leftovers::claim(directory, |name| anonymous::link(&self.file, directory, name))?;
        self.directory = owned;
        self.name = Some(name);
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            // Nobody hears of a failure here; the name is a leftover then.
            let _ = unlinkat(&self.directory, name.as_str(), AtFlags::empty());
        }
    }
}

fn errno_of(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

#[cfg(target_os = "linux")]
mod anonymous {
    //! Files without a name.

    use std::fs::File;
    use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
    use std::path::Path;
    use std::sync::OnceLock;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
    use rustix::io::Errno;

    /// A file without a name; `None` where the filesystem has none, or `link` would not find it.
    pub fn create(directory: BorrowedFd<'_>, mode: Mode) -> Option<OwnedFd> {
        static PROC: OnceLock<bool> = OnceLock::new();
        if !*PROC.get_or_init(|| Path::new("/proc/self/fd").is_dir()) {
            return None;
        }
        let flags = OFlags::RDWR | OFlags::TMPFILE | OFlags::CLOEXEC;
        openat(directory, ".", flags, mode).ok()
    }

    pub fn link(file: &File, directory: BorrowedFd<'_>, name: &str) -> Result<(), Errno> {
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        linkat(CWD, path, directory, name, AtFlags::SYMLINK_FOLLOW)
    }
}

#[cfg(not(target_os = "linux"))]
mod anonymous {
    //! Files without a name: this system has none.

    use std::fs::File;
    use std::os::fd::{BorrowedFd, OwnedFd};

    use rustix::fs::Mode;
    use rustix::io::Errno;

    pub fn create(_: BorrowedFd<'_>, _: Mode) -> Option<OwnedFd> {
        None
    }

    pub fn link(_: &File, _: BorrowedFd<'_>, _: &str) -> Result<(), Errno> {
        Err(Errno::NOSYS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;
    use std::path::Path;

    fn handle(path: &Path) -> OwnedFd {
        rustix::fs::open(path, crate::resolve::HANDLE, Mode::empty()).expect("the directory opens")
    }

    fn names(path: &Path) -> Vec<String> {
        let entries = fs::read_dir(path).expect("the directory is listed");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("an entry").file_name().display().to_string()).collect();
        names.sort();
        names
    }

    fn written(staged: &Staged, text: &str) {
        staged.file().write_all(text.as_bytes()).expect("it writes");
    }

    #[test]
    fn a_filesystem_without_nameless_files_keeps_the_same_promises() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let directory = handle(home.path());
        for (text, existing, expected) in [
            ("one", Existing::Keep, Ok(())),
            ("two", Existing::Keep, Err(Errno::EXIST)),
            ("three", Existing::Replace, Ok(())),
        ] {
            let mut staged = Staged::named(handle(home.path()), NEW_FILE).expect("it is made");
            assert!(names(home.path()).contains(&".larder-0.tmp".to_owned()));
            written(&staged, text);
            assert_eq!(staged.show(directory.as_fd(), "file", existing), expected);
            drop(staged);
            assert_eq!(names(home.path()), ["file"]);
        }
        assert_eq!(fs::read_to_string(home.path().join("file")).expect("it is there"), "three");
    }

    #[test]
    fn many_at_once_take_names_of_their_own() {
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::write(home.path().join(".larder-1.tmp"), "left").expect("a leftover");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let path = home.path();
                scope.spawn(move || {
                    for _ in 0..50 {
                        let mut staged = Staged::named(handle(path), NEW_FILE).expect("it is made");
                        written(&staged, "text");
                        let shown = staged.show(handle(path).as_fd(), &number.to_string(), Existing::Replace);
                        shown.expect("it is shown");
                    }
                });
            }
        });
        let names = names(home.path());
        assert!(names.iter().filter(|name| name.len() == 1).count() == 8, "{names:?}");
        assert!(names.len() <= 9, "{names:?}");
    }
}
