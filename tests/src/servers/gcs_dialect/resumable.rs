//! How far a resumable upload has come: fake-gcs-server takes the question for the end of the upload.

use std::collections::BTreeMap;

use super::Request;
use crate::http::{Head, Response};

#[derive(Debug, Default)]
pub(super) struct Sessions {
    known: BTreeMap<String, Session>,
}

#[derive(Debug, Default)]
struct Session {
    persisted_bytes: u64,
    /// What the server said when it had all.
    done: Option<Response>,
}

/// The session that a request is of.
fn session_of(request: &Request) -> Option<&str> {
    let (method, target) = request.head.method_and_target();
    let (_, query) = target.split_once('?').filter(|_| method == "PUT")?;
    query.split('&').find_map(|pair| pair.strip_prefix("upload_id="))
}

impl Sessions {
    /// The answer to a request that only asks; nothing for others, and where all is there and only the end is to be said.
    pub(super) fn answer(&mut self, request: &Request) -> Option<Response> {
        let session = self.known.entry(session_of(request)?.to_owned()).or_default();
        let total = request.head.header("content-range")?.strip_prefix("bytes */")?;
        if let Some(done) = &session.done {
            return Some(done.clone());
        }
        if total.parse() == Ok(session.persisted_bytes) {
            return None;
        }
        let mut headers = Vec::new();
        if session.persisted_bytes > 0 {
            headers.push(("Range".to_owned(), format!("bytes=0-{}", session.persisted_bytes - 1)));
        }
        Some(Response {
            head: Head { first_line: "HTTP/1.1 308 Resume Incomplete".to_owned(), headers },
            body: Vec::new(),
        })
    }

    /// Remembers what the server said to a request with bytes.
    pub(super) fn remember(&mut self, request: &Request, response: &Response) {
        let Some(session) = session_of(request).and_then(|id| self.known.get_mut(id)) else { return };
        let last = || response.head.header("range")?.strip_prefix("bytes=0-")?.parse::<u64>().ok();
        match response.status() {
            200 | 201 => session.done = Some(response.clone()),
            308 => session.persisted_bytes = last().map_or(session.persisted_bytes, |last| last + 1),
            _ => {}
        }
    }
}
