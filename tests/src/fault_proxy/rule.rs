//! The script: which requests, and what happens to them.

use std::time::Duration;

/// What happens to a request. Bytes are those of the body without what stands between its chunks.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing: it goes through.
    Pass,
    /// The connection to the client is broken off after so many bytes of the request. The server gets them, and then
    /// the end.
    ResetRequestAfter(u64),
    /// The server does what it is asked, and the connection is broken off instead of its answer.
    LoseResponse,
    /// The connection is broken off after the head and so many bytes of the response. The system may drop of them what
    /// the client has not read yet.
    ResetResponseAfter(u64),
    /// The connection is closed, as if that were the end, after the head and so many bytes of the response.
    TruncateResponseAfter(u64),
    /// The server is not asked, and nothing is answered until the proxy is dropped.
    Silence,
    /// After the head and so many bytes of the response nothing more is sent until the proxy is dropped.
    StallResponseAfter(u64),
    /// The response is sent so many bytes at a time, with a pause before each.
    SlowResponse {
        /// How many at a time.
        bytes: usize,
        /// How long each pause is.
        pause: Duration,
    },
    /// The bits of one byte of the response, the first being 0, are turned over.
    CorruptResponseAt(u64),
    /// The bits of one byte of the request's body, the first being 0, are turned over.
    CorruptRequestAt(u64),
    /// The server is not asked; the client is answered this once it has sent its request.
    Answer {
        /// The status.
        status: u16,
        /// Headers besides `Content-Length`.
        headers: Vec<(String, String)>,
        /// The body.
        body: String,
    },
}

impl Fault {
    /// An answer of S3: XML with a code and a message.
    pub fn error(status: u16, code: &str, message: &str) -> Fault {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
             <RequestId>0000000000000001</RequestId></Error>"
        );
        Fault::Answer {
            status,
            headers: vec![("Content-Type".to_owned(), "application/xml".to_owned())],
            body,
        }
    }

    /// The same with a further header.
    ///
    /// # Panics
    ///
    /// When this is no answer.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Fault {
        let Fault::Answer { headers, .. } = &mut self else { panic!("only an answer has headers") };
        headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// 500.
    pub fn internal_error() -> Fault {
        Fault::error(500, "InternalError", "We encountered an internal error. Please try again.")
    }

    /// 503, to be asked again after so many seconds.
    pub fn slow_down(retry_after_s: u64) -> Fault {
        Fault::error(503, "SlowDown", "Please reduce your request rate.")
            .with_header("Retry-After", &retry_after_s.to_string())
    }

    /// 403 for credentials that were good once.
    pub fn expired_token() -> Fault {
        Fault::error(403, "ExpiredToken", "The provided token has expired.")
    }

    /// 403 for a clock that is wrong.
    pub fn clock_skew() -> Fault {
        let message = "The difference between the request time and the current time is too large.";
        Fault::error(403, "RequestTimeTooSkewed", message)
    }

    /// 404 for a bucket.
    pub fn no_such_bucket() -> Fault {
        Fault::error(404, "NoSuchBucket", "The specified bucket does not exist")
    }

    /// 301 or 307: the bucket is in another region, at another address.
    pub fn redirect(status: u16, region: &str, location: &str) -> Fault {
        let message =
            "The bucket you are attempting to access must be addressed using the specified endpoint.";
        let code = if status == 301 { "PermanentRedirect" } else { "TemporaryRedirect" };
        Fault::error(status, code, message)
            .with_header("x-amz-bucket-region", region)
            .with_header("Location", location)
    }
}

/// Which requests a fault is for: all, if nothing is said.
#[derive(Clone, Debug)]
pub struct Rule {
    method: Option<String>,
    path: Option<String>,
    query: Option<String>,
    from: usize,
    to: usize,
    seen: usize,
    fault: Fault,
}

impl Rule {
    /// A rule for all requests.
    pub fn new(fault: Fault) -> Rule {
        Rule { method: None, path: None, query: None, from: 1, to: usize::MAX, seen: 0, fault }
    }

    /// Only those with this method.
    #[must_use]
    pub fn method(self, method: &str) -> Rule {
        Rule { method: Some(method.to_owned()), ..self }
    }

    /// Only those whose path has this in it.
    #[must_use]
    pub fn path(self, part: &str) -> Rule {
        Rule { path: Some(part.to_owned()), ..self }
    }

    /// Only those whose query has this in it.
    #[must_use]
    pub fn query(self, part: &str) -> Rule {
        Rule { query: Some(part.to_owned()), ..self }
    }

    /// Of those only the n-th, the first being 1.
    #[must_use]
    pub fn nth(self, number: usize) -> Rule {
        Rule { from: number, to: number, ..self }
    }

    /// Of those only so many.
    #[must_use]
    pub fn first(self, count: usize) -> Rule {
        Rule { from: 1, to: count, ..self }
    }

    /// What happens to a request, where this is for it. Counts it.
    pub(super) fn fault_for(&mut self, method: &str, target: &str) -> Option<Fault> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let holds =
            |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|wanted| text.contains(wanted));
        if self.method.as_ref().is_some_and(|wanted| wanted != method)
            || !holds(&self.path, path)
            || !holds(&self.query, query)
        {
            return None;
        }
        self.seen += 1;
        (self.from..=self.to).contains(&self.seen).then(|| self.fault.clone())
    }
}
