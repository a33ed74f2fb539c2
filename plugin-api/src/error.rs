//! The error a store answers with: a kind from a fixed list, what was tried, and the causes as text.

use std::error::Error as StdError;
use std::fmt;
use std::io;

/// The result of every store operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $code:literal, $text:literal;)+) => {
        /// What went wrong, as a caller can act on it.
        ///
        /// The numbers cross the ABI and never change their meaning. A number that this version does not know survives
        /// as [`ErrorKind::Unknown`], so that a host can pass on what a newer flavor said.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[doc = $doc])+ $kind,)+
            /// A kind that a newer version of this crate has a name for.
            Unknown(u32),
        }

        impl ErrorKind {
            /// Every kind that has a name, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The number that crosses the ABI.
            pub const fn code(self) -> u32 {
                match self {
                    $(Self::$kind => $code,)+
                    Self::Unknown(code) => code,
                }
            }

            /// The kind for a number that crossed the ABI.
            pub const fn from_code(code: u32) -> Self {
                match code {
                    $($code => Self::$kind,)+
                    code => Self::Unknown(code),
                }
            }

            /// The kind in words, lower case: `not found`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $text,)+
                    Self::Unknown(_) => "unknown kind of error",
                }
            }
        }
    };
}

kinds! {
    /// Nothing stands at the path.
    NotFound = 1, "not found";
    /// Something stands at the path that must be free.
    AlreadyExists = 2, "already exists";
    /// A file was wanted.
    IsADirectory = 3, "is a directory";
    /// A directory was wanted.
    NotADirectory = 4, "not a directory";
    /// A directory has entries and must have none.
    NotEmpty = 5, "not empty";
    /// The store knows the caller and refuses the operation.
    PermissionDenied = 6, "permission denied";
    /// The store does not know the caller: a credential is missing, wrong or expired.
    Unauthenticated = 7, "unauthenticated";
    /// The flavor, or this store, cannot do it. Nothing was changed.
    Unsupported = 8, "unsupported";
    /// The path can name nothing in this store: it is too long, or has a byte that is not allowed.
    InvalidPath = 9, "invalid path";
    /// An argument or a config value is wrong.
    InvalidArgument = 10, "invalid argument";
    /// The path, or a symbolic link on it, leads out of the root.
    OutOfBounds = 11, "out of bounds";
    /// The caller cancelled.
    Interrupted = 12, "interrupted";
    /// No answer in time.
    TimedOut = 13, "timed out";
    /// The store cannot be reached or is not able to answer now.
    Unavailable = 14, "unavailable";
    /// The store asks for fewer requests.
    RateLimited = 15, "rate limited";
    /// The disk, quota or account is full.
    NoSpace = 16, "no space";
    /// What was read is not what was written: a checksum differs, a body ends early.
    Corrupt = 17, "corrupt";
    /// The flavor's code panicked; the message and the place are in the error.
    Panicked = 18, "panicked";
    /// None of the others.
    Unexpected = 19, "unexpected";
    /// Something else is there than what the caller read before; it stays as it is.
    Changed = 20, "changed";
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(code) => write!(f, "error of kind {code}"),
            kind => f.write_str(kind.as_str()),
        }
    }
}

/// Why an operation failed.
///
/// A flavor gives the kind, a message and, where there is one, the source; the operation and the path are filled in by
/// the code around the flavor when they are empty. The message is lower case, has no final period and does not repeat
/// its source, which stands in [`causes`](Self::causes).
///
/// ```
/// use larder_plugin_api::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::NotFound, "no row with this key").with_operation("stat").with_path("a/b");
/// assert_eq!(error.to_string(), "stat `a/b`: not found: no row with this key");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    operation: String,
    path: String,
    message: String,
    retryable: bool,
    causes: Vec<String>,
}

impl Error {
    /// An error of this kind. The message may be empty when the kind says it all.
    ///
    /// Timed out, unavailable and rate limited count as [retryable](Self::is_retryable) unless
    /// [`with_retryable`](Self::with_retryable) says otherwise.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retryable = matches!(kind, ErrorKind::TimedOut | ErrorKind::Unavailable | ErrorKind::RateLimited);
        Self {
            inner: Box::new(Inner {
                kind,
                operation: String::new(),
                path: String::new(),
                message: message.into(),
                retryable,
                causes: Vec::new(),
            }),
        }
    }

    /// The error for an ability that the flavor does not claim.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    /// Nothing stands at the path.
    pub fn not_found() -> Self {
        ErrorKind::NotFound.into()
    }

    /// Something stands at the path already.
    pub fn already_exists() -> Self {
        ErrorKind::AlreadyExists.into()
    }

    /// A file was wanted, a directory found.
    pub fn is_a_directory() -> Self {
        ErrorKind::IsADirectory.into()
    }

    /// A directory was wanted, something else found.
    pub fn not_a_directory() -> Self {
        ErrorKind::NotADirectory.into()
    }

    /// Names the operation, as the trait spells it.
    #[must_use]
    pub fn with_operation(mut self, operation: impl Into<String>) -> Self {
        self.inner.operation = operation.into();
        self
    }

    /// Names the path the error is about.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.inner.path = path.into();
        self
    }

    /// Says whether trying again can help.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.inner.retryable = retryable;
        self
    }

    /// Adds a source and everything below it to the causes.
    #[must_use]
    pub fn with_source(mut self, source: &dyn StdError) -> Self {
        let mut next = Some(source);
        while let Some(cause) = next {
            self.inner.causes.push(cause.to_string());
            next = cause.source();
        }
        self
    }

    /// Adds one cause as text.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.inner.causes.push(cause.into());
        self
    }

    /// Fills in the operation and the path where the flavor left them empty.
    #[must_use]
    pub fn or_context(mut self, operation: &str, path: &str) -> Self {
        if self.inner.operation.is_empty() {
            operation.clone_into(&mut self.inner.operation);
        }
        if self.inner.path.is_empty() {
            path.clone_into(&mut self.inner.path);
        }
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The operation that failed, as the trait spells it; empty when it is not known.
    pub fn operation(&self) -> &str {
        &self.inner.operation
    }

    /// The path it failed on, relative to the root; empty for the root.
    pub fn path(&self) -> &str {
        &self.inner.path
    }

    /// What was found and what was expected; may be empty.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// Whether trying again can help.
    pub fn is_retryable(&self) -> bool {
        self.inner.retryable
    }

    /// What led to the error, nearest cause first.
    pub fn causes(&self) -> &[String] {
        &self.inner.causes
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, operation, path, message, .. } = &*self.inner;
        match (operation.is_empty(), path.is_empty()) {
            (true, _) => {}
            (false, true) => write!(f, "{operation}: ")?,
            (false, false) => write!(f, "{operation} `{path}`: ")?,
        }
        write!(f, "{kind}")?;
        if !message.is_empty() {
            write!(f, ": {message}")?;
        }
        Ok(())
    }
}

impl StdError for Error {}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind, "")
    }
}

/// Keeps the kind that the operating system named and the text as a cause.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            return inner.clone();
        }
        Self::from(kind_of_io(&error)).with_cause(error.to_string())
    }
}

/// Lets a store's reader or writer stand where `std::io` is expected; the error itself is the inner value.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::NotFound => io::ErrorKind::NotFound,
            ErrorKind::AlreadyExists => io::ErrorKind::AlreadyExists,
            ErrorKind::IsADirectory => io::ErrorKind::IsADirectory,
            ErrorKind::NotADirectory => io::ErrorKind::NotADirectory,
            ErrorKind::NotEmpty => io::ErrorKind::DirectoryNotEmpty,
            ErrorKind::PermissionDenied | ErrorKind::Unauthenticated | ErrorKind::OutOfBounds => {
                io::ErrorKind::PermissionDenied
            }
            ErrorKind::Unsupported => io::ErrorKind::Unsupported,
            ErrorKind::InvalidPath | ErrorKind::InvalidArgument => io::ErrorKind::InvalidInput,
            ErrorKind::TimedOut => io::ErrorKind::TimedOut,
            ErrorKind::NoSpace => io::ErrorKind::StorageFull,
            ErrorKind::Corrupt => io::ErrorKind::InvalidData,
            // `Interrupted` is not passed on as such: std retries it without end.
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

fn kind_of_io(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::AlreadyExists => ErrorKind::AlreadyExists,
        io::ErrorKind::IsADirectory => ErrorKind::IsADirectory,
        io::ErrorKind::NotADirectory => ErrorKind::NotADirectory,
        io::ErrorKind::DirectoryNotEmpty => ErrorKind::NotEmpty,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::PermissionDenied,
        io::ErrorKind::Unsupported => ErrorKind::Unsupported,
        io::ErrorKind::InvalidFilename => ErrorKind::InvalidPath,
        io::ErrorKind::InvalidInput => ErrorKind::InvalidArgument,
        io::ErrorKind::TimedOut => ErrorKind::TimedOut,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            ErrorKind::NoSpace
        }
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => ErrorKind::Corrupt,
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable => ErrorKind::Unavailable,
        _ => ErrorKind::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_keeps_its_number() {
        for kind in ErrorKind::ALL {
            assert_eq!(ErrorKind::from_code(kind.code()), *kind);
        }
        let codes: Vec<u32> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes, (1..=20).collect::<Vec<_>>());
    }

    #[test]
    fn a_number_of_a_newer_version_survives() {
        assert_eq!(ErrorKind::from_code(4_000).code(), 4_000);
    }

    #[test]
    fn context_does_not_replace_what_the_flavor_said() {
        let error = Error::not_found().with_path("inner").or_context("copyfile", "outer");
        assert_eq!((error.operation(), error.path()), ("copyfile", "inner"));
    }

    #[test]
    fn survives_a_trip_through_io() {
        let error = Error::new(ErrorKind::RateLimited, "slow down").with_cause("503");
        assert_eq!(Error::from(io::Error::from(error.clone())), error);
    }
}
