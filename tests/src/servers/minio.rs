//! `MinIO`: S3 on a directory, checking signatures and checksums.
//!
//! As S3: of creators at the same time, by a put or by completing an upload, `If-None-Match` lets one win; `If-Match`
//! is kept by both and on a read; a wrong CRC-32C or MD5 of an object or a part is refused.
//!
//! Other than S3: `If-None-Match` and `If-Match` mean nothing on a copy, and `If-Match` nothing on a deletion. `a/b`
//! beside `a` is there but in no listing. `a//b`, and a name of more than 255 bytes between slashes, are refused, and
//! `/a` is `a`. Aborting an unknown upload is 204. Unfinished uploads are listed for no prefix or for a whole key, and
//! for no prefix only those that were begun since it started.

use std::path::Path;
use std::process::Command;

use super::s3::{ACCESS_KEY, SECRET_KEY};

/// It listens on both loopback addresses and nowhere else, and asks nobody for news.
pub(super) fn command(place: &Path, directory: &Path) -> Command {
    let mut command = Command::new(place.join("bin/minio"));
    command.args(["server", "--address", "127.0.0.1:0"]).arg(directory);
    command.envs([("MINIO_ROOT_USER", ACCESS_KEY), ("MINIO_ROOT_PASSWORD", SECRET_KEY)]);
    command.envs([("MINIO_BROWSER", "off"), ("MINIO_UPDATE", "off")]);
    command
}
