//! An error on its way across.

use abi_stable::StableAbi;
use abi_stable::std_types::{RBox, RResult, RString, RVec};

use crate::error::{Error, ErrorKind};

/// The fields of [`Error`].
#[repr(C)]
#[derive(StableAbi, Clone, Debug)]
pub struct ErrorFields {
    pub kind: u32,
    pub retryable: bool,
    pub operation: RString,
    pub path: RString,
    pub message: RString,
    pub causes: RVec<RString>,
}

/// Boxed, so that an answer that is no error stays small.
pub type AbiError = RBox<ErrorFields>;

/// What every operation answers.
pub type AbiResult<T> = RResult<T, AbiError>;

impl From<Error> for ErrorFields {
    fn from(error: Error) -> Self {
        Self {
            kind: error.kind().code(),
            retryable: error.is_retryable(),
            operation: error.operation().into(),
            path: error.path().into(),
            message: error.message().into(),
            causes: error.causes().iter().map(|cause| RString::from(cause.as_str())).collect(),
        }
    }
}

impl From<ErrorFields> for Error {
    fn from(fields: ErrorFields) -> Self {
        let error = Self::new(ErrorKind::from_code(fields.kind), fields.message)
            .with_retryable(fields.retryable)
            .with_operation(fields.operation)
            .with_path(fields.path);
        fields.causes.into_iter().fold(error, Error::with_cause)
    }
}

/// Turns what a flavor answers into what crosses.
#[inline]
pub fn to_abi<T>(result: Result<T, Error>) -> AbiResult<T> {
    match result {
        Ok(value) => RResult::ROk(value),
        Err(error) => RResult::RErr(RBox::new(error.into())),
    }
}

/// Turns what crossed into what a caller sees.
///
/// # Errors
///
/// The error that crossed.
#[inline]
pub fn from_abi<T>(result: AbiResult<T>) -> Result<T, Error> {
    match result {
        RResult::ROk(value) => Ok(value),
        RResult::RErr(error) => Err(RBox::into_inner(error).into()),
    }
}
