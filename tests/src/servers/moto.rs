//! moto: S3 in memory, checking no signature.
//!
//! Other than S3: it overwrites on a copy with `If-None-Match` or `If-Match`, and takes `x-amz-copy-source-if-match`
//! for nothing; it compares no checksum, digest or trailer; a key of any length is good; an upload that was completed
//! is completed again; a part of an unknown upload is 500.

use std::path::Path;
use std::process::Command;

pub(super) fn command(place: &Path) -> Command {
    let mut command = Command::new(place.join("bin/python"));
    command
        .arg(place.join("bin/moto_server"))
        .args(["-H", "127.0.0.1", "-p", "0"])
        .env("PYTHONUNBUFFERED", "1");
    command
}
