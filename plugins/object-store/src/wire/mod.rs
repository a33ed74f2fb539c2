//! Requests that this crate makes itself, because OpenDAL has no words for them: listings that carry every key and what is
//! known of it, removals and copies by exact key.
//!
//! A flavor says how its service writes them ([`Dialect`]); [`client`](crate::client) signs and sends them.
//!
//! - [`listed`]: what a listing gives. [`encoding`], [`xml`]: how keys are written. [`signing`]: whose requests they are.
//!   [`answer`]: what an answer says.

pub mod answer;
pub mod encoding;
pub mod listed;
pub mod signing;
pub mod xml;

use http::Request;
use opendal::Buffer;

use listed::Page;
use signing::Sign;

/// A request, or what was wrong with it before it could be sent.
pub type Draft = Result<Request<Buffer>, http::Error>;

/// What cannot be understood in an answer.
pub type Understood<T> = Result<T, String>;

/// How a service writes requests and answers. Keys are whole: with the prefix of the store's root.
pub trait Dialect: Send + Sync {
    /// One page of a listing.
    ///
    /// # Errors
    ///
    /// When no request can be made of it.
    fn list(&self, query: &ListQuery<'_>) -> Draft;

    /// What a page says.
    ///
    /// # Errors
    ///
    /// When it is not a page of this service.
    fn page(&self, body: &[u8]) -> Understood<Page>;

    /// The removal of one object; with an etag, only of the object that has it, where the service can compare.
    ///
    /// # Errors
    ///
    /// When no request can be made of it.
    fn delete(&self, key: &str, etag: Option<&str>) -> Draft;

    /// A copy within the bucket.
    ///
    /// # Errors
    ///
    /// When no request can be made of it.
    fn copy(&self, copy: &KeyCopy<'_>) -> Draft;

    /// How far the copy is.
    ///
    /// # Errors
    ///
    /// When the answer is not one to a copy, or says that it failed.
    fn copied(&self, headers: &http::HeaderMap, body: &[u8]) -> Understood<Copied>;

    /// The removal of several objects by one request whose address has no key in it; `None` where there is no such request.
    fn delete_batch(&self, files: &[(&str, Option<&str>)]) -> Option<Draft> {
        let _ = files;
        None
    }

    /// Which objects of a batch stayed.
    ///
    /// # Errors
    ///
    /// When the answer is not one to a batch.
    fn failures(&self, body: &[u8]) -> Understood<Vec<Failure>> {
        let _ = body;
        Ok(Vec::new())
    }

    /// Signs the requests; `None` when they are anonymous.
    fn signer(&self) -> Option<&dyn Sign>;

    /// Whether one request can remove this key among others.
    fn fits_batch(&self, key: &str) -> bool {
        let _ = key;
        false
    }

    /// Whether a copy can name this key as its source.
    fn can_be_copied(&self, key: &str) -> bool;

    /// The address of an object.
    fn object_address(&self, key: &str) -> String;

    /// Whether a request for this address arrives as it is written.
    fn is_reached(&self, key: &str) -> bool;
}

/// What is to be listed.
#[derive(Clone, Copy, Debug)]
pub struct ListQuery<'a> {
    /// What all keys begin with.
    pub prefix: &'a str,
    /// Whether keys that go on after a further `/` are listed as one prefix.
    pub by_directory: bool,
    /// Where the page before ended, in the service's words.
    pub after: Option<&'a str>,
    /// The most entries.
    pub limit: Option<usize>,
}

/// What is to be copied.
#[derive(Clone, Copy, Debug)]
pub struct KeyCopy<'a> {
    /// The key that is copied.
    pub source: &'a str,
    /// The key of the copy.
    pub target: &'a str,
    /// The etag that the source must have.
    pub source_etag: Option<&'a str>,
    /// Whether nothing may be at the target.
    pub must_be_free: bool,
    /// Where the request before ended.
    pub after: Option<&'a str>,
}

/// How far a copy is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copied {
    /// The copy is there.
    Whole,
    /// It is to be asked for again with this.
    Part(String),
}

/// An object of a batch that stayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its key.
    pub key: String,
    /// The service's word for the reason.
    pub code: String,
    /// The reason.
    pub message: String,
}
