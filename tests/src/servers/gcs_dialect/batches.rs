//! Batches: GCS takes a request without content whose headers end with the part, fake-gcs-server wants the empty line
//! that ends them.

use std::borrow::Cow;

use super::Request;

/// The body of a request; of a batch, with an empty line at the end of each part.
pub(super) fn with_empty_lines(request: &Request) -> Cow<'_, [u8]> {
    let (_, target) = request.head.method_and_target();
    let boundary = request.head.header("content-type").and_then(|kind| kind.split_once("boundary="));
    let (Some((_, boundary)), true) = (boundary, target.starts_with("/batch/")) else {
        return Cow::Borrowed(&request.body);
    };
    let end_of_part = format!("\r\n--{}", boundary.trim_matches('"'));
    let body = String::from_utf8_lossy(&request.body);
    Cow::Owned(body.replace(&end_of_part, &format!("\r\n{end_of_part}")).into_bytes())
}
