//! fake-gcs-server: GCS in memory, asking for no credentials.
//!
//! Other than GCS, also behind the dialect: `If-Match` and `If-None-Match` mean nothing, composing a source that is not
//! there is 500, generations of composed sources are not compared, chunks of a resumable upload may have any length.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use super::process::Process;
use super::{PAGE_LENGTH, Server, StoredObject};
use crate::http::{self, escaped};

/// Its log repeats the port that it was given: one that was free a moment ago, so somebody else may have it.
const ATTEMPTS: usize = 3;

pub(super) fn start(place: &Path) -> Result<Process, String> {
    let mut result = Err(String::new());
    for _ in 0..ATTEMPTS {
        result = Process::start(&command(place, free_port()));
        if let Ok(process) = &result {
            let links =
                serde_json::json!({ "externalUrl": format!("http://{}", process.address) }).to_string();
            http::send(process.address, "PUT", "/_internal/config", &[JSON], links.as_bytes())
                .map_err(|error| error.to_string())?;
            break;
        }
    }
    result
}

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn command(place: &Path, port: u16) -> Command {
    let mut command = Command::new(place.join("bin/fake-gcs-server"));
    command.args([
        "-scheme",
        "http",
        "-host",
        "127.0.0.1",
        "-backend",
        "memory",
        "-public-host",
        "127.0.0.1",
    ]);
    command.args(["-port", &port.to_string()]);
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port can be had");
    listener.local_addr().expect("a listener has an address").port()
}

pub(super) fn config(endpoint: &str) -> Vec<(&'static str, String)> {
    vec![("endpoint", endpoint.to_owned()), ("anonymous", "true".to_owned())]
}

pub(super) fn make_bucket(server: &Server, name: &str) {
    let bucket = serde_json::json!({ "name": name }).to_string();
    let _ =
        server.request("POST", "/storage/v1/b?project=larder", &[JSON], bucket.as_bytes()).expect_success();
}

pub(super) fn objects(server: &Server, bucket: &str) -> Vec<StoredObject> {
    let mut objects = Vec::new();
    let mut token = String::new();
    loop {
        let target =
            format!("/storage/v1/b/{bucket}/o?maxResults={PAGE_LENGTH}&pageToken={}", escaped(&token, false));
        let page = server.request("GET", &target, &[], b"").expect_success();
        let page: serde_json::Value = serde_json::from_slice(&page.body).expect("a listing is JSON");
        objects.extend(page["items"].as_array().into_iter().flatten().map(stored_object));
        match page["nextPageToken"].as_str() {
            Some(next) if !next.is_empty() => next.clone_into(&mut token),
            _ => return objects,
        }
    }
}

fn stored_object(item: &serde_json::Value) -> StoredObject {
    let text = |name: &str| item[name].as_str().unwrap_or_default();
    StoredObject {
        key: text("name").to_owned(),
        size_bytes: text("size").parse().expect("a size is a number"),
    }
}
