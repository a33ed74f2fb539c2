//! What can go wrong inside an operation, and which kind of the contract it is.

use std::path::Path;

use larder_plugin_api::{Error, ErrorKind};
use rusqlite::ErrorCode;

/// An error on its way out of a transaction: what the contract says, or what SQLite says. It becomes the contract's
/// error where the database's file is known, which the message names.
#[derive(Debug)]
pub enum Failure {
    Contract(Error),
    Sqlite(rusqlite::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Contract(error)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Failure {
    /// Whether another connection holds a lock that this one waits for.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Sqlite(error)
            if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)))
    }

    /// The error of the contract.
    pub fn into_error(self, file: &Path) -> Error {
        match self {
            Self::Contract(error) => error,
            Self::Sqlite(error) => of_sqlite(&error, file),
        }
    }
}

fn of_sqlite(error: &rusqlite::Error, file: &Path) -> Error {
    use ErrorCode as Code;
    let (kind, what) = match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked | Code::FileLockingProtocolFailed) => {
            (ErrorKind::Unavailable, "is locked by another writer")
        }
        Some(Code::DiskFull) => (ErrorKind::NoSpace, "cannot grow"),
        Some(Code::OutOfMemory) => (ErrorKind::NoSpace, "needs more memory than there is"),
        Some(Code::TooBig) => (ErrorKind::InvalidArgument, "cannot hold a value of this size"),
        Some(Code::DatabaseCorrupt) => (ErrorKind::Corrupt, "is damaged"),
        Some(Code::NotADatabase) => (ErrorKind::Corrupt, "is no SQLite database, or is damaged"),
        Some(Code::ReadOnly) => (ErrorKind::PermissionDenied, "can only be read"),
        Some(Code::PermissionDenied | Code::AuthorizationForStatementDenied) => {
            (ErrorKind::PermissionDenied, "cannot be accessed")
        }
        Some(Code::CannotOpen) => (kind_of_unopened(file), "cannot be opened"),
        Some(Code::OperationInterrupted) => return ErrorKind::Interrupted.into(),
        _ => (ErrorKind::Unexpected, "gave an error"),
    };
    // The sources below say the same in other words; the code tells the many input and output errors apart.
    let code = error.sqlite_extended_error_code().map(|code| format!(" (SQLite code {code})"));
    Error::new(kind, format!("database `{}` {what}", file.display()))
        .with_cause(format!("{error}{}", code.unwrap_or_default()))
}

/// SQLite does not say why it could not open a file. The file is only looked at: to open it here and close it would
/// drop the locks that other connections of this process have on it.
fn kind_of_unopened(file: &Path) -> ErrorKind {
    match std::fs::metadata(file) {
        Ok(found) if found.is_dir() => ErrorKind::InvalidPath,
        Ok(_) => ErrorKind::PermissionDenied,
        Err(error) => match Error::from(error).kind() {
            ErrorKind::NotFound => ErrorKind::PermissionDenied,
            kind => kind,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn every_code_of_sqlite_has_the_kind_that_a_caller_can_act_on() {
        for (code, kind) in [
            (ffi::SQLITE_BUSY, ErrorKind::Unavailable),
            (ffi::SQLITE_FULL, ErrorKind::NoSpace),
            (ffi::SQLITE_CORRUPT, ErrorKind::Corrupt),
            (ffi::SQLITE_NOTADB, ErrorKind::Corrupt),
            (ffi::SQLITE_READONLY, ErrorKind::PermissionDenied),
            (ffi::SQLITE_PERM, ErrorKind::PermissionDenied),
            (ffi::SQLITE_INTERRUPT, ErrorKind::Interrupted),
            (ffi::SQLITE_IOERR, ErrorKind::Unexpected),
        ] {
            let failure = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let error = Failure::from(failure).into_error(Path::new("/x.db"));
            assert_eq!(error.kind(), kind, "code {code}");
            assert_eq!(error.is_retryable(), kind == ErrorKind::Unavailable);
            assert!(kind == ErrorKind::Interrupted || error.message().starts_with("database `/x.db` "));
        }
    }
}
