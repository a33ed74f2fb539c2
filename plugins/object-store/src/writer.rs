//! A file open for writing: one request when it is small, an upload in parts when it is not. Nothing is visible before
//! `close`, and a writer that is dropped takes its parts back.

use std::mem;

use larder_plugin_api::{Error, ErrorKind, OpenMode, Result, StorePath, Writer};
use opendal::options::ReadOptions;
use opendal::raw::{OpRead, oio};
use opendal::{BytesRange, Metadata};

use crate::client::{Answer, Condition, SharedClient, buffer};
use crate::paths;
use crate::token::Token;

/// How many parts have the size that the config says. Each further thousand is twice as large as the one before, so that
/// 10,000 parts, the most that services take, hold any file they take.
const PARTS_OF_ONE_SIZE: usize = 1000;

/// The most that one request can copy into an upload (S3, `UploadPartCopy`).
const LARGEST_COPY: u64 = 5 << 30;

/// The largest part that services take (S3, "multipart upload limits").
const LARGEST_PART: usize = 5 << 30;

/// How often a small append is tried again after another was faster. Of those that meet, one succeeds each time.
const APPENDS_TRIED: usize = 64;

const CHANGED: &str = "another wrote the file while this appended to it";

/// A writer of one object.
pub struct ObjectWriter {
    client: SharedClient,
    path: String,
    mode: OpenMode,
    /// What was there, in mode `a`.
    before: Option<Metadata>,
    token: Token,
    state: State,
    pending: Vec<u8>,
    parts: usize,
}

enum State {
    /// Nothing was sent.
    Waiting,
    /// Parts are on their way.
    Sending(oio::Writer),
    /// `close` was called, or something failed and was taken back.
    Over,
}

impl ObjectWriter {
    /// Looks whether a file can be written at the path; sends nothing else.
    pub fn open(client: &SharedClient, path: StorePath<'_>, mode: OpenMode) -> Result<Self> {
        let before = client.wait(async {
            paths::check_writable(client, path).await?;
            match mode {
                OpenMode::Exclusive if client.head(path.as_str()).await?.is_some() => {
                    Err(Error::already_exists())
                }
                OpenMode::Append => client.head(path.as_str()).await,
                _ => Ok(None),
            }
        })?;
        Ok(Self {
            client: client.clone(),
            path: path.as_str().to_owned(),
            mode,
            before,
            token: Token::new(),
            state: State::Waiting,
            pending: Vec::new(),
            parts: 0,
        })
    }

    /// When the upload may become visible.
    fn condition(&self) -> Result<Condition> {
        Ok(match (self.mode, &self.before) {
            (OpenMode::Exclusive, _) => Condition::Free,
            (OpenMode::Append, Some(before)) if self.client.can_write_unchanged()? => {
                Condition::Unchanged(before.clone())
            }
            (OpenMode::Append, None) if self.client.is_exclusive() => Condition::Free,
            _ => Condition::None,
        })
    }

    fn part_size(&self) -> usize {
        let doublings = u32::try_from(self.parts / PARTS_OF_ONE_SIZE).unwrap_or(u32::MAX);
        self.client.tuning.part_size.checked_shl(doublings).unwrap_or(LARGEST_PART).min(LARGEST_PART)
    }

    /// The upload; begun when there is none yet, with what an append keeps.
    async fn sending(&mut self) -> Result<&mut oio::Writer> {
        if let State::Waiting = self.state {
            let condition = self.condition()?;
            // A small file that replaces what is there can be sent twice; all else may not be known again.
            let is_plain = matches!(condition, Condition::None) && self.pending.len() < self.part_size();
            let token = Some(&self.token).filter(|_| !is_plain);
            let mut writer = self.client.writer(&self.path, &condition, token)?;
            if let Some(before) = self.before.take_if(|before| before.content_length() > 0) {
                self.keep(&mut writer, &before).await?;
            }
            self.state = State::Sending(writer);
        }
        match &mut self.state {
            State::Sending(writer) => Ok(writer),
            _ => Err(over()),
        }
    }

    /// Puts what was there at the beginning: copied by the service where it can and a part is large enough, else through
    /// this process.
    async fn keep(&mut self, writer: &mut oio::Writer, before: &Metadata) -> Result<()> {
        let size = before.content_length();
        if self.client.can_copy_into_upload()? && size >= self.client.tuning.part_size as u64 {
            let mut at = 0;
            while at < size {
                // No piece may be smaller than a part, so the last two share what is left.
                let left = size - at;
                let len = if left <= LARGEST_COPY {
                    left
                } else {
                    LARGEST_COPY.min(left - self.client.tuning.part_size as u64)
                };
                let (_, arguments, _): (_, OpRead, _) =
                    ReadOptions { if_match: before.etag().map(str::to_owned), ..ReadOptions::default() }
                        .into();
                let range = BytesRange::new(at, Some(len));
                let copied = self.client.persistently("write", async || {
                    writer.copy_from_dyn(&self.path, arguments.clone(), range).await
                });
                copied.await.and_then(unchanged)?;
                at += len;
                self.parts += 1;
            }
            return Ok(());
        }
        let reader = self.client.reader(&self.path, Some(before))?;
        let part = self.client.tuning.part_size as u64;
        let new = mem::take(&mut self.pending);
        let mut at = 0;
        while at < size {
            let len = part.min(size - at);
            let read = reader.read_dyn(BytesRange::new(at, Some(len)));
            let (_, piece) = self.client.bounded(read).await.and_then(unchanged)?;
            at += len;
            if at < size || len == part {
                let sent =
                    self.client.persistently("write", async || writer.write_dyn(piece.clone()).await).await;
                sent.and_then(unchanged)?;
                self.parts += 1;
            } else {
                // The last, short piece and what is new make a part together.
                self.pending = piece.to_vec();
            }
        }
        self.pending.extend_from_slice(&new);
        Ok(())
    }

    /// Sends what is pending as one part.
    async fn send(&mut self) -> Result<()> {
        self.sending().await?;
        let part = mem::take(&mut self.pending);
        if part.is_empty() {
            return Ok(());
        }
        let State::Sending(writer) = &mut self.state else { return Err(over()) };
        let part = buffer(part);
        let sent = self.client.persistently("write", async || writer.write_dyn(part.clone()).await).await;
        sent.and_then(unchanged)?;
        self.parts += 1;
        Ok(())
    }

    /// Makes the upload visible. An append of less than a part, which another was faster than, goes after what that one
    /// wrote.
    async fn publish(&mut self) -> Result<()> {
        let new = match (self.mode, &self.state) {
            (OpenMode::Append, State::Waiting) => self.pending.clone(),
            _ => return self.publish_once().await,
        };
        for _ in 0..APPENDS_TRIED {
            match self.publish_once().await {
                Err(error) if error.message() == CHANGED => {}
                result => return result,
            }
            self.give_up().await;
            self.before = self.client.head(&self.path).await?;
            (self.state, self.pending, self.parts) = (State::Waiting, new.clone(), 0);
        }
        Err(changed())
    }

    async fn publish_once(&mut self) -> Result<()> {
        let condition_is_free = self.mode == OpenMode::Exclusive;
        self.send().await?;
        let State::Sending(writer) = &mut self.state else { return Err(over()) };
        let answer = self.client.persistently("write", async || writer.close_dyn().await).await;
        let is_settled = match &answer {
            Ok(Answer::Done(_)) => true,
            Ok(Answer::ConditionFailed) => false,
            // The upload is known no more: it may be complete.
            Err(error) => error.kind() != ErrorKind::NotFound,
        };
        // A file of one request has no upload that could be missing.
        if self.parts <= 1 && answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            return Err(self.client.missing_place());
        }
        if !is_settled && self.client.is_written_with(&self.path, &self.token).await? {
            return Ok(());
        }
        match answer.map_err(known)? {
            Answer::Done(_) => Ok(()),
            Answer::ConditionFailed if condition_is_free => Err(Error::already_exists()),
            Answer::ConditionFailed => Err(changed()),
        }
    }

    /// Takes back the parts that were sent, as far as the service lets it.
    async fn give_up(&mut self) {
        if let State::Sending(mut writer) = mem::replace(&mut self.state, State::Over) {
            // The conflict is what the caller hears of; a part that stays is the bucket's lifecycle rule's to remove.
            let _ = writer.abort_dyn().await;
        }
    }

    /// Takes back the parts that were sent.
    fn take_back(&mut self) {
        if let State::Sending(mut writer) = mem::replace(&mut self.state, State::Over) {
            let client = self.client.clone();
            self.client.wait_to_clean_up(async move {
                for _ in 0..client.tuning.retries {
                    match client.bounded(writer.abort_dyn()).await {
                        Err(error) if error.is_retryable() => {}
                        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                        _ => return Ok(()),
                    }
                    tokio::time::sleep(client.tuning.retry_delay).await;
                }
                client.bounded(writer.abort_dyn()).await.map(drop)
            });
        }
    }
}

impl Writer for ObjectWriter {
    fn write(&mut self, mut data: &[u8]) -> Result<()> {
        if matches!(self.state, State::Over) {
            return Err(over());
        }
        while !data.is_empty() {
            let part_size = self.part_size();
            let count = (part_size.saturating_sub(self.pending.len())).min(data.len());
            if self.pending.is_empty() && count == data.len() {
                self.pending.reserve(count);
            } else if self.pending.capacity() < part_size {
                self.pending.reserve_exact(part_size - self.pending.len());
            }
            self.pending.extend_from_slice(&data[..count]);
            data = &data[count..];
            if self.pending.len() >= part_size {
                let client = self.client.clone();
                if let Err(error) = client.wait(self.send()) {
                    self.take_back();
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        let client = self.client.clone();
        let result = client.wait(self.publish());
        if result.is_ok() {
            self.state = State::Over;
            if let Ok(path) = StorePath::new(&self.path) {
                client.known.written(path);
            }
        } else {
            self.take_back();
        }
        result
    }
}

impl Drop for ObjectWriter {
    fn drop(&mut self) {
        self.take_back();
    }
}

fn unchanged<T>(answer: Answer<T>) -> Result<T> {
    match answer {
        Answer::Done(value) => Ok(value),
        Answer::ConditionFailed => Err(changed()),
    }
}

/// What was appended is lost, and says so; the caller may append again.
fn changed() -> Error {
    Error::new(ErrorKind::Unavailable, CHANGED)
}

/// What is missing is the upload, not a file.
fn known(error: Error) -> Error {
    if error.kind() != ErrorKind::NotFound {
        return error;
    }
    let message = "the service does not know the upload any more: another may have ended it";
    Error::new(ErrorKind::Unavailable, message).with_cause(error.message())
}

fn over() -> Error {
    Error::new(ErrorKind::Unexpected, "the writer failed before")
}
