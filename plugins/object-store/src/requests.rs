//! The requests that this crate makes itself: signed, sent, sent again where the reason passes, and what was answered.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, Request};
use larder_plugin_api::{Error, ErrorKind, Result, StorePath};
use opendal::Buffer;

use crate::client::{Answer, Client, directory_key};
use crate::error;
use crate::service::Connection;
use crate::wire::listed::{Listed, Listing};
use crate::wire::{Copied, Dialect, Draft, KeyCopy, ListQuery, answer};

/// How often a copy that the service makes by and by is asked for again. Each request moves a gibibyte or more.
const COPY_STEPS: usize = 10_000;

/// The pause between two looks at a copy that is under way.
const COPY_PAUSE: Duration = Duration::from_millis(100);

/// A marker that the copy is under way and must be looked at, not asked for again.
pub const UNDER_WAY: &str = "";

/// What was answered, in full.
struct Reply {
    headers: HeaderMap,
    body: Vec<u8>,
}

/// What became of an object that was to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    Gone,
    Missing,
    /// It is not the object any more that was expected, and stays.
    Changed,
}

/// A listing, page by page.
pub struct Lister {
    prefix: String,
    by_directory: bool,
    limit: Option<usize>,
    after: Option<String>,
    is_over: bool,
}

impl Lister {
    /// What is in a directory: its files, and its directories once each.
    pub fn of_directory(directory: StorePath<'_>) -> Self {
        Self { by_directory: true, ..Self::of_tree(directory) }
    }

    /// Every key below a directory, its marker included.
    pub fn of_tree(directory: StorePath<'_>) -> Self {
        let prefix = if directory.is_root() { String::new() } else { directory_key(directory.as_str()) };
        Self::of_prefix(prefix)
    }

    /// Every key that begins so.
    pub fn of_prefix(prefix: String) -> Self {
        Self { prefix, by_directory: false, limit: None, after: None, is_over: false }
    }

    /// No more than so many a page.
    pub fn limited(self, limit: usize) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// The keys of the next page below the store's root, in the order of their bytes; `None` after the last one.
    pub async fn next_page(&mut self, client: &Client) -> Result<Option<Vec<Listed>>> {
        if self.is_over {
            return Ok(None);
        }
        self.is_over = true;
        let root = client.prefix();
        let prefix = format!("{root}{}", self.prefix);
        let query = ListQuery {
            prefix: &prefix,
            by_directory: self.by_directory,
            after: self.after.as_deref(),
            limit: self.limit,
        };
        let dialect = client.dialect()?;
        let reply = match client.ask("list", dialect.list(&query)).await {
            // A prefix without keys is an empty listing; there is nothing else that could be missing.
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(client.missing_place()),
            Ok(Answer::ConditionFailed) => return Err(not_understood("a listing has no condition")),
            Ok(Answer::Done(reply)) => reply,
            Err(error) => return Err(error),
        };
        let page = dialect.page(&reply.body).map_err(|error| not_understood(&error))?;
        if page.next.is_some() && page.next == self.after {
            return Err(not_understood("the service gives the same page of a listing again"));
        }
        self.is_over = page.next.is_none();
        self.after = page.next;
        let mut entries = page.entries;
        for listed in &mut entries {
            let Some(key) = listed.key.strip_prefix(&prefix) else {
                return Err(not_understood(&format!(
                    "the service listed a key that does not begin with `{prefix}`"
                )));
            };
            listed.key = format!("{}{key}", self.prefix);
        }
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Some(entries))
    }
}

impl Client {
    /// The beginning of all keys of this store.
    pub fn prefix(&self) -> &str {
        &self.service.prefix
    }

    /// How the service writes requests.
    pub fn dialect(&self) -> Result<&dyn Dialect> {
        Ok(&*self.connection()?.dialect)
    }

    fn whole(&self, key: &str) -> String {
        format!("{}{key}", self.service.prefix)
    }

    /// Sends a request, also again. A request that the client would send to another address is not sent.
    async fn ask(&self, what: &str, draft: Draft) -> Result<Answer<Reply>> {
        let request = draft.map_err(|error| {
            Error::new(ErrorKind::InvalidPath, "the service has no address for it").with_source(&error)
        })?;
        let connection = self.connection()?;
        self.persistently(what, async || send(connection, &request).await).await
    }

    /// The etag of the object at exactly this key, `None` when there is no object.
    async fn etag_at(&self, key: &str) -> Result<Option<Option<String>>> {
        let is_path = StorePath::new(key).is_ok_and(|path| !path.is_root());
        if is_path {
            let object = self.head(key).await?;
            return Ok(object.map(|object| self.etag(&object).map(str::to_owned)));
        }
        Ok(self.find_key(key).await?.map(|found| found.etag.map(String::from)))
    }

    /// The object at exactly this key, as a listing gives it: its address is not asked for, so it may be any key.
    pub async fn find_key(&self, key: &str) -> Result<Option<Listed>> {
        let mut lister = Lister::of_prefix(key.to_owned()).limited(1);
        while let Some(page) = lister.next_page(self).await? {
            // The shortest of the keys with a beginning is the first of them.
            if let Some(first) = page.into_iter().next() {
                return Ok(Some(first).filter(|first| first.key == key && first.kind != Listing::Prefix));
            }
        }
        Ok(None)
    }

    /// Removes the object at exactly this key; with an etag, only the one that has it.
    pub async fn remove_key(&self, key: &str, etag: Option<&str>) -> Result<Removal> {
        self.known.removed();
        if let Some(expected) = etag.filter(|_| !self.service.conditional_deletes) {
            match self.etag_at(key).await? {
                None => return Ok(Removal::Missing),
                Some(found) if !is_same_etag(found.as_deref(), expected) => return Ok(Removal::Changed),
                Some(_) => {}
            }
        }
        let (dialect, whole) = (self.dialect()?, self.whole(key));
        let batch = match dialect.is_reached(&whole) {
            true => None,
            false if dialect.fits_batch(&whole) => dialect.delete_batch(&[(&whole, etag)]),
            false => return Err(unreachable_key()),
        };
        let is_batch = batch.is_some();
        match self.ask("remove", batch.unwrap_or_else(|| dialect.delete(&whole, etag))).await {
            Ok(Answer::Done(reply)) if is_batch => {
                let failures = dialect.failures(&reply.body).map_err(|error| not_understood(&error))?;
                failures.first().map_or(Ok(Removal::Gone), |failure| self.outcome(failure))
            }
            Ok(Answer::Done(_)) => Ok(Removal::Gone),
            // Some services say the same of an object that is not there.
            Ok(Answer::ConditionFailed) if self.etag_at(key).await?.is_none() => Ok(Removal::Missing),
            Ok(Answer::ConditionFailed) => Ok(Removal::Changed),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Removal::Missing),
            Err(error) => Err(error),
        }
    }

    /// Removes many objects by one request, each with the etag that it must have, where the service has such a request and
    /// compares. One outcome for each, in their order.
    pub async fn remove_batch(&self, files: &[(String, Option<String>)]) -> Result<Vec<Result<Removal>>> {
        self.known.removed();
        let dialect = self.dialect()?;
        let whole: Vec<_> = files.iter().map(|(key, _)| self.whole(key)).collect();
        let named: Vec<_> =
            whole.iter().zip(files).map(|(key, (_, etag))| (key.as_str(), etag.as_deref())).collect();
        let Some(draft) = dialect.delete_batch(&named) else {
            return Err(not_understood("the service removes one object a request"));
        };
        let reply = match self.ask("remove", draft).await? {
            Answer::Done(reply) => reply,
            Answer::ConditionFailed => return Err(not_understood("a batch has no condition of its own")),
        };
        let failures = dialect.failures(&reply.body).map_err(|error| not_understood(&error))?;
        if let Some(other) = failures.iter().find(|failure| !whole.contains(&failure.key)) {
            // Which object stayed is not known: none is taken for gone.
            return Err(self.outcome(other).err().unwrap_or_else(|| not_understood(&other.code)));
        }
        let outcome = |key: &String| match failures.iter().find(|failure| failure.key == *key) {
            Some(failure) => self.outcome(failure),
            None => Ok(Removal::Gone),
        };
        Ok(whole.iter().map(outcome).collect())
    }

    fn outcome(&self, failure: &crate::wire::Failure) -> Result<Removal> {
        match failure.code.as_str() {
            "NoSuchKey" => Ok(Removal::Missing),
            // The second: another wrote or removed it while the service compared.
            "PreconditionFailed" | "ConditionalRequestConflict" => Ok(Removal::Changed),
            code => Err(self.error(&answer::error_of_code(code, &failure.message))),
        }
    }

    /// Copies an object by its exact key; false when the target had to be free and is not, or the source is not the object
    /// any more that was expected.
    pub async fn copy_key(
        &self,
        source: &str,
        target: &str,
        source_etag: Option<&str>,
        must_be_free: bool,
    ) -> Result<bool> {
        let (dialect, source, target) = (self.dialect()?, self.whole(source), self.whole(target));
        if !dialect.can_be_copied(&source) {
            return Err(unreachable_key());
        }
        let mut after: Option<String> = None;
        for _ in 0..COPY_STEPS {
            let copy = KeyCopy {
                source: &source,
                target: &target,
                source_etag,
                must_be_free,
                after: after.as_deref(),
            };
            let Answer::Done(reply) = self.ask("copy", dialect.copy(&copy)).await? else { return Ok(false) };
            match dialect.copied(&reply.headers, &reply.body).map_err(|error| not_understood(&error))? {
                Copied::Whole => return Ok(true),
                Copied::Part(next) => {
                    if next == UNDER_WAY {
                        tokio::time::sleep(COPY_PAUSE).await;
                    }
                    after = Some(next);
                }
            }
        }
        Err(Error::new(ErrorKind::TimedOut, "the service did not end the copy"))
    }
}

async fn send(connection: &Connection, request: &Request<Buffer>) -> opendal::Result<Reply> {
    let (mut head, body) = request.clone().into_parts();
    let transport = connection.context.http_transport();
    if let Some(signer) = connection.dialect.signer() {
        signer.sign(&mut head, transport).await?;
    }
    let (head, body) = transport.send(Request::from_parts(head, body)).await?.into_parts();
    let body = body.to_vec();
    match answer::error_of(head.status, &body) {
        Some(error) => Err(error),
        None => Ok(Reply { headers: head.headers, body }),
    }
}

/// Whether two etags are one. Some services give them with quotes and some without.
pub fn is_same_etag(found: Option<&str>, expected: &str) -> bool {
    found.is_some_and(|found| found.trim_matches('"') == expected.trim_matches('"'))
}

/// The time of an answer, in whole seconds as all answers give it.
pub fn whole_seconds(time: SystemTime) -> Option<SystemTime> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs()))
}

/// The address of the key would become another one, and no request without it in its address reaches it.
pub fn unreachable_key() -> Error {
    error::not_sent()
}

fn not_understood(what: &str) -> Error {
    Error::new(ErrorKind::Unexpected, format!("the answer of the service is not understood: {what}"))
}
