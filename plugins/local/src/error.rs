//! Errors: from an errno and what was tried to the kinds of the contract.

use std::io;

use larder_plugin_api::{Error, ErrorKind};
use rustix::io::Errno;

/// Turns an errno into the error of the contract; `tried` completes "cannot ...".
pub fn failed(tried: &'static str) -> impl Fn(Errno) -> Error {
    move |errno| {
        let kind = kind_of(errno);
        // These say it all: what is in the way, at the path that the caller knows.
        let plain = matches!(
            kind,
            ErrorKind::NotFound
                | ErrorKind::AlreadyExists
                | ErrorKind::IsADirectory
                | ErrorKind::NotADirectory
                | ErrorKind::NotEmpty
        );
        if plain {
            return kind.into();
        }
        let error = Error::new(kind, explain(errno, tried));
        // What the system calls it, a link across devices, would only mislead.
        if errno == Errno::XDEV { error } else { error.with_source(&errno) }
    }
}

/// As [`failed`], for what must be there already: below a file there is nothing.
pub fn missing(tried: &'static str) -> impl Fn(Errno) -> Error {
    move |errno| match errno {
        Errno::NOTDIR => Error::new(ErrorKind::NotFound, "a file stands where a parent must be"),
        errno => failed(tried)(errno),
    }
}

/// As [`failed`], for what std did.
pub fn failed_io(tried: &'static str) -> impl Fn(io::Error) -> Error {
    move |error| match Errno::from_io_error(&error) {
        Some(errno) => failed(tried)(errno),
        None => Error::new(ErrorKind::Unexpected, format!("cannot {tried}")).with_source(&error),
    }
}

/// As [`failed`], for a file of this machine that is no part of the store: the error names it, as its path too.
pub fn failed_local<'a>(tried: &'a str, local: &'a str) -> impl Fn(Errno) -> Error + 'a {
    move |errno| {
        Error::new(kind_of(errno), format!("cannot {tried} `{local}`")).with_path(local).with_source(&errno)
    }
}

/// The error for a file that is not any more what it was.
pub fn changed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Changed, message)
}

/// The error for something that is neither a file nor a directory.
pub fn not_a_file() -> Error {
    Error::unsupported("neither a file nor a directory; such things are listed and removed, not opened")
}

fn explain(errno: Errno, tried: &str) -> String {
    match errno {
        Errno::XDEV => "a symbolic link on the path leads out of the root".to_owned(),
        Errno::LOOP => format!("cannot {tried}: too many symbolic links on the path"),
        Errno::NAMETOOLONG => format!("cannot {tried}: a name is longer than the filesystem takes"),
        Errno::ROFS => format!("cannot {tried}: the filesystem is read-only"),
        _ => format!("cannot {tried}"),
    }
}

fn kind_of(errno: Errno) -> ErrorKind {
    match errno {
        Errno::NOENT => ErrorKind::NotFound,
        Errno::EXIST => ErrorKind::AlreadyExists,
        Errno::ISDIR => ErrorKind::IsADirectory,
        Errno::NOTDIR => ErrorKind::NotADirectory,
        Errno::NOTEMPTY => ErrorKind::NotEmpty,
        Errno::ACCESS | Errno::PERM | Errno::ROFS => ErrorKind::PermissionDenied,
        Errno::NOSPC | Errno::DQUOT | Errno::FBIG => ErrorKind::NoSpace,
        Errno::XDEV => ErrorKind::OutOfBounds,
        Errno::LOOP | Errno::NAMETOOLONG | Errno::ILSEQ => ErrorKind::InvalidPath,
        Errno::OPNOTSUPP | Errno::NOSYS | Errno::NXIO | Errno::NODEV => ErrorKind::Unsupported,
        Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::AGAIN | Errno::BUSY => ErrorKind::Unavailable,
        Errno::TIMEDOUT => ErrorKind::TimedOut,
        _ => ErrorKind::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_was_tried_and_keeps_the_cause() {
        let error = failed("write the file")(Errno::NOSPC);
        assert_eq!((error.kind(), error.message()), (ErrorKind::NoSpace, "cannot write the file"));
        assert_eq!(error.causes(), ["No space left on device (os error 28)"]);
    }

    #[test]
    fn a_file_as_parent_is_not_found_when_something_must_be_there() {
        assert_eq!(missing("look")(Errno::NOTDIR).kind(), ErrorKind::NotFound);
        assert_eq!(failed("look")(Errno::NOTDIR).kind(), ErrorKind::NotADirectory);
    }
}
