//! What the servers that speak S3 share: who asks, and how a bucket is made and listed.

use super::{PAGE_LENGTH, Server, StoredObject};
use crate::http::{elements, escaped};

pub(super) const ACCESS_KEY: &str = "larder-test";
pub(super) const SECRET_KEY: &str = "larder-test-secret";
pub(super) const REGION: &str = "us-east-1";

pub(super) fn config(endpoint: &str) -> Vec<(&'static str, String)> {
    vec![
        ("endpoint", endpoint.to_owned()),
        ("region", REGION.to_owned()),
        ("access_key_id", ACCESS_KEY.to_owned()),
        ("secret_access_key", SECRET_KEY.to_owned()),
    ]
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
