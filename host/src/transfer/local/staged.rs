//! A file that is being written and is not visible yet.
//!
//! Where the file system can, it has no name at all (`O_TMPFILE`): whatever becomes of the process, nothing is left. It
//! gets its name by `link`, or, to replace a file, a reserved name for the moment before the rename. Elsewhere it has a
//! reserved name from the beginning.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, FileType, Gid, Mode, Stat, Uid, fchmod, fchown, fstat, linkat, renameat, statat, unlinkat,
};
use rustix::io::Errno;

use super::{leftovers, names};

/// What the owner can do with a file while it is written, so that a flavor can open it by its path.
const WORKING: u32 = 0o600;
/// Permission bits, without those that change who a program runs as.
const PERMISSIONS: u32 = 0o777;

/// What a file hands down to the one that replaces it.
#[derive(Clone, Copy, Debug)]
struct Replaced {
    mode: u32,
    owner: u32,
    group: u32,
}

impl Replaced {
    fn of(stat: &Stat) -> Self {
        Self { mode: stat.st_mode & PERMISSIONS, owner: stat.st_uid, group: stat.st_gid }
    }
}

/// A file under way; dropped, it leaves nothing.
#[derive(Debug)]
pub struct Staged {
    file: File,
    /// The directory that the file will be in.
    directory: OwnedFd,
    /// What it will be called there.
    name: OsString,
    /// The reserved name, while there is one.
    hidden: Option<String>,
    /// The file that was there when this one was begun.
    replaced: Option<Replaced>,
    /// The permission bits of a new file.
    mode: u32,
    path: Option<PathBuf>,
}

impl Staged {
    /// Begins a file with these permission bits, less the umask. A file that is there hands down its own.
    pub fn new(directory: OwnedFd, name: &OsStr, mode: u32) -> io::Result<Self> {
        Self::with(directory, name, mode, anonymous::create)
    }

    fn with(
        directory: OwnedFd,
        name: &OsStr,
        mode: u32,
        nameless: impl FnOnce(BorrowedFd<'_>, Mode) -> Option<OwnedFd>,
    ) -> io::Result<Self> {
        names::refuse_reserved(name.as_encoded_bytes())?;
        leftovers::sweep_once(directory.as_fd());
        let found = statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW).ok();
        let replaced = found.filter(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile);
        let replaced = replaced.as_ref().map(Replaced::of);
        let wanted = if replaced.is_some() { 0 } else { mode & PERMISSIONS };
        let mode = Mode::from_raw_mode(wanted | WORKING);
        let (file, hidden) = match nameless(directory.as_fd(), mode) {
            Some(file) => (file, None),
            None => leftovers::create(directory.as_fd(), mode).map(|(name, file)| (file, Some(name)))?,
        };
        // The kernel has taken the umask away.
        let mode = fstat(&file)?.st_mode & wanted;
        let path = anonymous::path_of(file.as_fd());
        Ok(Self { file: file.into(), directory, name: name.to_owned(), hidden, replaced, mode, path })
    }

    /// The file, to write to.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Takes permission bits of a new file away.
    pub fn limit_mode(&mut self, mode: u32) {
        self.mode &= mode;
    }

    /// A path by which this process can open the file, where the system has one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Makes the file visible, whole.
    pub fn show(mut self, overwrite: bool) -> io::Result<()> {
        self.set_mode()?;
        if self.hidden.is_none() {
            match anonymous::link(&self.file, self.directory.as_fd(), &self.name) {
                Err(Errno::EXIST) if overwrite => self.take_name()?,
                result => return Ok(result?),
            }
        }
        let Some(hidden) = &self.hidden else { return Ok(()) };
        if overwrite {
            renameat(&self.directory, hidden.as_str(), &self.directory, &self.name)?;
            self.hidden = None;
        } else {
            // The hidden name goes when this is dropped.
            linkat(&self.directory, hidden.as_str(), &self.directory, &self.name, AtFlags::empty())?;
        }
        Ok(())
    }

    /// Permissions come last: they may take the right to write away.
    fn set_mode(&self) -> io::Result<()> {
        let stat = fstat(&self.file)?;
        let mut mode = self.mode;
        if let Some(replaced) = &self.replaced {
            mode = replaced.mode;
            if (replaced.owner, replaced.group) != (stat.st_uid, stat.st_gid) {
                let (owner, group) = (Uid::from_raw(replaced.owner), Gid::from_raw(replaced.group));
                // Only some may give a file away; the others get a file of their own, as with any rename.
                let _ = fchown(&self.file, Some(owner), Some(group));
            }
        }
        if stat.st_mode & PERMISSIONS != mode {
            fchmod(&self.file, Mode::from_raw_mode(mode))?;
        }
        Ok(())
    }

    /// Gives a file without a name a reserved one.
    fn take_name(&mut self) -> Result<(), Errno> {
        leftovers::lock(self.file.as_fd());
        let directory = self.directory.as_fd();
        let (name, ()) =
            leftovers::claim(directory, |name| anonymous::link(&self.file, directory, OsStr::new(name)))?;
        self.hidden = Some(name);
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(name) = &self.hidden {
            // Nobody hears of a failure here; the name is a leftover then.
            let _ = unlinkat(&self.directory, name.as_str(), AtFlags::empty());
        }
    }
}

#[cfg(target_os = "linux")]
mod anonymous {
    //! Files without a name.

    use std::ffi::OsStr;
    use std::fs::File;
    use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
    use std::path::{Path, PathBuf};
    use std::sync::OnceLock;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
    use rustix::io::Errno;

    /// A file without a name; `None` where the file system has none, or `link` would not find it.
    pub fn create(directory: BorrowedFd<'_>, mode: Mode) -> Option<OwnedFd> {
        if !has_proc() {
            return None;
        }
        let flags = OFlags::RDWR | OFlags::TMPFILE | OFlags::CLOEXEC;
        openat(directory, ".", flags, mode).ok()
    }

    pub fn link(file: &File, directory: BorrowedFd<'_>, name: &OsStr) -> Result<(), Errno> {
        let path = path_of(file.as_fd()).ok_or(Errno::NOSYS)?;
        linkat(CWD, path, directory, name, AtFlags::SYMLINK_FOLLOW)
    }

    /// A path of an open file, which a child process finds, too.
    pub fn path_of(file: BorrowedFd<'_>) -> Option<PathBuf> {
        let path = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
        has_proc().then(|| path.into())
    }

    fn has_proc() -> bool {
        static PROC: OnceLock<bool> = OnceLock::new();
        *PROC.get_or_init(|| Path::new("/proc/self/fd").is_dir())
    }
}

#[cfg(not(target_os = "linux"))]
mod anonymous {
    //! Files without a name: this system has none.

    use std::ffi::OsStr;
    use std::fs::File;
    use std::os::fd::{BorrowedFd, OwnedFd};
    use std::path::PathBuf;

    use rustix::fs::Mode;
    use rustix::io::Errno;

    pub fn create(_: BorrowedFd<'_>, _: Mode) -> Option<OwnedFd> {
        None
    }

    pub fn link(_: &File, _: BorrowedFd<'_>, _: &OsStr) -> Result<(), Errno> {
        Err(Errno::NOSYS)
    }

    pub fn path_of(_: BorrowedFd<'_>) -> Option<PathBuf> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::local::confine::HANDLE;
    use std::fs;
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    type Nameless = fn(BorrowedFd<'_>, Mode) -> Option<OwnedFd>;

    /// Both ways: with files without a name, and without.
    const WAYS: [Nameless; 2] = [anonymous::create, |_, _| None];

    fn staged(directory: &Path, mode: u32, way: Nameless) -> Staged {
        let handle = rustix::fs::open(directory, HANDLE, Mode::empty()).expect("the directory opens");
        Staged::with(handle, OsStr::new("file"), mode, way).expect("it is made")
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("the directory is listed");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("an entry").file_name().display().to_string()).collect();
        names.sort();
        names
    }

    #[test]
    fn appears_whole_or_not_at_all_and_leaves_nothing() {
        for way in WAYS {
            let home = tempfile::tempdir().expect("a directory");
            for (text, overwrite, expected) in [
                ("one", false, None),
                ("two", false, Some(io::ErrorKind::AlreadyExists)),
                ("three", true, None),
            ] {
                let staged = staged(home.path(), 0o666, way);
                staged.file().write_all(text.as_bytes()).expect("it writes");
                assert_eq!(staged.show(overwrite).err().map(|error| error.kind()), expected);
                assert_eq!(names(home.path()), ["file"]);
            }
            drop(staged(home.path(), 0o666, way));
            assert_eq!(names(home.path()), ["file"]);
            assert_eq!(fs::read_to_string(home.path().join("file")).expect("it is there"), "three");
        }
    }

    #[test]
    fn a_mode_is_never_wider_than_its_source_and_a_replaced_file_keeps_its_own() {
        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o7777;
        for way in WAYS {
            let home = tempfile::tempdir().expect("a directory");
            let file = home.path().join("file");
            for wanted in [0o600, 0o400, 0o700, 0o4700] {
                staged(home.path(), wanted, way).show(true).expect("it is shown");
                assert_eq!(mode(&file), wanted & 0o777);
                fs::remove_file(&file).expect("it goes");
            }
            fs::write(&file, "old").expect("a file");
            for kept in [0o666, 0o640, 0o600] {
                fs::set_permissions(&file, fs::Permissions::from_mode(kept)).expect("a mode");
                staged(home.path(), 0o755, way).show(true).expect("it is shown");
                assert_eq!(mode(&file), kept);
            }
        }
    }

    #[test]
    fn many_at_once_take_names_of_their_own() {
        let home = tempfile::tempdir().expect("a directory");
        fs::write(home.path().join(".larder-1.tmp"), "left").expect("a leftover");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for round in 0..50 {
                        let staged = staged(home.path(), 0o666, WAYS[round % 2]);
                        staged.file().write_all(b"text").expect("it writes");
                        staged.show(true).expect("it is shown");
                    }
                });
            }
        });
        assert_eq!(names(home.path()), ["file"]);
    }

    #[test]
    fn a_reserved_name_is_refused() {
        let home = tempfile::tempdir().expect("a directory");
        let handle = rustix::fs::open(home.path(), HANDLE, Mode::empty()).expect("the directory opens");
        let error = Staged::new(handle, OsStr::new(".larder-7.tmp"), 0o666).expect_err("it is refused");
        assert!(error.to_string().contains("kept for files being written"), "{error}");
    }
}
