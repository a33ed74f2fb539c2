//! Azurite: Azure's blobs in memory, with the account and the key that everybody knows.
//!
//! Other than Azure: a range of an empty blob is 206, a blob made from a URL in one request is not implemented, a blob
//! of which only blocks are there is there for `If-None-Match` on a put, and blocks from a URL and batches of a
//! container fail with 500 where a shared access signature asks for them.

use std::path::Path;
use std::process::Command;

use super::{PAGE_LENGTH, Server, StoredObject};
use crate::http::{Response, elements, escaped};

const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
/// All rights to all containers of the account until 2099, signed with its key: what has no secret needs no signing.
const ACCESS: &str = "sv=2021-12-02&ss=b&srt=sco&sp=rwdlac&se=2099-01-01T00:00:00Z&spr=https,http\
    &sig=jlSI%2B5DohmjtlB2oCr2Vhd9u7l%2F%2FvB9E8D7vhfmKGX4%3D";

pub(super) fn command(place: &Path, directory: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(place.join("node_modules/azurite/dist/src/blob/main.js"));
    command.args(["--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence"]);
    command.args(["--skipApiVersionCheck", "--disableTelemetry", "--silent"]).current_dir(directory);
    command
}

pub(super) fn config(endpoint: &str) -> Vec<(&'static str, String)> {
    vec![
        ("endpoint", format!("{endpoint}/{ACCOUNT}")),
        ("account_name", ACCOUNT.to_owned()),
        ("account_key", KEY.to_owned()),
    ]
}

/// Asks for a path of the account with all rights.
fn ask(server: &Server, method: &str, path_and_query: &str) -> Response {
    let version = ("x-ms-version", "2021-12-02");
    server.request(method, &with_access(path_and_query), &[version], b"").expect_success()
}

/// The target of a request for a path of the account, signed.
pub(super) fn with_access(path_and_query: &str) -> String {
    let separator = if path_and_query.contains('?') { '&' } else { '?' };
    format!("/{ACCOUNT}/{path_and_query}{separator}{ACCESS}")
}

pub(super) fn make_bucket(server: &Server, name: &str) {
    let _ = ask(server, "PUT", &format!("{name}?restype=container"));
}

pub(super) fn objects(server: &Server, bucket: &str) -> Vec<StoredObject> {
    list(server, bucket, "")
}

/// Blobs with blocks of which none was ever committed, and committed ones with further blocks.
pub(super) fn unfinished_uploads(server: &Server, bucket: &str) -> Vec<String> {
    let has_uncommitted = |key: &String| {
        let target = format!("{bucket}/{}?comp=blocklist&blocklisttype=uncommitted", escaped(key, true));
        !elements(&ask(server, "GET", &target).text(), "Name").is_empty()
    };
    let keys = list(server, bucket, "&include=uncommittedblobs").into_iter().map(|object| object.key);
    keys.filter(has_uncommitted).collect()
}

fn list(server: &Server, bucket: &str, including: &str) -> Vec<StoredObject> {
    let mut objects = Vec::new();
    let mut marker = String::new();
    loop {
        let target = format!(
            "{bucket}?restype=container&comp=list&maxresults={PAGE_LENGTH}&marker={}{including}",
            escaped(&marker, false)
        );
        let page = ask(server, "GET", &target).text();
        let sizes = elements(&page, "Content-Length")
            .into_iter()
            .map(|size| size.parse().expect("a size is a number"));
        objects.extend(
            elements(&page, "Name")
                .into_iter()
                .zip(sizes)
                .map(|(key, size_bytes)| StoredObject { key, size_bytes }),
        );
        match elements(&page, "NextMarker").pop() {
            Some(next) if !next.is_empty() => marker = next,
            _ => return objects,
        }
    }
}
