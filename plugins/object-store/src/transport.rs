//! The HTTP client of a store: its timeouts, its name, how many requests are in flight, and what is seen of each answer.

use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use http::{Method, Request, Response, StatusCode, Uri};
use larder_plugin_api::{Error, ErrorKind, Result};
use opendal::{Buffer, HttpBody, HttpTransport, HttpTransporter};
use opendal_http_transport_reqwest::ReqwestTransport;
use tokio::sync::Semaphore;

use crate::error::NOT_SENT;
use crate::tuning::Tuning;
use crate::verify;

/// The longest pause that a service may ask for with `Retry-After`.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The header in which S3 says where a bucket is.
const BUCKET_REGION: &str = "x-amz-bucket-region";

/// How long a connection that nobody uses is kept.
const IDLE: Duration = Duration::from_mins(1);

/// The client of a store.
///
/// # Errors
///
/// *Unavailable* when it cannot be made, such as without certificates of the system.
pub fn make(tuning: &Tuning, as_stored: bool) -> Result<HttpTransporter> {
    // Another store of the library was first: then it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .user_agent(&tuning.user_agent)
        .connect_timeout(tuning.connect_timeout)
        .read_timeout(tuning.timeout)
        .pool_idle_timeout(IDLE)
        // A signature holds for one host: to send it elsewhere helps nobody.
        .redirect(reqwest::redirect::Policy::none())
        .tcp_nodelay(true)
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Unavailable, "the client for requests could not be made")
                .with_source(&error)
        })?;
    // Services that ask others for credentials take this one; the first store of the library decides which it is.
    HttpTransporter::install_default(ReqwestTransport::new(client.clone()));
    Ok(HttpTransporter::new(Watched {
        client: ReqwestTransport::new(client),
        in_flight: Arc::new(Semaphore::new(tuning.requests)),
        verify: tuning.verify_downloads,
        as_stored,
    }))
}

/// The client, and what Larder does with every request.
struct Watched {
    client: ReqwestTransport,
    /// Requests whose answer has not begun. A body that a reader takes its time for is in nobody's way.
    in_flight: Arc<Semaphore>,
    verify: bool,
    /// Whether content is to be asked for as it is stored. Cloud Storage unpacks what is stored with `Content-Encoding: gzip`
    /// for a client that does not take it ("Transcoding of gzip-compressed files"): then neither its size nor its checksum
    /// is that of the object.
    as_stored: bool,
}

impl HttpTransport for Watched {
    async fn fetch(&self, mut request: Request<Buffer>) -> opendal::Result<Response<HttpBody>> {
        check_address(request.uri())?;
        let method = request.method().clone();
        if self.as_stored && request.uri().query().is_some_and(|query| query.contains("alt=media")) {
            request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let permit = self.in_flight.acquire().await;
        let answer = self.client.fetch(request).await?;
        drop(permit);
        if let Some(pause) = asked_pause(answer.status(), answer.headers()) {
            tokio::time::sleep(pause).await;
        }
        // An answer to HEAD has no body that says that the request was signed for another region.
        let is_signed_wrongly = method == Method::HEAD
            && answer.status() == StatusCode::BAD_REQUEST
            && answer.headers().contains_key(BUCKET_REGION);
        if is_redirection(answer.status(), answer.headers()) || is_signed_wrongly {
            return Err(redirected(answer.headers()));
        }
        if !self.verify || method != Method::GET {
            return Ok(answer);
        }
        let (parts, body) = answer.into_parts();
        let body = verify::whole_body(parts.status, &parts.headers, body);
        Ok(Response::from_parts(parts, body))
    }
}

/// Refuses an address whose path the client would change: it takes out `.` and `..`, also encoded ones, and the request would
/// be for another object. The path that is sent is the one that was signed, byte for byte.
fn check_address(address: &Uri) -> opendal::Result<()> {
    let sent = reqwest::Url::parse(&address.to_string());
    if sent.is_ok_and(|sent| sent.path() == address.path()) {
        return Ok(());
    }
    let message = format!("code: \"{NOT_SENT}\"");
    Err(opendal::Error::new(opendal::ErrorKind::ConfigInvalid, message))
}

/// The pause that a service asks for before it is asked again (RFC 9110, section 10.2.3); only the form in seconds.
fn asked_pause(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        return None;
    }
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

/// Cloud Storage says with 308, and no address, how much of an upload it has (JSON API, "Resume Incomplete").
fn is_redirection(status: StatusCode, headers: &HeaderMap) -> bool {
    match status {
        StatusCode::NOT_MODIFIED => false,
        StatusCode::PERMANENT_REDIRECT => headers.contains_key(LOCATION),
        _ => status.is_redirection(),
    }
}

/// Shaped as the services' own errors are, for [`error`](crate::error).
fn redirected(headers: &HeaderMap) -> opendal::Error {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let to = match (text(BUCKET_REGION), text(LOCATION.as_str())) {
        (Some(region), _) => format!("it is in region {region}"),
        (None, Some(location)) => format!("it is at {}", location.split('?').next().unwrap_or_default()),
        (None, None) => "the service does not say where it is".to_owned(),
    };
    let message = format!("code: \"PermanentRedirect\", message: \"{to}\"");
    opendal::Error::new(opendal::ErrorKind::ConfigInvalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_would_become_another_one_is_refused() {
        for path in ["/b/d/../x", "/b/./x", "/b/d/%2E%2E/x", "/b/d/.%2e/x", "/b/..", "/b/%2e"] {
            let address = format!("http://host:1{path}").parse().expect("it is an address");
            assert!(check_address(&address).is_err(), "{path}");
        }
    }

    #[test]
    fn an_address_of_any_other_key_is_sent_as_it_is() {
        for path in [
            "/b//x",
            "/b/d//",
            "/b/%2F%2F",
            "/b/d%2F..%2Fx",
            "/b/...",
            "/b/%252E%252E",
            "/b/a%0Db?list-type=2",
            "",
        ] {
            let address = format!("http://host:1{path}").parse().expect("it is an address");
            assert!(check_address(&address).is_ok(), "{path}");
        }
    }
}
