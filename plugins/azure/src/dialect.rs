//! How Blob Storage writes the requests that the object stores make themselves (Blob service REST API).

use http::header::{CONTENT_LENGTH, IF_MATCH, IF_NONE_MATCH};
use http::request::Builder;
use http::{HeaderMap, Request};
use larder_object_store::wire::encoding::{self, has_dot_segment, path, query};
use larder_object_store::wire::listed::{Listed, Listing, Page};
use larder_object_store::wire::signing::Sign;
use larder_object_store::wire::xml::Element;
use larder_object_store::wire::{Copied, Dialect, Draft, KeyCopy, ListQuery, Understood};
use larder_object_store::{UNDER_WAY, is_folder_mark, time_of_rfc2822};
use opendal::Buffer;

/// The version of the service that OpenDAL asks for too.
const VERSION: &str = "2022-11-02";

/// A container.
pub struct AzureDialect {
    /// The container's address, without a `/` at the end.
    pub address: String,
    pub signing: Option<Box<dyn Sign>>,
}

fn request(method: &str, address: String) -> Builder {
    Request::builder().method(method).uri(address).header("x-ms-version", VERSION)
}

impl Dialect for AzureDialect {
    fn list(&self, list: &ListQuery<'_>) -> Draft {
        let limit = list.limit.map(|limit| limit.to_string());
        let pairs = [
            ("restype", Some("container")),
            ("comp", Some("list")),
            // It says which blobs stand for directories.
            ("include", Some("metadata")),
            ("prefix", Some(list.prefix).filter(|prefix| !prefix.is_empty())),
            ("delimiter", list.by_directory.then_some("/")),
            ("maxresults", limit.as_deref()),
            ("marker", list.after),
        ];
        request("GET", format!("{}?{}", self.address, query(&pairs))).body(Buffer::new())
    }

    fn page(&self, body: &[u8]) -> Understood<Page> {
        let root = Element::parse(body)?;
        if root.name != "EnumerationResults" {
            return Err(format!("`{}` is not a listing", root.name));
        }
        let mut page = Page::default();
        let blobs = root.child("Blobs").map(|blobs| blobs.children.as_slice()).unwrap_or_default();
        for blob in blobs {
            let key = key_of(blob)?;
            match blob.name.as_str() {
                "BlobPrefix" => page.entries.push(Listed::prefix(key)),
                "Blob" => page.entries.push(blob_of(key, blob)?),
                _ => {}
            }
        }
        page.next = Some(root.text_of("NextMarker").to_owned()).filter(|marker| !marker.is_empty());
        Ok(page)
    }

    fn delete(&self, key: &str, etag: Option<&str>) -> Draft {
        let mut request = request("DELETE", self.object_address(key)).header(CONTENT_LENGTH, 0);
        if let Some(etag) = etag {
            request = request.header(IF_MATCH, etag);
        }
        request.body(Buffer::new())
    }

    fn copy(&self, copy: &KeyCopy<'_>) -> Draft {
        let target = self.object_address(copy.target);
        if copy.after.is_some() {
            return request("HEAD", target).body(Buffer::new());
        }
        let mut request = request("PUT", target)
            .header("x-ms-copy-source", self.object_address(copy.source))
            .header(CONTENT_LENGTH, 0);
        if let Some(etag) = copy.source_etag {
            request = request.header("x-ms-source-if-match", etag);
        }
        if copy.must_be_free {
            request = request.header(IF_NONE_MATCH, "*");
        }
        request.body(Buffer::new())
    }

    fn copied(&self, headers: &HeaderMap, _body: &[u8]) -> Understood<Copied> {
        match headers.get("x-ms-copy-status").and_then(|status| status.to_str().ok()) {
            Some("success") => Ok(Copied::Whole),
            Some("pending") => Ok(Copied::Part(UNDER_WAY.to_owned())),
            Some(status) => Err(format!("the copy ended as `{status}`")),
            None => Err("an answer to a copy does not say how far it is".to_owned()),
        }
    }

    fn signer(&self) -> Option<&dyn Sign> {
        self.signing.as_deref()
    }

    fn can_be_copied(&self, key: &str) -> bool {
        self.is_reached(key)
    }

    fn object_address(&self, key: &str) -> String {
        format!("{}/{}", self.address, path(key))
    }

    fn is_reached(&self, key: &str) -> bool {
        !has_dot_segment(key)
    }
}

fn key_of(blob: &Element) -> Understood<String> {
    let Some(name) = blob.child("Name") else { return Ok(String::new()) };
    if !name.is_encoded {
        return Ok(name.text.clone());
    }
    encoding::decoded(&name.text).ok_or_else(|| format!("the key `{}` is not UTF-8", name.text))
}

fn blob_of(key: String, blob: &Element) -> Understood<Listed> {
    let none = Element::default();
    let properties = blob.child("Properties").unwrap_or(&none);
    let size = properties.text_of("Content-Length");
    let etag = properties.text_of("Etag");
    let is_folder = properties.text_of("ResourceType") == "directory"
        || blob.child("Metadata").is_some_and(|metadata| {
            metadata.children.iter().any(|mark| is_folder_mark(&mark.name, &mark.text))
        });
    Ok(Listed {
        key,
        kind: if is_folder { Listing::Folder } else { Listing::Object },
        size: if size.is_empty() {
            0
        } else {
            size.parse().map_err(|_| format!("`{size}` is not a size"))?
        },
        modified: time_of_rfc2822(properties.text_of("Last-Modified")),
        // A listing has it without the quotes that all other answers give it.
        etag: (!etag.is_empty()).then(|| format!("\"{}\"", etag.trim_matches('"')).into()),
    })
}
