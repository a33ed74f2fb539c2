//! Renaming to a name that must be free, decided by the filesystem.

use std::os::fd::BorrowedFd;

use rustix::fs::{AtFlags, linkat, unlinkat};
use rustix::io::Errno;

/// Renames a file unless the new name is taken, which gives `EXIST`.
///
/// Where the filesystem cannot do it in one step, the file gets its second name before it loses the first.
pub fn rename_file(
    from: BorrowedFd<'_>,
    from_name: &str,
    to: BorrowedFd<'_>,
    to_name: &str,
) -> Result<(), Errno> {
    match rename(from, from_name, to, to_name) {
        Err(errno) if is_lacking(errno) => {
            linkat(from, from_name, to, to_name, AtFlags::empty())?;
            unlinkat(from, from_name, AtFlags::empty())
        }
        result => result,
    }
}

/// Renames anything unless the new name is taken; [`is_lacking`] tells when the filesystem cannot.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub fn rename(from: BorrowedFd<'_>, from_name: &str, to: BorrowedFd<'_>, to_name: &str) -> Result<(), Errno> {
    rustix::fs::renameat_with(from, from_name, to, to_name, rustix::fs::RenameFlags::NOREPLACE)
}

/// Renames anything unless the new name is taken: this system cannot.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub fn rename(_: BorrowedFd<'_>, _: &str, _: BorrowedFd<'_>, _: &str) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}

/// Whether the filesystem said that it has no rename to a free name.
pub fn is_lacking(errno: Errno) -> bool {
    matches!(errno, Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP)
}
