//! Whole bodies are compared with the checksum that the service keeps of the object.
//!
//! - Google: `x-goog-hash` with the CRC32C (Cloud Storage, "XML API headers").
//! - Azure: `Content-MD5`, with a range `x-ms-blob-content-md5` (Blob service, "Get Blob").
//! - S3: the `ETag` of an object that was not uploaded in parts is its MD5, unless it is encrypted with a key of its own
//!   (API reference, "Object").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm::Crc32Iscsi;
use md5::{Digest as _, Md5};
use opendal::{Buffer, HttpBody};

use futures::StreamExt as _;
use http::{HeaderMap, StatusCode};

/// The error's message, which [`error`](crate::error) knows.
pub const DIFFERS: &str = "the content differs from the checksum that the service keeps of it";

/// What the bytes must come to.
enum Expected {
    Crc32c(crc_fast::Digest, u32),
    Md5(Md5, [u8; 16]),
}

impl Expected {
    /// The checksum in the headers of an answer with a whole object; `None` when there is none that can be trusted.
    fn of_headers(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        for value in headers.get_all("x-goog-hash") {
            let mut hashes = value.to_str().unwrap_or_default().split(',');
            if let Some(crc) = hashes.find_map(|hash| hash.trim().strip_prefix("crc32c=")) {
                let bytes: [u8; 4] = STANDARD.decode(crc).ok()?.try_into().ok()?;
                return Some(Self::Crc32c(crc_fast::Digest::new(Crc32Iscsi), u32::from_be_bytes(bytes)));
            }
        }
        // Of a range Azure gives that of the whole under another name.
        if let Some(md5) = text("x-ms-blob-content-md5").or_else(|| text("content-md5")) {
            return Some(Self::Md5(Md5::new(), STANDARD.decode(md5).ok()?.try_into().ok()?));
        }
        let has_own_key = text("x-amz-server-side-encryption").is_some_and(|kind| kind != "AES256")
            || text("x-amz-server-side-encryption-customer-algorithm").is_some();
        // moto calls it otherwise.
        let is_s3 = text("x-amz-request-id").or_else(|| text("x-amzn-requestid")).is_some();
        if is_s3 && !has_own_key {
            let etag = text("etag")?.trim_matches('"');
            return Some(Self::Md5(Md5::new(), from_hex(etag)?));
        }
        None
    }

    fn update(&mut self, buffer: &Buffer) {
        for bytes in buffer.clone() {
            match self {
                Self::Crc32c(digest, _) => digest.update(&bytes),
                Self::Md5(digest, _) => digest.update(&bytes),
            }
        }
    }

    fn is_met(&self) -> bool {
        match self {
            Self::Crc32c(digest, expected) => digest.clone().finalize() == u64::from(*expected),
            Self::Md5(digest, expected) => digest.clone().finalize().as_slice() == expected,
        }
    }
}

fn from_hex(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 16];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

/// Whether a range is all there is: so is a body that is asked for again.
fn is_all(headers: &HeaderMap) -> bool {
    let range = headers.get("content-range").and_then(|value| value.to_str().ok());
    let bounds = range.and_then(|range| range.strip_prefix("bytes 0-")?.split_once('/'));
    bounds.is_some_and(|(last, size)| {
        last.parse().ok().and_then(|last: u64| last.checked_add(1)) == size.parse().ok()
    })
}

/// Whether the service unpacked what it keeps. The checksum is that of the packed content.
fn is_unpacked(headers: &HeaderMap) -> bool {
    let packed = headers.get("x-goog-stored-content-encoding").is_some_and(|encoding| encoding != "identity");
    packed && !headers.contains_key("content-encoding")
}

/// Wraps the body of an answer to a GET, so that its end is an error when it is not the object's content.
pub fn whole_body(status: StatusCode, headers: &HeaderMap, body: HttpBody) -> HttpBody {
    let is_whole = status == StatusCode::OK || status == StatusCode::PARTIAL_CONTENT && is_all(headers);
    if !is_whole || is_unpacked(headers) {
        return body;
    }
    let Some(mut expected) = Expected::of_headers(headers) else { return body };
    let Some(mut left) =
        headers.get("content-length").and_then(|value| value.to_str().ok()?.parse::<u64>().ok())
    else {
        return body;
    };
    body.map_inner(move |stream| {
        Box::new(stream.map(move |item| {
            let buffer = item?;
            expected.update(&buffer);
            left = left.saturating_sub(buffer.len() as u64);
            if left == 0 && !expected.is_met() {
                return Err(opendal::Error::new(opendal::ErrorKind::Unexpected, DIFFERS).set_temporary());
            }
            Ok(buffer)
        }))
    })
}
