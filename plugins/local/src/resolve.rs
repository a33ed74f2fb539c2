//! Opening a path so that nothing above a directory can be reached, whatever its symbolic links say or come to say.
//!
//! On Linux the kernel does it (`openat2`, `RESOLVE_BENEATH`). Elsewhere, and on kernels before 5.6, the path is
//! descended component by component, and every symbolic link is refused.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, openat, statat};
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

/// What becomes of symbolic links on the way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// Followed as long as they stay below the top.
    Follow,
    /// Refused.
    Refuse,
}

/// Opens what is at `path` below `top`; the empty path is `top` itself. A link that leads out gives `XDEV`.
pub fn open_beneath(top: BorrowedFd<'_>, path: &[u8], flags: OFlags, links: Links) -> Result<OwnedFd, Errno> {
    if path.len() < PATH_MAX {
        return open_piece(top, path, flags, links);
    }
    let (first, rest) = split_at_slash(path)?;
    let mut directory = open_piece(top, first, HANDLE, links)?;
    let mut path = rest;
    while path.len() >= PATH_MAX {
        let (first, rest) = split_at_slash(path)?;
        directory = open_piece(directory.as_fd(), first, HANDLE, links)?;
        path = rest;
    }
    open_piece(directory.as_fd(), path, flags, links)
}

/// Splits a long path at the last `/` of what the kernel takes at once.
fn split_at_slash(path: &[u8]) -> Result<(&[u8], &[u8]), Errno> {
    let slash = path[..PATH_MAX].iter().rposition(|byte| *byte == b'/').ok_or(Errno::NAMETOOLONG)?;
    Ok((&path[..slash], &path[slash + 1..]))
}

fn open_piece(top: BorrowedFd<'_>, path: &[u8], flags: OFlags, links: Links) -> Result<OwnedFd, Errno> {
    #[cfg(target_os = "linux")]
    if kernel::is_able() {
        return kernel::open(top, path, flags, links);
    }
    let _ = links;
    descend(top, path, flags)
}

#[cfg(target_os = "linux")]
mod kernel {
    //! `openat2`.

    use std::os::fd::{BorrowedFd, OwnedFd};
    use std::sync::OnceLock;

    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
    use rustix::io::{Errno, retry_on_intr};

    use super::Links;

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

    pub fn open(top: BorrowedFd<'_>, path: &[u8], flags: OFlags, links: Links) -> Result<OwnedFd, Errno> {
        let path = if path.is_empty() { b"." } else { path };
        let mut resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        if links == Links::Refuse {
            resolve |= ResolveFlags::NO_SYMLINKS;
        }
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
fn descend(top: BorrowedFd<'_>, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
    let Some(slash) = path.iter().rposition(|byte| *byte == b'/') else {
        let name = if path.is_empty() { b"." } else { path };
        return open_component(top, name, flags);
    };
    let mut directory: Option<OwnedFd> = None;
    for component in path[..slash].split(|byte| *byte == b'/') {
        let above = directory.as_ref().map_or(top, AsFd::as_fd);
        directory = Some(open_component(above, component, HANDLE)?);
    }
    let above = directory.as_ref().map_or(top, AsFd::as_fd);
    open_component(above, &path[slash + 1..], flags)
}

fn open_component(directory: BorrowedFd<'_>, name: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
    let opened = retry_on_intr(|| openat(directory, name, flags | OFlags::NOFOLLOW, Mode::empty()));
    match opened {
        // Systems differ in what they call a link that is not followed.
        Err(Errno::NOTDIR | Errno::LOOP | Errno::MLINK) if is_link(directory, name) => Err(Errno::XDEV),
        result => result,
    }
}

fn is_link(directory: BorrowedFd<'_>, name: &[u8]) -> bool {
    statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
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
    fn the_descent_opens_what_is_there_and_refuses_links() {
        let home = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir_all(home.path().join("a/b")).expect("directories");
        fs::write(home.path().join("a/b/c"), "x").expect("a file");
        symlink("a", home.path().join("link")).expect("a link");
        symlink("a/b/c", home.path().join("file")).expect("a link");
        let top = top(home.path());
        let read = OFlags::RDONLY | OFlags::CLOEXEC;
        assert!(descend(top.as_fd(), b"a/b/c", read).is_ok());
        assert!(descend(top.as_fd(), b"", HANDLE).is_ok());
        assert_eq!(descend(top.as_fd(), b"link/b/c", read).err(), Some(Errno::XDEV));
        assert_eq!(descend(top.as_fd(), b"file", read).err(), Some(Errno::XDEV));
        assert_eq!(descend(top.as_fd(), b"a/b/c/d", read).err(), Some(Errno::NOTDIR));
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
        let opened = open_beneath(top(home.path()).as_fd(), path.as_bytes(), HANDLE, Links::Refuse);
        let opened = fstat(opened.expect("the path opens")).expect("it has a stat");
        assert_eq!(opened.st_ino, fstat(&directory).expect("it has a stat").st_ino);
    }
}
