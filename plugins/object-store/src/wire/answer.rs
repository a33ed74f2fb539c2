//! What an answer to a request of this crate says, in the shape of OpenDAL's errors: [`error`](crate::error) reads both.

use http::StatusCode;
use opendal::{Error, ErrorKind};

use super::xml::Element;

/// The error that an answer is; `None` for one of success.
pub fn error_of(status: StatusCode, body: &[u8]) -> Option<Error> {
    // An answer of success may be an error all the same: the service began to answer before it knew (S3, "CopyObject").
    let stated = of_xml(body).or_else(|| if status.is_success() { None } else { of_json(body) });
    if status.is_success() && stated.is_none() {
        return None;
    }
    let (code, said) = stated.unwrap_or_default();
    let message = if code.is_empty() {
        String::from_utf8_lossy(body).into_owned()
    } else {
        format!("code: \"{}\", message: \"{}\"", unquoted(&code), unquoted(&said))
    };
    let error = Error::new(kind(status, &code), message);
    Some(if is_passing(status, &code) { error.set_temporary() } else { error })
}

/// The error that one object of a batch is.
pub fn error_of_code(code: &str, said: &str) -> Error {
    let status = match code {
        "AccessDenied" => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    };
    let message = format!("code: \"{}\", message: \"{}\"", unquoted(code), unquoted(said));
    let error = Error::new(kind(status, code), message);
    if is_passing(status, code) { error.set_temporary() } else { error }
}

fn unquoted(text: &str) -> String {
    text.replace('"', "'")
}

fn of_xml(body: &[u8]) -> Option<(String, String)> {
    if !body.iter().take(512).any(|byte| *byte == b'<') {
        return None;
    }
    // A long answer that is not an error is not parsed twice.
    let beginning = String::from_utf8_lossy(&body[..body.len().min(512)]).into_owned();
    if !beginning.contains("<Error>") && !beginning.contains("<Error ") {
        return None;
    }
    let root = Element::parse(body).ok().filter(|root| root.name == "Error")?;
    Some((root.text_of("Code").to_owned(), root.text_of("Message").to_owned()))
}

fn of_json(body: &[u8]) -> Option<(String, String)> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    let error = &value["error"];
    let reason = error["errors"][0]["reason"].as_str().unwrap_or_default();
    Some((reason.to_owned(), error["message"].as_str().unwrap_or_default().to_owned()))
}

fn kind(status: StatusCode, code: &str) -> ErrorKind {
    match code {
        "NoSuchBucket" | "ContainerNotFound" | "BucketNotFound" => return ErrorKind::ConfigInvalid,
        "NoSuchKey" | "BlobNotFound" => return ErrorKind::NotFound,
        // Azure answers the last one, with 409, to a copy whose target had to be free.
        "PreconditionFailed" | "ConditionNotMet" | "conditionNotMet" | "BlobAlreadyExists" => {
            return ErrorKind::ConditionNotMatch;
        }
        "SlowDown" | "TooManyRequests" | "rateLimitExceeded" => return ErrorKind::RateLimited,
        _ => {}
    }
    match status {
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => ErrorKind::PermissionDenied,
        StatusCode::NOT_FOUND => ErrorKind::NotFound,
        StatusCode::PRECONDITION_FAILED | StatusCode::NOT_MODIFIED => ErrorKind::ConditionNotMatch,
        StatusCode::CONFLICT => ErrorKind::Conflict,
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited,
        _ => ErrorKind::Unexpected,
    }
}

fn is_passing(status: StatusCode, code: &str) -> bool {
    let is_status = matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    );
    let is_code = matches!(
        code,
        "RequestTimeout"
            | "InternalError"
            | "OperationAborted"
            | "ConditionalRequestConflict"
            | "SlowDown"
            | "ServiceUnavailable"
            | "TooManyRequests"
            | "rateLimitExceeded"
            | "backendError"
            | "ServerBusy"
            | "OperationTimedOut"
    );
    is_status || is_code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_of_any_service_is_understood() {
        let xml =
            b"<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Say \"please\"</Message></Error>";
        let error = error_of(StatusCode::SERVICE_UNAVAILABLE, xml).expect("it is an error");
        assert_eq!((error.kind(), error.is_temporary()), (ErrorKind::RateLimited, true));
        assert_eq!(error.message(), "code: \"SlowDown\", message: \"Say 'please'\"");
        let json = br#"{"error": {"code": 403, "message": "No.", "errors": [{"reason": "forbidden"}]}}"#;
        let error = error_of(StatusCode::FORBIDDEN, json).expect("it is an error");
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::PermissionDenied, "code: \"forbidden\", message: \"No.\"")
        );
        assert_eq!(
            error_of(StatusCode::BAD_GATEWAY, b"<html>").map(|error| error.is_temporary()),
            Some(true)
        );
    }

    #[test]
    fn an_error_in_an_answer_of_success_is_one() {
        let xml = b"<Error><Code>InternalError</Code><Message>Try again</Message></Error>";
        assert!(error_of(StatusCode::OK, xml).is_some_and(|error| error.is_temporary()));
        assert!(error_of(StatusCode::OK, b"<ListBucketResult/>").is_none());
        assert!(error_of(StatusCode::NO_CONTENT, b"").is_none());
    }
}
