//! How S3 writes the requests that the object stores make themselves (Amazon S3 API reference).

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use http::request::Builder;
use http::{HeaderMap, Request};
use larder_object_store::wire::encoding::{self, has_dot_segment, path, query};
use larder_object_store::wire::listed::{Listed, Page};
use larder_object_store::wire::signing::Sign;
use larder_object_store::wire::xml::{self, Element};
use larder_object_store::wire::{Copied, Dialect, Draft, Failure, KeyCopy, ListQuery, Understood};
use larder_object_store::{md5_in_base64, time_of_rfc3339};
use opendal::Buffer;

/// A bucket.
pub struct S3Dialect {
    /// The bucket's address, without a `/` at the end.
    pub address: String,
    pub bucket: String,
    /// What every request carries.
    pub headers: Vec<(&'static str, String)>,
    /// What a request carries that makes an object.
    pub new_object: Vec<(&'static str, String)>,
    pub signing: Option<Box<dyn Sign>>,
}

impl S3Dialect {
    fn request(&self, method: &str, address: String) -> Builder {
        let request = Request::builder().method(method).uri(address);
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }
}

impl Dialect for S3Dialect {
    fn list(&self, list: &ListQuery<'_>) -> Draft {
        let limit = list.limit.map(|limit| limit.to_string());
        let pairs = [
            ("list-type", Some("2")),
            ("prefix", Some(list.prefix).filter(|prefix| !prefix.is_empty())),
            ("delimiter", list.by_directory.then_some("/")),
            // XML has no words for every character of a key.
            ("encoding-type", Some("url")),
            ("max-keys", limit.as_deref()),
            ("continuation-token", list.after),
        ];
        self.request("GET", format!("{}?{}", self.address, query(&pairs))).body(Buffer::new())
    }

    fn page(&self, body: &[u8]) -> Understood<Page> {
        let root = Element::parse(body)?;
        if root.name != "ListBucketResult" {
            return Err(format!("`{}` is not a listing", root.name));
        }
        let is_encoded = root.text_of("EncodingType") == "url";
        let mut page = Page::default();
        for prefix in root.all("CommonPrefixes") {
            page.entries.push(Listed::prefix(key_of(prefix.text_of("Prefix"), is_encoded)?));
        }
        for object in root.all("Contents") {
            page.entries.push(object_of(object, is_encoded)?);
        }
        if root.text_of("IsTruncated") == "true" {
            page.next = Some(root.text_of("NextContinuationToken").to_owned());
        }
        Ok(page)
    }

    fn delete(&self, key: &str, etag: Option<&str>) -> Draft {
        let mut request = self.request("DELETE", self.object_address(key));
        if let Some(etag) = etag {
            request = request.header(IF_MATCH, quoted(etag));
        }
        request.body(Buffer::new())
    }

    fn copy(&self, copy: &KeyCopy<'_>) -> Draft {
        let source = format!("{}/{}", self.bucket, path(copy.source));
        let mut request = self
            .request("PUT", self.object_address(copy.target))
            .header("x-amz-copy-source", source)
            .header(CONTENT_LENGTH, 0);
        if let Some(etag) = copy.source_etag {
            request = request.header("x-amz-copy-source-if-match", quoted(etag));
        }
        if copy.must_be_free {
            request = request.header(IF_NONE_MATCH, "*");
        }
        let headers = self.new_object.iter();
        headers.fold(request, |request, (name, value)| request.header(*name, value)).body(Buffer::new())
    }

    fn copied(&self, _headers: &HeaderMap, body: &[u8]) -> Understood<Copied> {
        let root = Element::parse(body)?;
        if root.name == "CopyObjectResult" {
            return Ok(Copied::Whole);
        }
        Err(format!("`{}` is not the result of a copy", root.name))
    }

    fn delete_batch(&self, files: &[(&str, Option<&str>)]) -> Option<Draft> {
        let mut body = String::from("<Delete><Quiet>true</Quiet>");
        for (key, etag) in files {
            let etag = etag.map(|etag| format!("<ETag>{}</ETag>", xml::escaped(&quoted(etag))));
            body += "<Object><Key>";
            body += &xml::escaped(key);
            body += "</Key>";
            body += &etag.unwrap_or_default();
            body += "</Object>";
        }
        body.push_str("</Delete>");
        let request = self
            .request("POST", format!("{}/?delete", self.address))
            .header(CONTENT_LENGTH, body.len())
            // Another type is taken for a form.
            .header(CONTENT_TYPE, "application/xml")
            .header("content-md5", md5_in_base64(body.as_bytes()));
        Some(request.body(Buffer::from(body.into_bytes())))
    }

    fn failures(&self, body: &[u8]) -> Understood<Vec<Failure>> {
        let root = Element::parse(body)?;
        if root.name != "DeleteResult" {
            return Err(format!("`{}` is not the result of a removal", root.name));
        }
        let failure = |error: &Element| Failure {
            key: error.text_of("Key").to_owned(),
            code: error.text_of("Code").to_owned(),
            message: error.text_of("Message").to_owned(),
        };
        Ok(root.all("Error").map(failure).collect())
    }

    fn signer(&self) -> Option<&dyn Sign> {
        self.signing.as_deref()
    }

    fn fits_batch(&self, key: &str) -> bool {
        xml::holds(key)
    }

    fn can_be_copied(&self, _key: &str) -> bool {
        // The source is a header, which no client changes.
        true
    }

    fn object_address(&self, key: &str) -> String {
        format!("{}/{}", self.address, path(key))
    }

    fn is_reached(&self, key: &str) -> bool {
        !has_dot_segment(key)
    }
}

fn object_of(object: &Element, is_encoded: bool) -> Understood<Listed> {
    let size = object.text_of("Size").parse().map_err(|_| "an object has no size".to_owned())?;
    Ok(Listed {
        key: key_of(object.text_of("Key"), is_encoded)?,
        size,
        modified: time_of_rfc3339(object.text_of("LastModified")),
        etag: Some(object.text_of("ETag")).filter(|etag| !etag.is_empty()).map(Into::into),
        ..Listed::default()
    })
}

/// A key as it is, from the encoding of forms, which has `+` for a blank.
fn key_of(text: &str, is_encoded: bool) -> Understood<String> {
    if !is_encoded {
        return Ok(text.to_owned());
    }
    encoding::decoded(&text.replace('+', "%20")).ok_or_else(|| format!("the key `{text}` is not UTF-8"))
}

/// An etag with its quotes, which are part of it (RFC 9110, section 8.8.3).
fn quoted(etag: &str) -> String {
    if etag.starts_with('"') { etag.to_owned() } else { format!("\"{etag}\"") }
}
