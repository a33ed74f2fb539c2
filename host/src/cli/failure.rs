//! How a command ends: done, refused, not understood, interrupted.

use std::io;

use larder::{Error, ErrorKind};
use larder_plugin_api::ErrorKind as StoreErrorKind;

/// What a command answers.
pub type Outcome<T = ()> = Result<T, Failure>;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// It failed, and this says why.
    Error(Error),
    /// The standard output could not be written; when its reader is gone, that is no error at all.
    Output(io::Error),
    /// The answer is no, or the errors are told already.
    Told,
    /// The question could not be answered; the errors are told already.
    Undecided,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<larder_plugin_api::Error> for Failure {
    fn from(error: larder_plugin_api::Error) -> Self {
        Self::Error(error.into())
    }
}

/// Only the standard output answers with a bare `io::Error` here; other files are named in an [`Error`].
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// The request was done.
pub const DONE: u8 = 0;
/// The request failed, or the answer is no.
pub const FAILED: u8 = 1;
/// The request was not understood.
pub const USAGE: u8 = 2;
/// A question could not be answered: what `test`, `grep` and `cmp` end with then (POSIX, "Exit Status" of each).
pub const UNDECIDED: u8 = 2;
/// The terminal has gone: 128 and the number of SIGHUP.
pub const HUNG_UP: u8 = 129;
/// The user interrupted it: 128 and the number of SIGINT, as shells say it.
pub const INTERRUPTED: u8 = 130;
/// It was told to end: 128 and the number of SIGTERM.
pub const TERMINATED: u8 = 143;

/// The exit status that goes with an error.
pub fn status_of(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Usage => USAGE,
        ErrorKind::Store(StoreErrorKind::Interrupted) => INTERRUPTED,
        _ => FAILED,
    }
}
