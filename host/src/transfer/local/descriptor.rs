//! Paths that mean an open descriptor of this process: `/dev/stdout`, `/dev/fd/3`, and links to them.
//!
//! Opening such a path again would begin at the first byte of a redirected file, over what was written already.

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

/// How many links are followed, as by the kernel.
const MOST_LINKS: usize = 40;

/// The descriptor that a path means, duplicated; `None` when it means none.
pub fn of(path: &Path) -> Option<io::Result<OwnedFd>> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        if let Some(number) = number_of(&path) {
            return Some(duplicate(number));
        }
        // Links of the system itself lead to files that are no paths.
        path = next(&path)?;
    }
    None
}

/// Where a link leads by its text; `None` when it is not a link.
pub fn next(path: &Path) -> Option<PathBuf> {
    let target = fs::read_link(path).ok()?;
    Some(path.parent().unwrap_or(Path::new("")).join(target))
}

fn number_of(path: &Path) -> Option<i32> {
    let own = std::process::id().to_string();
    let names: Vec<&str> = path
        .components()
        .filter(|component| *component != Component::RootDir)
        .map(|component| component.as_os_str().to_str())
        .collect::<Option<_>>()?;
    if !path.is_absolute() {
        return None;
    }
    match names.as_slice() {
        ["dev", "stdin"] => Some(0),
        ["dev", "stdout"] => Some(1),
        ["dev", "stderr"] => Some(2),
        ["dev", "fd", number] | ["proc", "self" | "thread-self", "fd", number] => number.parse().ok(),
        ["proc", process, "fd", number] if *process == own => number.parse().ok(),
        _ => None,
    }
}

fn duplicate(number: i32) -> io::Result<OwnedFd> {
    match number {
        0 => io::stdin().as_fd().try_clone_to_owned(),
        1 => io::stdout().as_fd().try_clone_to_owned(),
        2 => io::stderr().as_fd().try_clone_to_owned(),
        number => inherited::duplicate(number),
    }
}

#[cfg(target_os = "linux")]
mod inherited {
    //! A descriptor that the process was started with, by its number.

    use std::fs::{self, File};
    use std::io::{self, Seek, SeekFrom};
    use std::os::fd::OwnedFd;

    use rustix::io::Errno;
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

    const ACCESS: u32 = 0o3;
    const APPEND: u32 = 0o2000;
    const CLOSED_ON_EXEC: u32 = 0o2_000_000;

    pub fn duplicate(number: i32) -> io::Result<OwnedFd> {
        let (flags, position) = look_at(number).ok_or(Errno::BADF)?;
        if flags & CLOSED_ON_EXEC != 0 {
            // A descriptor of the process's own: nobody could have meant it.
            return Err(Errno::BADF.into());
        }
        let process = pidfd_open(getpid(), PidfdFlags::empty());
        match process.and_then(|process| pidfd_getfd(process, number, PidfdGetfdFlags::empty())) {
            // Some containers forbid the call, and old kernels lack it.
            Err(Errno::PERM | Errno::NOSYS) => open_again(number, flags, position),
            result => Ok(result?),
        }
    }

    /// The flags and the position of a descriptor.
    fn look_at(number: i32) -> Option<(u32, u64)> {
        let text = fs::read_to_string(format!("/proc/self/fdinfo/{number}")).ok()?;
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let flags = u32::from_str_radix(field("flags:")?, 8).ok()?;
        Some((flags, field("pos:")?.parse().ok()?))
    }

    /// The same file, from where the descriptor is.
    pub(super) fn open_again(number: i32, flags: u32, position: u64) -> io::Result<OwnedFd> {
        let mut options = File::options();
        let (reads, writes) = (flags & ACCESS != 1, flags & ACCESS != 0);
        options.read(reads).write(writes && flags & APPEND == 0).append(writes && flags & APPEND != 0);
        let mut file = options.open(format!("/proc/self/fd/{number}"))?;
        if file.metadata()?.is_file() {
            file.seek(SeekFrom::Start(position))?;
        }
        Ok(file.into())
    }
}

#[cfg(not(target_os = "linux"))]
mod inherited {
    //! A descriptor that the process was started with, by its number.

    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;

    /// Other systems duplicate what is opened by this path.
    pub fn duplicate(number: i32) -> io::Result<OwnedFd> {
        let file = File::options().read(true).write(true).open(format!("/dev/fd/{number}"));
        let file = file.or_else(|_| File::options().write(true).open(format!("/dev/fd/{number}")));
        Ok(file.or_else(|_| File::open(format!("/dev/fd/{number}")))?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn knows_the_paths_of_descriptors_and_links_to_them() {
        for (path, number) in [
            ("/dev/stdin", Some(0)),
            ("/dev/stdout", Some(1)),
            ("/dev/fd/2", Some(2)),
            ("/proc/self/fd/17", Some(17)),
            ("/dev/null", None),
            ("dev/stdout", None),
            ("/dev/fd/x", None),
            ("/dev/fd", None),
        ] {
            assert_eq!(number_of(Path::new(path)), number, "{path}");
        }
        let directory = tempfile::tempdir().expect("a directory");
        let link = directory.path().join("link");
        symlink("/dev/stderr", &link).expect("a link");
        assert!(of(&link).is_some_and(|opened| opened.is_ok()));
        assert!(of(directory.path()).is_none());
    }

    #[test]
    fn a_descriptor_of_the_process_itself_is_not_given_away() {
        use std::os::fd::AsRawFd;
        let file = tempfile::tempfile().expect("a file");
        let path = format!("/dev/fd/{}", file.as_raw_fd());
        assert!(of(Path::new(&path)).is_some_and(|opened| opened.is_err()));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_cannot_be_duplicated_is_opened_again_where_it_is() {
        use std::io::Write;
        use std::os::fd::AsRawFd;
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        let mut file = fs::File::create(&path).expect("a file");
        file.write_all(b"before ").expect("it writes");
        let again = inherited::open_again(file.as_raw_fd(), 1, 7).expect("it opens");
        fs::File::from(again).write_all(b"after").expect("it writes");
        assert_eq!(fs::read(&path).expect("it is there"), b"before after");
    }
}
