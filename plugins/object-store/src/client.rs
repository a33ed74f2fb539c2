//! The requests that the operations are made of, and how a blocking caller waits for them.

use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use larder_plugin_api::{Error, ErrorKind, Level, Result, Services, StorePath};
use opendal::options::{CopyOptions, DeleteOptions, ReadOptions, WriteOptions};
use opendal::raw::{OpCopy, OpDelete, OpRead, OpStat, OpWrite, Service as _, oio};
use opendal::{Buffer, BytesRange, Metadata};
use tokio::runtime::Handle;

use crate::error;
use crate::keys;
use crate::known::KnownDirectories;
use crate::requests::Lister;
use crate::runtime;
use crate::service::{Connection, LONGEST_DELAY, Service, first_line};
use crate::token::Token;
use crate::tuning::Tuning;

/// How long a store waits for the end of an upload that was given up.
const ABORT_LIMIT: Duration = Duration::from_secs(5);

/// The same when the caller has cancelled. The request goes on meanwhile.
const CANCELLED_ABORT_LIMIT: Duration = Duration::from_millis(500);

/// A service with its connection, shared by a store and the readers and writers that outlive it.
pub struct Client {
    pub tuning: Tuning,
    pub(crate) service: Service,
    services: Services,
    connection: OnceLock<Connection>,
    pub known: KnownDirectories,
}

/// When a write succeeds.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Always.
    None,
    /// When nothing is at the key.
    Free,
    /// When the object is still the one that this describes.
    Unchanged(Metadata),
}

impl Client {
    pub fn new(service: Service, tuning: Tuning, services: Services) -> Self {
        Self { tuning, service, services, connection: OnceLock::new(), known: KnownDirectories::default() }
    }

    pub const fn is_exclusive(&self) -> bool {
        self.service.exclusive
    }

    pub const fn is_exclusive_copy(&self) -> bool {
        self.service.exclusive_copy
    }

    /// Refuses a path that the service has no name for.
    pub fn check_name(&self, path: StorePath<'_>) -> Result<()> {
        match path.as_str().chars().find(|character| (self.service.refused)(*character)) {
            Some(character) => Err(refused_name(character)),
            None => Ok(()),
        }
    }

    pub fn handle(&self) -> Result<&'static Handle> {
        runtime::handle(self.tuning.threads)
    }

    /// Waits for a future on the calling thread; cancellation ends the wait.
    pub fn wait<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        runtime::wait(self.handle()?, &self.services, future)
    }

    /// Waits for what must happen also when the caller has cancelled, but not for long.
    pub fn wait_to_clean_up(&self, future: impl Future<Output = Result<()>> + Send + 'static) {
        let Ok(handle) = self.handle() else { return };
        let limit = if self.services.is_cancelled() { CANCELLED_ABORT_LIMIT } else { ABORT_LIMIT };
        let task = handle.spawn(async move { tokio::time::timeout(ABORT_LIMIT, future).await });
        let reason = match handle.block_on(async { tokio::time::timeout(limit, task).await }) {
            Ok(Ok(Ok(Ok(())))) => return,
            Ok(Ok(Ok(Err(error)))) => error.to_string(),
            _ => "no answer in time".to_owned(),
        };
        self.services.log(Level::Warn, &format!("an unfinished upload may be left: {reason}"));
    }

    pub(crate) fn connection(&self) -> Result<&Connection> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        let connection = self.service.open(&self.tuning, &self.services)?;
        Ok(self.connection.get_or_init(|| connection))
    }

    /// The contract's error for what the service answered.
    pub fn error(&self, error: &opendal::Error) -> Error {
        error::of_service(error, &self.service.place, self.service.credential_sources)
    }

    /// One request, with its retries, within the limit for both.
    async fn request<T>(&self, future: impl Future<Output = opendal::Result<T>>) -> Result<Answer<T>> {
        match tokio::time::timeout(self.tuning.retry_limit, future).await {
            Ok(Ok(value)) => Ok(Answer::Done(value)),
            Ok(Err(error)) if error.kind() == opendal::ErrorKind::ConditionNotMatch => {
                Ok(Answer::ConditionFailed)
            }
            Ok(Err(error)) => Err(self.error(&error)),
            Err(_) => Err(Error::new(
                ErrorKind::TimedOut,
                format!("no answer within `retry_limit`, {} s", self.tuning.retry_limit.as_secs()),
            )),
        }
    }

    async fn unconditional<T>(&self, future: impl Future<Output = opendal::Result<T>>) -> Result<T> {
        match self.request(future).await? {
            Answer::Done(value) => Ok(value),
            Answer::ConditionFailed => {
                Err(Error::new(ErrorKind::Unexpected, "the service refused a condition that was not set"))
            }
        }
    }

    /// What tells an object from the one that was at its key before.
    pub fn etag<'a>(&self, object: &'a Metadata) -> Option<&'a str> {
        let generation = object.version().filter(|_| self.service.generations);
        generation.or_else(|| object.etag())
    }

    /// The object at a key; `None` when there is none.
    pub async fn head(&self, key: &str) -> Result<Option<Metadata>> {
        let Connection { servicer, context, .. } = self.connection()?;
        match self.unconditional(servicer.stat(context, key, OpStat::new())).await {
            Ok(answer) => Ok(Some(answer.into_metadata())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            // An answer to HEAD has no body that says why: a listing has one.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                let listed = self.has_below(StorePath::ROOT).await;
                Err(listed
                    .err()
                    .filter(|better| better.kind() != ErrorKind::PermissionDenied)
                    .unwrap_or(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether any key begins with the directory's, its marker included.
    pub async fn has_below(&self, directory: StorePath<'_>) -> Result<bool> {
        let mut lister = Lister::of_tree(directory).limited(1);
        while let Some(page) = lister.next_page(self).await? {
            if !page.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a directory is at a path.
    pub async fn is_directory(&self, path: StorePath<'_>) -> Result<bool> {
        Ok(path.is_root() || self.has_below(path).await? || self.is_folder(path).await?)
    }

    /// Whether an object stands for a directory at a path. Asks only where there are such objects.
    pub async fn is_folder(&self, path: StorePath<'_>) -> Result<bool> {
        Ok(self.service.has_folders
            && self.head(path.as_str()).await?.is_some_and(|object| keys::is_folder(&object)))
    }

    /// Whether what was found is an object that stands for a directory.
    pub fn is_folder_object(&self, object: &Metadata) -> bool {
        self.service.has_folders && keys::is_folder(object)
    }

    /// The bytes of a key, of the object that `expected` describes when it is given.
    pub fn reader(&self, key: &str, expected: Option<&Metadata>) -> Result<oio::Reader> {
        let Connection { servicer, context, capability, .. } = self.connection()?;
        let mut options = ReadOptions::default();
        if let Some(expected) = expected {
            options.if_match = expected.etag().map(str::to_owned).filter(|_| capability.read_with_if_match);
            if let Some(version) = expected.version().filter(|_| capability.read_with_if_version_match) {
                options =
                    ReadOptions { if_version_match: Some(version.to_owned()), ..ReadOptions::default() };
            }
        }
        let (_, arguments, _): (_, OpRead, _) = options.into();
        servicer.read(context, key, arguments).map_err(|error| self.error(&error))
    }

    /// Begins to read an object, without retries.
    pub fn reader_once(&self, key: &str) -> Result<oio::Reader> {
        let Connection { once, context, .. } = self.connection()?;
        once.read(context, key, OpRead::new()).map_err(|error| self.error(&error))
    }

    /// Bounds a request that a reader or a writer makes, and tells a failed condition from an error.
    pub async fn bounded<T>(&self, future: impl Future<Output = opendal::Result<T>>) -> Result<Answer<T>> {
        self.request(future).await
    }

    /// The same for what a writer sends, again and again where the reason passes. The retry layer would lose a writer whose
    /// request is given up, and with it the upload that is to be taken back.
    pub async fn persistently<T>(
        &self,
        what: &str,
        mut send: impl AsyncFnMut() -> opendal::Result<T>,
    ) -> Result<Answer<T>> {
        let mut delay = self.tuning.retry_delay;
        let mut retries = 1..=self.tuning.retries;
        self.request(async {
            loop {
                let error = match send().await {
                    Err(error) if error.is_temporary() => error,
                    result => return result,
                };
                let Some(retry) = retries.next() else { return Err(error) };
                let reason = first_line(error.message());
                self.services.log(Level::Warn, &format!("{what}: retry {retry} after: {reason}"));
                tokio::time::sleep(delay + jitter(delay)).await;
                delay = (delay * 2).min(LONGEST_DELAY.max(self.tuning.retry_delay));
            }
        })
        .await
    }

    /// Whether the object at a key was written with a token.
    pub async fn is_written_with(&self, key: &str, token: &Token) -> Result<bool> {
        if !key.ends_with('/') {
            return Ok(self.head(key).await?.is_some_and(|object| token.is_of(&object)));
        }
        // To look at a directory's key OpenDAL lists what begins with it; reading it asks for the object.
        match self.bounded(self.reader_once(key)?.open_dyn(BytesRange::from(..))).await {
            Ok(Answer::Done((answer, _))) => Ok(answer.metadata().is_some_and(|object| token.is_of(object))),
            Ok(Answer::ConditionFailed) => Ok(false),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// For an answer that something is missing where only the bucket can be.
    pub fn missing_place(&self) -> Error {
        error::missing_place(&self.service.place)
    }

    /// A writer of an object: one request when it is small, parts when it is not. What it sends is not sent again: see
    /// [`persistently`](Self::persistently).
    pub fn writer(&self, key: &str, condition: &Condition, token: Option<&Token>) -> Result<oio::Writer> {
        let Connection { once, context, capability, .. } = self.connection()?;
        let (if_not_exists, if_not_changed) = match condition {
            Condition::None => (false, None),
            Condition::Free => (true, None),
            Condition::Unchanged(metadata) => (false, Some(metadata.clone())),
        };
        let options = WriteOptions {
            if_not_exists,
            if_not_changed,
            concurrent: self.tuning.concurrency,
            user_metadata: token.map(Token::as_metadata),
            ..WriteOptions::default()
        };
        let (arguments, _) =
            OpWrite::from_options(capability, options).map_err(|error| self.error(&error))?;
        once.write(context, key, arguments).map_err(|error| self.error(&error))
    }

    /// Writes an object without content; false when the condition does not hold.
    pub async fn put_empty(&self, key: &str, condition: &Condition) -> Result<bool> {
        use oio::Write as _;
        let token = Token::new();
        let mut writer = self.writer(key, condition, Some(&token))?;
        match self.persistently("write", async || writer.close().await).await {
            Ok(Answer::Done(_)) => Ok(true),
            Ok(Answer::ConditionFailed) => self.is_written_with(key, &token).await,
            Err(error) if error.kind() == ErrorKind::NotFound => Err(self.missing_place()),
            Err(error) => Err(error),
        }
    }

    /// Whether the service replaces an object only when it is the one that was seen.
    pub fn can_write_unchanged(&self) -> Result<bool> {
        let Connection { capability, .. } = self.connection()?;
        Ok(self.service.exclusive
            && (capability.write_with_if_match || capability.write_with_if_version_match))
    }

    /// Whether the service copies ranges of an object into an upload.
    pub fn can_copy_into_upload(&self) -> Result<bool> {
        Ok(self.connection()?.capability.write_can_copy_from)
    }

    /// Copies an object within the service; false when the target had to be free and is not.
    pub async fn copy(
        &self,
        source: &str,
        target: &str,
        size: Option<u64>,
        must_be_free: bool,
    ) -> Result<bool> {
        use oio::Copy as _;
        let Connection { servicer, context, capability, .. } = self.connection()?;
        let mut options = CopyOptions {
            source_content_length_hint: size,
            concurrent: self.tuning.concurrency,
            ..CopyOptions::default()
        };
        match (must_be_free, capability.copy_with_if_not_exists) {
            (false, _) => {}
            (true, true) => options.if_not_exists = true,
            // Cloud Storage: generation 0 is that of an object that does not exist.
            (true, false) => options.if_version_match = Some("0".to_owned()),
        }
        let arguments = OpCopy::from_options(capability, options).map_err(|error| self.error(&error))?;
        let mut copier =
            servicer.copy(context, source, target, arguments).map_err(|error| self.error(&error))?;
        let answer = self
            .request(async {
                while copier.next().await?.is_some() {}
                copier.close().await
            })
            .await;
        if !matches!(answer, Ok(Answer::Done(_))) {
            // What was left of a copy in parts; an error of this is no news beside the first.
            let _ = tokio::time::timeout(ABORT_LIMIT, copier.abort()).await;
        }
        Ok(matches!(answer?, Answer::Done(_)))
    }

    /// Removes keys, as many a request as OpenDAL's service takes. A key that is not there counts as removed.
    pub async fn remove_bulk(&self, keys: &[String]) -> Result<()> {
        use oio::Delete as _;
        let Connection { servicer, context, capability, .. } = self.connection()?;
        let arguments = OpDelete::from_options(capability, DeleteOptions::default())
            .map_err(|error| self.error(&error))?;
        let mut deleter = servicer.delete(context).map_err(|error| self.error(&error))?;
        let result = self
            .request(async {
                for key in keys {
                    deleter.delete(key, arguments.clone()).await?;
                }
                deleter.close().await
            })
            .await;
        match result {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            result => result.map(drop),
        }
    }
}

/// What became of a request that had a condition.
pub enum Answer<T> {
    Done(T),
    ConditionFailed,
}

/// The key of a directory's marker, which is the beginning of the keys below it.
pub fn directory_key(path: &str) -> String {
    format!("{path}/")
}

/// What is said of a name that the service does not take.
pub fn refused_name(character: char) -> Error {
    let message = format!("the service takes no U+{:04X} in a name", u32::from(character));
    Error::new(ErrorKind::InvalidPath, message)
}

/// Up to as much again, so that those who failed together do not try again together.
fn jitter(delay: Duration) -> Duration {
    let random = u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or_default();
    delay.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// A piece of a body as one buffer of OpenDAL.
pub fn buffer(bytes: Vec<u8>) -> Buffer {
    Buffer::from(bytes)
}

/// Shared by a store and everything that it has opened.
pub type SharedClient = Arc<Client>;
