//! s3s-fs: S3 on a directory, checking signatures. What is in it is seen in its directory.
//!
//! Other than S3: `If-None-Match` on a put is looked at before the write and not with it, so of creators at the same
//! time several win; it means nothing on a copy, and `If-Match` nothing on a read or a deletion. `a` and `a/b` cannot
//! both be, `a//b` is `a/b`, reading a key that is a directory is 500. Writing into a bucket that is not there makes it.
//! Completing with a wrong part loses the upload, and one that is unknown is 403. Uploads cannot be listed.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::StoredObject;

const ACCESS_KEY: &str = "larder-test";
const SECRET_KEY: &str = "larder-test-secret";

pub(super) fn command(place: &Path, directory: &Path) -> Command {
    let mut command = Command::new(place.join("bin/s3s-fs"));
    command.args([
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--access-key",
        ACCESS_KEY,
        "--secret-key",
        SECRET_KEY,
    ]);
    command.arg(directory).env("RUST_LOG", "s3s_fs=info");
    command
}

pub(super) fn config(endpoint: &str) -> Vec<(&'static str, String)> {
    vec![
        ("endpoint", endpoint.to_owned()),
        ("region", "us-east-1".to_owned()),
        ("access_key_id", ACCESS_KEY.to_owned()),
        ("secret_access_key", SECRET_KEY.to_owned()),
    ]
}

pub(super) fn make_bucket(directory: &Path, name: &str) {
    fs::create_dir(directory.join(name)).expect("the bucket can be made");
}

pub(super) fn objects(directory: &Path, bucket: &str) -> Vec<StoredObject> {
    let mut objects = Vec::new();
    collect(&directory.join(bucket), "", &mut objects);
    objects
}

/// A directory without anything in it is an object whose key ends in `/`.
fn collect(directory: &Path, prefix: &str, objects: &mut Vec<StoredObject>) {
    for entry in fs::read_dir(directory).expect("the bucket can be read") {
        let entry = entry.expect("the bucket can be read");
        let metadata = entry.metadata().expect("an object has a size");
        let key = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if metadata.is_dir() {
            let before = objects.len();
            collect(&entry.path(), &format!("{key}/"), objects);
            if objects.len() == before {
                objects.push(StoredObject { key: key + "/", size_bytes: 0 });
            }
        } else {
            objects.push(StoredObject { key, size_bytes: metadata.len() });
        }
    }
}

/// Each has a file `.upload-<id>.json`, which goes when it is completed or aborted.
pub(super) fn unfinished_uploads(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("the directory can be read");
    let names =
        entries.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned());
    names.filter_map(|name| Some(name.strip_prefix(".upload-")?.strip_suffix(".json")?.to_owned())).collect()
}
