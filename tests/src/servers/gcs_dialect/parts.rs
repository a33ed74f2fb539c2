//! Uploads in parts: the parts stay in memory, completing makes the object by one upload of the JSON interface.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use serde_json::json;

use super::Request;
use crate::http::{self, Head, Response, elements, unescaped};

/// What separates the metadata from the content in the upload that completes.
const BOUNDARY: &str = "larder-test-parts-0b5d7f2c";

#[derive(Debug, Default)]
pub(super) struct Uploads {
    begun: usize,
    open: BTreeMap<String, Upload>,
}

#[derive(Debug)]
struct Upload {
    bucket: String,
    key: String,
    /// What the first request said of the object: the headers.
    head: Head,
    parts: BTreeMap<usize, Vec<u8>>,
}

/// What the target of a request of the XML interface says.
struct Target<'a> {
    bucket: &'a str,
    key: String,
    query: BTreeMap<&'a str, String>,
}

impl<'a> Target<'a> {
    fn new(target: &'a str) -> Option<Target<'a>> {
        let (path, query) = target.split_once('?')?;
        let (bucket, key) =
            path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let query = pairs.map(|(name, value)| (name, unescaped(value))).collect();
        Some(Target { bucket, key: unescaped(key), query })
    }

    fn has(&self, name: &str) -> bool {
        self.query.contains_key(name)
    }
}

impl Uploads {
    pub(super) fn unfinished(&self, bucket: &str) -> Vec<String> {
        self.open.values().filter(|upload| upload.bucket == bucket).map(|upload| upload.key.clone()).collect()
    }

    /// Nothing where the request is none of an upload in parts.
    pub(super) fn answer(&mut self, request: &Request, server: SocketAddr) -> Option<io::Result<Response>> {
        let (method, target) = request.head.method_and_target();
        let paths_of_json = ["/storage/", "/upload/", "/download/", "/batch/", "/_internal/"];
        if paths_of_json.iter().any(|path| target.starts_with(path)) {
            return None;
        }
        let target = Target::new(target)?;
        let id = target.query.get("uploadId").cloned();
        match (method, id) {
            ("POST", None) if target.has("uploads") => Some(self.begin(&target, request, server)),
            ("GET", None) if target.has("uploads") => Some(Ok(self.list(&target))),
            ("PUT", Some(id)) if target.has("partNumber") => Some(Ok(self.put(&target, &id, request))),
            ("POST", Some(id)) => Some(self.complete(&id, request, server)),
            ("DELETE", Some(id)) => {
                Some(Ok(self.open.remove(&id).map_or_else(no_such_upload, |_| xml(204, "", ""))))
            }
            _ => None,
        }
    }

    fn begin(&mut self, target: &Target, request: &Request, server: SocketAddr) -> io::Result<Response> {
        let bucket = http::send(server, "GET", &format!("/storage/v1/b/{}", target.bucket), &[], b"")?;
        if bucket.status() != 200 {
            return Ok(failure(404, "NoSuchBucket", "The specified bucket does not exist."));
        }
        self.begun += 1;
        let id = format!("upload-{}", self.begun);
        let (bucket, key) = (target.bucket.to_owned(), target.key.clone());
        let body =
            format!("<Bucket>{bucket}</Bucket><Key>{}</Key><UploadId>{id}</UploadId>", with_entities(&key));
        self.open.insert(id, Upload { bucket, key, head: request.head.clone(), parts: BTreeMap::new() });
        Ok(xml(200, "InitiateMultipartUploadResult", &body))
    }

    fn list(&self, target: &Target) -> Response {
        let of_bucket = self.open.iter().filter(|(_, upload)| upload.bucket == target.bucket);
        let entry = |(id, upload): (&String, &Upload)| {
            format!("<Upload><Key>{}</Key><UploadId>{id}</UploadId></Upload>", with_entities(&upload.key))
        };
        xml(200, "ListMultipartUploadsResult", &of_bucket.map(entry).collect::<String>())
    }

    fn put(&mut self, target: &Target, id: &str, request: &Request) -> Response {
        let Some(upload) = self.open.get_mut(id) else { return no_such_upload() };
        let Some(number) =
            target.query["partNumber"].parse().ok().filter(|number| (1..=10_000).contains(number))
        else {
            return failure(400, "InvalidArgument", "The part number is not in 1 to 10000.");
        };
        let mut response = xml(200, "", "");
        response.head.headers.push(("ETag".to_owned(), etag(number, &request.body)));
        upload.parts.insert(number, request.body.clone());
        response
    }

    /// A generation that is demanded is passed on; when it is not met, the upload stays, as it does in GCS.
    fn complete(&mut self, id: &str, request: &Request, server: SocketAddr) -> io::Result<Response> {
        let Some(upload) = self.open.get(id) else { return Ok(no_such_upload()) };
        let Some(content) = upload.joined(&String::from_utf8_lossy(&request.body)) else {
            return Ok(failure(400, "InvalidPart", "One or more of the specified parts could not be found."));
        };
        let response = upload.make(&content, request.head.header("x-goog-if-generation-match"), server)?;
        if response.status() == 412 {
            return Ok(failure(
                412,
                "PreconditionFailed",
                "At least one of the pre-conditions did not hold.",
            ));
        }
        if response.status() != 200 {
            return Ok(response);
        }
        let made: serde_json::Value = serde_json::from_slice(&response.body).map_err(io::Error::other)?;
        let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
        let (bucket, key) = (&upload.bucket, with_entities(&upload.key));
        let body =
            format!("<Bucket>{bucket}</Bucket><Key>{key}</Key><ETag>{}</ETag>", with_entities(&text("etag")));
        let mut answer = xml(200, "CompleteMultipartUploadResult", &body);
        answer.head.headers.push(("x-goog-generation".to_owned(), text("generation")));
        answer.head.headers.push(("ETag".to_owned(), format!("\"{}\"", text("etag").trim_matches('"'))));
        self.open.remove(id);
        Ok(answer)
    }
}

impl Upload {
    /// The parts that the request names, in its order, where all are there as they were put.
    fn joined(&self, request: &str) -> Option<Vec<u8>> {
        let numbers = elements(request, "PartNumber");
        let etags = elements(request, "ETag");
        let mut content = Vec::new();
        for (number, wanted) in numbers.iter().zip(&etags) {
            let number = number.trim().parse().ok()?;
            let part = self.parts.get(&number)?;
            if etag(number, part).trim_matches('"') != wanted.trim_matches('"') {
                return None;
            }
            content.extend_from_slice(part);
        }
        (numbers.len() == etags.len() && !numbers.is_empty()).then_some(content)
    }

    fn make(&self, content: &[u8], generation: Option<&str>, server: SocketAddr) -> io::Result<Response> {
        let condition =
            generation.map(|generation| format!("&ifGenerationMatch={generation}")).unwrap_or_default();
        let target = format!("/upload/storage/v1/b/{}/o?uploadType=multipart{condition}", self.bucket);
        let own = |(name, value): &(String, String)| {
            Some((name.to_ascii_lowercase().strip_prefix("x-goog-meta-")?.to_owned(), value.clone()))
        };
        let metadata = json!({
            "name": self.key,
            "contentType": self.head.header("content-type"),
            "contentEncoding": self.head.header("content-encoding"),
            "contentDisposition": self.head.header("content-disposition"),
            "cacheControl": self.head.header("cache-control"),
            "metadata": self.head.headers.iter().filter_map(own).collect::<BTreeMap<_, _>>(),
        });
        let kind = self.head.header("content-type").unwrap_or("application/octet-stream");
        let before = format!(
            "--{BOUNDARY}\r\nContent-Type: application/json\r\n\r\n{metadata}\r\n--{BOUNDARY}\r\nContent-Type: {kind}\r\n\r\n"
        );
        let body = [before.as_bytes(), content, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
        let related = format!("multipart/related; boundary={BOUNDARY}");
        http::send(server, "POST", &target, &[("Content-Type", &related)], &body)
    }
}

/// Tells parts with other content apart.
fn etag(number: usize, part: &[u8]) -> String {
    let sum = part.iter().fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("\"{number}-{}-{sum:x}\"", part.len())
}

fn no_such_upload() -> Response {
    failure(404, "NoSuchUpload", "The requested upload was not found.")
}

fn failure(status: u16, code: &str, message: &str) -> Response {
    xml(status, "Error", &format!("<Code>{code}</Code><Message>{message}</Message>"))
}

/// A response with an element that holds `content`, or with no body.
fn xml(status: u16, element: &str, content: &str) -> Response {
    let headers = vec![("Content-Type".to_owned(), "application/xml".to_owned())];
    let head = Head { first_line: format!("HTTP/1.1 {status} of the upload"), headers };
    let body = match element {
        "" => Vec::new(),
        element => {
            format!("<?xml version='1.0' encoding='UTF-8'?><{element}>{content}</{element}>").into_bytes()
        }
    };
    Response { head, body }
}

fn with_entities(text: &str) -> String {
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")]
        .iter()
        .fold(text.to_owned(), |text, (plain, entity)| text.replace(plain, entity))
}
