//! moto: S3 in memory, checking no signature.
//!
//! Other than S3: it overwrites on a copy with `If-None-Match` or `If-Match`, and takes `x-amz-copy-source-if-match`
//! for nothing; it compares no checksum, digest or trailer; a key of any length is good; an upload that was completed
//! is completed again; a part of an unknown upload is 500.

use std::path::Path;
use std::process::Command;

use super::{PAGE_LENGTH, Server, StoredObject};
use crate::http::{elements, escaped};

pub(super) fn command(place: &Path) -> Command {
    let mut command = Command::new(place.join("bin/python"));
    command
        .arg(place.join("bin/moto_server"))
        .args(["-H", "127.0.0.1", "-p", "0"])
        .env("PYTHONUNBUFFERED", "1");
    command
}

pub(super) fn config(endpoint: &str) -> Vec<(&'static str, String)> {
    super::s3s::config(endpoint)
}

pub(super) fn make_bucket(server: &Server, name: &str) {
    let _ = server.request("PUT", &format!("/{name}"), &[], b"").expect_success();
}

pub(super) fn objects(server: &Server, bucket: &str) -> Vec<StoredObject> {
    let mut objects = Vec::new();
    let mut after = String::new();
    loop {
        let target =
            format!("/{bucket}?list-type=2&max-keys={PAGE_LENGTH}&start-after={}", escaped(&after, false));
        let page = server.request("GET", &target, &[], b"").expect_success().text();
        let sizes = elements(&page, "Size").into_iter().map(|size| size.parse().expect("a size is a number"));
        let keys = elements(&page, "Key").into_iter();
        objects.extend(keys.zip(sizes).map(|(key, size_bytes)| StoredObject { key, size_bytes }));
        match objects.last() {
            Some(StoredObject { key, .. }) if page.contains("<IsTruncated>true<") => after.clone_from(key),
            _ => return objects,
        }
    }
}

pub(super) fn unfinished_uploads(server: &Server, bucket: &str) -> Vec<String> {
    let target = format!("/{bucket}?uploads");
    elements(&server.request("GET", &target, &[], b"").expect_success().text(), "Key")
}
