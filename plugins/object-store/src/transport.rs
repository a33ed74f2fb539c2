//! The HTTP client of a store: its timeouts, its name, how many requests are in flight, and what is seen of each answer.

use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, LOCATION, RETRY_AFTER};
use http::{Method, Request, Response, StatusCode};
use larder_plugin_api::{Error, ErrorKind, Result};
use opendal::{Buffer, HttpBody, HttpTransport, HttpTransporter};
use opendal_http_transport_reqwest::ReqwestTransport;
use tokio::sync::Semaphore;

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
pub fn make(tuning: &Tuning) -> Result<HttpTransporter> {
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
    }))
}

/// The client, and what Larder does with every request.
struct Watched {
    client: ReqwestTransport,
    /// Requests whose answer has not begun. A body that a reader takes its time for is in nobody's way.
    in_flight: Arc<Semaphore>,
    verify: bool,
}

impl HttpTransport for Watched {
    async fn fetch(&self, request: Request<Buffer>) -> opendal::Result<Response<HttpBody>> {
        let method = request.method().clone();
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
