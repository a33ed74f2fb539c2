//! What a step may answer, by the contract.

use std::fmt;

use larder_plugin_api::{ErrorKind, Kind, Result};

use crate::check::case::error_text;
use crate::check::expect::words;

/// What a call that succeeds answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Nothing,
    Flag(bool),
    Size(u64),
    Stat(Kind, u64),
    Content(Vec<u8>),
    Names(Vec<String>),
}

impl Said {
    pub fn describe(said: &Result<Self>) -> String {
        match said {
            Ok(said) => words(said),
            Err(error) => error_text(error),
        }
    }
}

/// What the contract allows an operation to answer.
#[derive(Debug)]
pub enum Expected {
    Success(Said),
    /// An error of one of these kinds: where several are right the contract does not say which comes first.
    Error(Vec<ErrorKind>),
    /// Success that changes nothing, or an error of this kind.
    Either(ErrorKind),
}

impl Expected {
    pub fn admits(&self, got: &Result<Said>) -> bool {
        match (self, got) {
            (Self::Success(expected), Ok(got)) => expected == got,
            (Self::Error(kinds), Err(error)) => kinds.contains(&error.kind()),
            (Self::Either(kind), Err(error)) => error.kind() == *kind,
            (Self::Either(_), Ok(_)) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success(said) => write!(f, "{}", words(said)),
            Self::Error(kinds) => write!(f, "an error, one of {kinds:?}"),
            Self::Either(kind) => write!(f, "success, or {kind}"),
        }
    }
}

pub fn checked(errors: Vec<ErrorKind>, change: impl FnOnce()) -> Expected {
    answer(errors, || {
        change();
        Said::Nothing
    })
}

pub fn answer(errors: Vec<ErrorKind>, say: impl FnOnce() -> Said) -> Expected {
    if errors.is_empty() { Expected::Success(say()) } else { Expected::Error(errors) }
}
