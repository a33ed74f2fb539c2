//! Opening a path below a directory so that no symbolic link on it is followed.
//!
//! On Linux the kernel does it in one call (`openat2`). Elsewhere, and on kernels before 5.6, the path is descended one
//! component at a time.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, openat, readlinkat, statat};
use rustix::io::{Errno, retry_on_intr};

/// The longest path that a kernel takes in one call, with its final NUL.
const PATH_MAX: usize = if cfg!(target_os = "linux") { 4096 } else { 1024 };

/// To hold a directory and look up names in it; permission to list it is not needed on Linux.
#[cfg(target_os = "linux")]
pub const HANDLE: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// To hold a directory and look up names in it.
#[cfg(not(target_os = "linux"))]
pub const HANDLE: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// To read the names in a directory.
pub const LISTING: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Opens what is at `path` below `top`; the empty path is `top` itself. A link anywhere on it gives `LOOP` or `NOTDIR`.
pub fn open_beneath(top: BorrowedFd<'_>, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    in_pieces(top, path, |top, piece, is_last| open_piece(top, piece, if is_last { flags } else { HANDLE }))
}

/// As [`open_beneath`], with links followed, wherever they lead.
pub fn open_through_links(top: BorrowedFd<'_>, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    in_pieces(top, path, |top, piece, is_last| {
        let flags = if is_last { flags } else { HANDLE };
        retry_on_intr(|| openat(top, piece, flags, Mode::empty()))
    })
}

/// Opens a long path in pieces that the kernel takes.
fn in_pieces(
    top: BorrowedFd<'_>,
    path: &str,
    open: impl Fn(BorrowedFd<'_>, &str, bool) -> Result<OwnedFd, Errno>,
) -> Result<OwnedFd, Errno> {
    let mut path = if path.is_empty() { "." } else { path };
    let mut directory: Option<OwnedFd> = None;
    while path.len() >= PATH_MAX {
        let slash = path.as_bytes()[..PATH_MAX].iter().rposition(|byte| *byte == b'/');
        let slash = slash.ok_or(Errno::NAMETOOLONG)?;
        let above = directory.as_ref().map_or(top, AsFd::as_fd);
        directory = Some(open(above, &path[..slash], false)?);
        path = &path[slash + 1..];
    }
    open(directory.as_ref().map_or(top, AsFd::as_fd), path, true)
}

fn open_piece(top: BorrowedFd<'_>, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    #[cfg(target_os = "linux")]
    if kernel::is_able() {
        return kernel::open(top, path, flags);
    }
    descend(top, path, flags)
}

#[cfg(target_os = "linux")]
mod kernel {
    //! `openat2`.

    use std::os::fd::{BorrowedFd, OwnedFd};
    use std::sync::OnceLock;

    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
    use rustix::io::{Errno, retry_on_intr};

    /// How often a lookup is tried again that a rename elsewhere made uncertain.
    const ATTEMPTS: usize = 1000;

    /// Whether the kernel, and whatever filters its calls, has `openat2`.
    pub fn is_able() -> bool {
        static ABLE: OnceLock<bool> = OnceLock::new();
        *ABLE.get_or_init(|| {
            let flags = OFlags::PATH | OFlags::CLOEXEC;
            let probe = openat2(CWD, ".", flags, Mode::empty(), ResolveFlags::BENEATH);
            !matches!(probe, Err(Errno::NOSYS | Errno::PERM))
        })
    }

    pub fn open(top: BorrowedFd<'_>, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_SYMLINKS;
        let mut result = Err(Errno::AGAIN);
        for _ in 0..ATTEMPTS {
            result = retry_on_intr(|| openat2(top, path, flags, Mode::empty(), resolve));
            if !matches!(result, Err(Errno::AGAIN)) {
                break;
            }
        }
        result
    }
}

/// Opens a path one component at a time and refuses every symbolic link.
fn descend(top: BorrowedFd<'_>, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut directory: Option<OwnedFd> = None;
    for component in above.split('/').filter(|component| !component.is_empty()) {
        let above = directory.as_ref().map_or(top, AsFd::as_fd);
        directory = Some(open_component(above, component, HANDLE)?);
    }
    open_component(directory.as_ref().map_or(top, AsFd::as_fd), name, flags)
}

/// Opens one name in a directory, unless it is a link.
pub fn open_component(directory: BorrowedFd<'_>, name: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    retry_on_intr(|| openat(directory, name, flags | OFlags::NOFOLLOW, Mode::empty()))
}

/// Where the link of a name in a directory leads; `None` when it is not a link.
pub fn link_of(directory: BorrowedFd<'_>, name: &str) -> Option<String> {
    let stat = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Symlink {
        return None;
    }
    let target = readlinkat(directory, name, Vec::new()).unwrap_or_default();
    Some(target.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    use rustix::fs::{fstat, open};

    fn top(path: &std::path::Path) -> OwnedFd {
        open(path, HANDLE, Mode::empty()).expect("the directory opens")
    }

    #[test]
    fn opens_what_is_there_and_refuses_links() {
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir_all(home.path().join("a/b")).expect("directories");
        fs::write(home.path().join("a/b/c"), "x").expect("a file");
        symlink("a", home.path().join("link")).expect("a link");
        symlink("a/b/c", home.path().join("file")).expect("a link");
        let top = top(home.path());
        let read = OFlags::RDONLY | OFlags::CLOEXEC;
        for open in [open_beneath, descend] {
            assert!(open(top.as_fd(), "a/b/c", read).is_ok());
            assert!(open(top.as_fd(), "a/b", HANDLE).is_ok());
            assert!(matches!(open(top.as_fd(), "link/b/c", read), Err(Errno::LOOP | Errno::NOTDIR)));
            assert!(matches!(open(top.as_fd(), "file", read), Err(Errno::LOOP)));
            assert_eq!(open(top.as_fd(), "a/b/c/d", read).err(), Some(Errno::NOTDIR));
        }
        assert!(open_beneath(top.as_fd(), "", HANDLE).is_ok());
        assert!(open_beneath(top.as_fd(), "../x", HANDLE).is_err());
        assert!(open_through_links(top.as_fd(), "link/b/c", read).is_ok());
        assert_eq!(link_of(top.as_fd(), "link").as_deref(), Some("a"));
        assert_eq!(link_of(top.as_fd(), "a"), None);
    }

    #[test]
    fn a_path_longer_than_the_kernel_takes_is_opened_in_pieces() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let name = "d".repeat(200);
        let mut directory = top(home.path());
        for _ in 0..60 {
            rustix::fs::mkdirat(&directory, &name, Mode::RWXU).expect("a directory");
            directory = openat(&directory, &name, HANDLE, Mode::empty()).expect("the directory opens");
        }
        let path = vec![name; 60].join("/");
        let opened = open_beneath(top(home.path()).as_fd(), &path, HANDLE);
        let opened = fstat(opened.expect("the path opens")).expect("it has a stat");
        assert_eq!(opened.st_ino, fstat(&directory).expect("it has a stat").st_ino);
    }
}
