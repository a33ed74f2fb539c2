//! Conditions on generations: fake-gcs-server knows them of uploads only, so what is asked under one is compared here.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use serde_json::json;

use crate::http::{self, Head, Response, unescaped};

/// What a request demands of an object.
#[derive(Debug)]
pub(super) struct Condition {
    /// `/storage/v1/b/<bucket>/o/<key>`, the key escaped.
    object: String,
    /// The generation that it must have, 0 for none; or must not have.
    generation: String,
    must_differ: bool,
}

/// The conditions of a request that fake-gcs-server would not look at.
pub(super) fn of_request(head: &Head) -> Vec<Condition> {
    let (method, target) = head.method_and_target();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if !path.starts_with("/storage/v1/b/") || !path.contains("/o/") {
        return Vec::new();
    }
    let query: BTreeMap<&str, String> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name, unescaped(value)))
        .collect();
    let (source, object) = objects(method, path);
    let named = [
        ("ifGenerationMatch", Some(object.clone()), false),
        ("ifGenerationNotMatch", Some(object), true),
        ("ifSourceGenerationMatch", source.clone(), false),
        ("ifSourceGenerationNotMatch", source, true),
    ];
    let condition = |(name, object, must_differ): (&str, Option<String>, bool)| {
        Some(Condition { object: object?, generation: query.get(name)?.clone(), must_differ })
    };
    named.into_iter().filter_map(condition).collect()
}

/// What is copied, if anything is, and what is read, written or deleted.
fn objects(method: &str, path: &str) -> (Option<String>, String) {
    if method != "POST" {
        return (None, path.to_owned());
    }
    for verb in ["/rewriteTo", "/copyTo"] {
        if let Some((source, target)) = path.split_once(verb) {
            return (Some(source.to_owned()), format!("/storage/v1{target}"));
        }
    }
    (None, path.strip_suffix("/compose").unwrap_or(path).to_owned())
}

impl Condition {
    /// What GCS answers where it does not hold.
    pub(super) fn refusal(&self, method: &str, server: SocketAddr) -> io::Result<Option<Response>> {
        let metadata = http::send(server, "GET", &self.object, &[], b"")?;
        let object: serde_json::Value = serde_json::from_slice(&metadata.body).unwrap_or_default();
        let generation = object["generation"].as_str();
        // An object that is not there is that of the answer; unless its absence is what is demanded.
        if generation.is_none() && method != "POST" && self.generation != "0" {
            return Ok(None);
        }
        let holds = (generation.unwrap_or("0") == self.generation) != self.must_differ;
        let status = if method == "GET" && self.must_differ { 304 } else { 412 };
        Ok((!holds).then(|| refusal(status)))
    }
}

fn refusal(status: u16) -> Response {
    let message = "At least one of the pre-conditions you specified did not hold.";
    let errors = [json!({ "domain": "global", "reason": "conditionNotMet", "message": message })];
    let body = json!({ "error": { "code": status, "message": message, "errors": errors } });
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    let head = Head { first_line: format!("HTTP/1.1 {status} of the condition"), headers };
    Response { head, body: if status == 304 { Vec::new() } else { body.to_string().into_bytes() } }
}
