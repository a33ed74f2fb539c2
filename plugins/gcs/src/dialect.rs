//! How Cloud Storage writes the requests that the object stores make themselves (JSON API).
//!
//! The etag of an object is its generation here: a number that each write makes anew, and the one that removals and copies
//! are conditioned on.

use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Request};
use larder_object_store::time_of_rfc3339;
use larder_object_store::wire::encoding::{query, value};
use larder_object_store::wire::listed::{Listed, Page};
use larder_object_store::wire::signing::Sign;
use larder_object_store::wire::{Copied, Dialect, Draft, KeyCopy, ListQuery, Understood};
use opendal::Buffer;
use serde_json::Value;

/// What of a listing is read. The answer has no more than that.
const FIELDS: &str = "nextPageToken,prefixes,items(name,size,updated,generation)";

/// A bucket.
pub struct GcsDialect {
    /// The address of the bucket's objects, without a `/` at the end.
    pub address: String,
    pub bucket: String,
    pub signing: Option<Box<dyn Sign>>,
}

impl Dialect for GcsDialect {
    fn list(&self, list: &ListQuery<'_>) -> Draft {
        let limit = list.limit.map(|limit| limit.to_string());
        let pairs = [
            ("prefix", Some(list.prefix).filter(|prefix| !prefix.is_empty())),
            ("delimiter", list.by_directory.then_some("/")),
            ("maxResults", limit.as_deref()),
            ("pageToken", list.after),
            ("fields", Some(FIELDS)),
        ];
        Request::get(format!("{}?{}", self.address, query(&pairs))).body(Buffer::new())
    }

    fn page(&self, body: &[u8]) -> Understood<Page> {
        let root: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if !root.is_object() {
            return Err("it is not an object of JSON".to_owned());
        }
        let all = |name: &str| root[name].as_array().into_iter().flatten();
        let mut page = Page::default();
        for prefix in all("prefixes") {
            page.entries.push(Listed::prefix(prefix.as_str().ok_or("a prefix is not a text")?));
        }
        for item in all("items") {
            page.entries.push(object_of(item)?);
        }
        page.next = root["nextPageToken"].as_str().filter(|token| !token.is_empty()).map(str::to_owned);
        Ok(page)
    }

    fn delete(&self, key: &str, etag: Option<&str>) -> Draft {
        let condition = query(&[("ifGenerationMatch", etag)]);
        Request::delete(with_query(self.object_address(key), &condition)).body(Buffer::new())
    }

    fn copy(&self, copy: &KeyCopy<'_>) -> Draft {
        let address = format!(
            "{}/rewriteTo/b/{}/o/{}",
            self.object_address(copy.source),
            self.bucket,
            value(copy.target)
        );
        let conditions = query(&[
            ("ifSourceGenerationMatch", copy.source_etag),
            ("ifGenerationMatch", copy.must_be_free.then_some("0")),
            ("rewriteToken", copy.after),
        ]);
        Request::post(with_query(address, &conditions)).header(CONTENT_LENGTH, 0).body(Buffer::new())
    }

    fn copied(&self, _headers: &HeaderMap, body: &[u8]) -> Understood<Copied> {
        let answer: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if answer["done"].as_bool() == Some(true) {
            return Ok(Copied::Whole);
        }
        let token = answer["rewriteToken"].as_str().ok_or("a copy is neither done nor under way")?;
        Ok(Copied::Part(token.to_owned()))
    }

    fn signer(&self) -> Option<&dyn Sign> {
        self.signing.as_deref()
    }

    fn can_be_copied(&self, key: &str) -> bool {
        self.is_reached(key)
    }

    fn object_address(&self, key: &str) -> String {
        format!("{}/{}", self.address, value(key))
    }

    fn is_reached(&self, key: &str) -> bool {
        // The `/` of a key are encoded, so that all of it is one segment.
        !matches!(key, "." | "..")
    }
}

fn with_query(address: String, query: &str) -> String {
    if query.is_empty() { address } else { format!("{address}?{query}") }
}

fn object_of(item: &Value) -> Understood<Listed> {
    let text = |name: &str| item[name].as_str();
    let size = text("size").and_then(|size| size.parse().ok()).ok_or("an object has no size")?;
    Ok(Listed {
        key: text("name").ok_or("an object has no name")?.to_owned(),
        size,
        modified: text("updated").and_then(time_of_rfc3339),
        etag: text("generation").map(Into::into),
        ..Listed::default()
    })
}
