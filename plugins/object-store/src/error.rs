//! What a service answered, as an error of the contract. Nothing of a request goes into it: a URL may hold a signature.

use std::error::Error as StdError;

use larder_plugin_api::{Error, ErrorKind};
use opendal::ErrorKind as Answer;

/// The code of a request that was not sent, because its address would become that of another object.
pub const NOT_SENT: &str = "NotSent";

/// The error for what OpenDAL says. `place` is the bucket or container, `sources` where credentials were looked for.
pub fn of_service(error: &opendal::Error, place: &str, sources: &str) -> Error {
    let code = quoted(error.message(), "code: ").or_else(|| quoted(error.message(), "reason: "));
    let code = code.unwrap_or_default();
    if code == NOT_SENT {
        return not_sent();
    }
    let kind = kind_of_code(code).unwrap_or_else(|| kind_of_answer(error));
    let mut result = Error::new(kind, message(error, kind, code, place));
    if kind == ErrorKind::Unavailable && is_lasting(code) {
        result = result.with_retryable(false);
    }
    if kind == ErrorKind::Unauthenticated && code.is_empty() {
        result = result.with_cause(format!("credentials were looked for in: {sources}"));
    }
    let mut source = error.source();
    while let Some(cause) = source {
        result = result.with_cause(cause.to_string());
        source = cause.source();
    }
    result
}

/// No request can reach the key.
pub fn not_sent() -> Error {
    let message = "the address of this key would become that of another object (`.` and `..` are taken out of it): nothing was sent";
    Error::new(ErrorKind::InvalidPath, message)
}

/// The bucket or container does not exist; no retry helps.
pub fn missing_place(place: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("{place} does not exist")).with_retryable(false)
}

fn message(error: &opendal::Error, kind: ErrorKind, code: &str, place: &str) -> String {
    if is_missing_place(code) {
        return format!("{place} does not exist");
    }
    if is_other_region(code) {
        let said = quoted(error.message(), "message: ").unwrap_or(code);
        return format!("{place} is in another region than the config says: {said}");
    }
    if !code.is_empty() {
        let said = quoted(error.message(), "message: ").unwrap_or_default();
        let said = said.lines().next().unwrap_or_default().trim_end_matches('.');
        return if said.is_empty() {
            format!("the service answered {code}")
        } else {
            format!("the service answered {code}: {said}")
        };
    }
    match kind {
        ErrorKind::NotFound => String::new(),
        ErrorKind::PermissionDenied => "the service refused the request without a reason".to_owned(),
        _ if error.message().is_empty() => "the service answered with an error, without a reason".to_owned(),
        _ => first_line(error.message()),
    }
}

/// Bodies that are no document of the service, such as a proxy's page, are cut.
fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    line.chars().take(200).collect()
}

/// A value in the text that OpenDAL makes of the service's answer: `S3Error { code: "SlowDown", message: "..." }`.
fn quoted<'a>(text: &'a str, field: &str) -> Option<&'a str> {
    let value = text[text.find(field)? + field.len()..].strip_prefix('"')?;
    value.split('"').next().filter(|value| !value.is_empty())
}

fn is_missing_place(code: &str) -> bool {
    matches!(code, "NoSuchBucket" | "ContainerNotFound" | "ContainerBeingDeleted" | "BucketNotFound")
}

fn is_other_region(code: &str) -> bool {
    matches!(
        code,
        "PermanentRedirect"
            | "TemporaryRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException"
    )
}

fn is_lasting(code: &str) -> bool {
    is_missing_place(code) || is_other_region(code)
}

fn kind_of_code(code: &str) -> Option<ErrorKind> {
    Some(match code {
        _ if is_lasting(code) => ErrorKind::Unavailable,
        "AccessDenied"
        | "AllAccessDisabled"
        | "AuthorizationFailure"
        | "AuthorizationPermissionMismatch"
        | "AuthorizationResourceTypeMismatch"
        | "InsufficientAccountPermissions"
        | "forbidden" => ErrorKind::PermissionDenied,
        "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "ExpiredToken"
        | "InvalidToken"
        | "TokenRefreshRequired"
        | "RequestTimeTooSkewed"
        | "RequestExpired"
        | "AuthenticationFailed"
        | "InvalidAuthenticationInfo"
        | "NoAuthenticationInformation"
        | "InvalidSecurity"
        | "authError"
        | "required" => ErrorKind::Unauthenticated,
        "KeyTooLongError"
        | "InvalidBlobName"
        | "InvalidResourceName"
        | "OutOfRangeInput"
        | "InvalidUri"
        | "XMinioInvalidResourceName"
        | "XMinioInvalidObjectName" => ErrorKind::InvalidPath,
        "BadDigest"
        | "XAmzContentChecksumMismatch"
        | "XAmzContentSHA256Mismatch"
        | "Md5Mismatch"
        | "Crc64Mismatch" => ErrorKind::Corrupt,
        "QuotaExceeded" | "StorageQuotaExceeded" | "EntityTooLarge" | "RequestBodyTooLarge" => {
            ErrorKind::NoSpace
        }
        "SlowDown" | "TooManyRequests" | "rateLimitExceeded" => ErrorKind::RateLimited,
        "RequestTimeout" | "OperationTimedOut" => ErrorKind::TimedOut,
        "InternalError" | "ServiceUnavailable" | "ServerBusy" | "backendError" => ErrorKind::Unavailable,
        _ => return None,
    })
}

fn kind_of_answer(error: &opendal::Error) -> ErrorKind {
    match error.kind() {
        Answer::NotFound => ErrorKind::NotFound,
        Answer::PermissionDenied if mentions_credential(error) => ErrorKind::Unauthenticated,
        Answer::PermissionDenied => ErrorKind::PermissionDenied,
        Answer::IsADirectory => ErrorKind::IsADirectory,
        Answer::NotADirectory => ErrorKind::NotADirectory,
        Answer::AlreadyExists => ErrorKind::AlreadyExists,
        Answer::RateLimited => ErrorKind::RateLimited,
        Answer::Unsupported => ErrorKind::Unsupported,
        Answer::ConfigInvalid => ErrorKind::InvalidArgument,
        Answer::Conflict => ErrorKind::Unavailable,
        Answer::ConditionNotMatch => ErrorKind::Corrupt,
        _ if mentions_credential(error) => ErrorKind::Unauthenticated,
        _ if timed_out(error) => ErrorKind::TimedOut,
        _ if is_checksum(error) => ErrorKind::Corrupt,
        _ if !error.is_permanent() => ErrorKind::Unavailable,
        _ => ErrorKind::Unexpected,
    }
}

/// Signing fails before a request is sent: then there is no answer, only the signer's words.
fn mentions_credential(error: &opendal::Error) -> bool {
    let has = |text: &str| text.to_ascii_lowercase().contains("credential");
    error.message().starts_with("signing") || has(error.message()) || causes(error).any(|cause| has(&cause))
}

fn timed_out(error: &opendal::Error) -> bool {
    causes(error).any(|cause| cause.contains("timed out"))
}

/// What [`verify`](crate::verify) says of a body that is not what the service keeps.
fn is_checksum(error: &opendal::Error) -> bool {
    error.message() == crate::verify::DIFFERS
}

fn causes(error: &opendal::Error) -> impl Iterator<Item = String> {
    std::iter::successors(error.source(), |cause| (*cause as &dyn StdError).source()).map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(kind: Answer, message: &str) -> Error {
        of_service(&opendal::Error::new(kind, message), "bucket `b`", "the config")
    }

    #[test]
    fn the_code_of_the_service_decides() {
        let text =
            |code: &str| format!("S3Error {{ code: \"{code}\", message: \"Said so.\", resource: \"/b\" }}");
        for (code, kind) in [
            ("InvalidAccessKeyId", ErrorKind::Unauthenticated),
            ("AccessDenied", ErrorKind::PermissionDenied),
            ("NoSuchBucket", ErrorKind::Unavailable),
            ("SlowDown", ErrorKind::RateLimited),
            ("BadDigest", ErrorKind::Corrupt),
        ] {
            assert_eq!(answer(Answer::PermissionDenied, &text(code)).kind(), kind, "{code}");
        }
        let error = answer(Answer::PermissionDenied, &text("AccessDenied"));
        assert_eq!(error.message(), "the service answered AccessDenied: Said so");
    }

    #[test]
    fn a_missing_bucket_is_no_missing_file_and_no_retry_helps() {
        let error = answer(Answer::ConfigInvalid, "S3Error { code: \"NoSuchBucket\", message: \"\" }");
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, false));
        assert_eq!(error.message(), "bucket `b` does not exist");
    }

    #[test]
    fn a_page_of_a_proxy_is_cut() {
        let error = answer(Answer::Unexpected, &"<html>".repeat(1000));
        assert!(error.message().len() <= 200, "{}", error.message());
    }
}
