//! A file open for reading: the first request brings the beginning with the size and the etag; what follows is fetched in
//! ranges, several ahead, each of the same object.

use std::collections::VecDeque;

use larder_plugin_api::{Error, ErrorKind, Reader, Result, SeekFrom, Stat, StorePath};
use opendal::raw::oio;
use opendal::{Buffer, BytesRange, Metadata};
use tokio::task::JoinHandle;

use crate::client::{Answer, SharedClient};
use crate::paths::{self, Standing};

/// A reader of one object.
pub struct ObjectReader {
    client: SharedClient,
    key: String,
    metadata: Metadata,
    offset: u64,
    /// What was fetched and begins at `offset`.
    ready: Buffer,
    /// The answer to the first request, as far as it was not read, and the offset where it goes on.
    first: Option<(u64, Stream)>,
    /// Ranges under way, in order, with where each begins.
    ahead: VecDeque<Range>,
}

/// A range that is being fetched. Dropped, it is fetched no further.
struct Range {
    start: u64,
    len: u64,
    task: JoinHandle<Result<Buffer>>,
}

impl Drop for Range {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ObjectReader {
    /// Asks for the whole object and takes what comes with the first answer.
    pub fn open(client: &SharedClient, path: StorePath<'_>) -> Result<Self> {
        if path.is_root() {
            return Err(Error::is_a_directory());
        }
        let (metadata, first) = client.wait(begin(client, path))?;
        let (key, client) = (path.as_str().to_owned(), client.clone());
        let first = first.map(|stream| (0, stream));
        Ok(Self { client, key, metadata, offset: 0, ready: Buffer::new(), first, ahead: VecDeque::new() })
    }

    fn length(&self) -> u64 {
        self.metadata.content_length()
    }

    /// The first answer is read up to a part; a longer file goes on in ranges, which come side by side.
    fn first_until(&self) -> u64 {
        self.length().min(self.client.tuning.part_size as u64)
    }

    /// Fetches what comes next into `ready`.
    fn fill(&mut self) -> Result<()> {
        if let Some((at, mut stream)) = self.first.take().filter(|(at, _)| *at == self.offset) {
            // Whoever reads on after the first piece is likely to read all.
            if at > 0 {
                self.fetch_ahead(self.first_until())?;
            }
            let next = self.client.wait(async {
                match self.client.bounded(stream.read_dyn()).await? {
                    Answer::Done(buffer) => Ok(buffer),
                    Answer::ConditionFailed => Err(replaced()),
                }
            });
            match next {
                Ok(buffer) if !buffer.is_empty() => {
                    let until = at + buffer.len() as u64;
                    if until <= self.first_until() {
                        self.first = Some((until, stream)).filter(|_| until < self.length());
                        self.ready = buffer;
                    } else {
                        let within = usize::try_from(self.first_until() - at).unwrap_or(usize::MAX);
                        self.ready = buffer.slice(..within);
                    }
                    if !self.ready.is_empty() {
                        return Ok(());
                    }
                }
                // The connection was lost, or ended early: the same bytes are asked for again, as a range.
                Ok(_) => {}
                // What was handed out before is as wrong as the rest; it is too late to ask again.
                Err(error) if error.kind() == ErrorKind::Corrupt && at > 0 => return Err(error),
                Err(error) if error.is_retryable() || error.kind() == ErrorKind::Corrupt => {}
                Err(error) => return Err(error),
            }
        }
        self.fill_from_range()
    }

    fn fill_from_range(&mut self) -> Result<()> {
        let begins_here = self.ahead.front().is_some_and(|range| range.start == self.offset);
        if !begins_here {
            self.ahead.clear();
        }
        self.fetch_ahead(self.offset)?;
        let Some(mut range) = self.ahead.pop_front() else { return Ok(()) };
        self.fetch_ahead(range.start + range.len)?;
        self.ready = self.client.wait(async {
            match (&mut range.task).await {
                Ok(result) => result,
                Err(error) => {
                    Err(Error::new(ErrorKind::Unexpected, "a request ended early").with_source(&error))
                }
            }
        })?;
        Ok(())
    }

    /// Keeps as many ranges under way as the config says, beginning at `from` when there is none.
    fn fetch_ahead(&mut self, from: u64) -> Result<()> {
        while self.ahead.len() < self.client.tuning.concurrency {
            let start = self.ahead.back().map_or(from, |last| last.start + last.len);
            if start >= self.length() {
                break;
            }
            let len = (self.length() - start).min(self.client.tuning.part_size as u64);
            let fetch = fetch(self.client.clone(), self.key.clone(), self.metadata.clone(), start, len);
            self.ahead.push_back(Range { start, len, task: self.client.handle()?.spawn(fetch) });
        }
        Ok(())
    }
}

type Stream = Box<dyn oio::ReadStreamDyn>;

/// The object's description and the beginning of its content; without the latter when the first request failed for a
/// passing reason.
async fn begin(client: &SharedClient, path: StorePath<'_>) -> Result<(Metadata, Option<Stream>)> {
    let reader = client.reader_once(path.as_str())?;
    match client.bounded(reader.open_dyn(BytesRange::from(..))).await {
        Ok(Answer::Done((answer, stream))) => {
            if let Some(metadata) = answer.into_metadata() {
                // An answer to GET does not always say that the object stands for a directory.
                let is_empty = metadata.content_length() == 0;
                if is_empty && client.is_folder(path).await? {
                    return Err(Error::is_a_directory());
                }
                return Ok((metadata, Some(stream)));
            }
        }
        Ok(Answer::ConditionFailed) => return Err(replaced()),
        Err(error) if error.kind() == ErrorKind::NotFound || error.is_retryable() => {}
        Err(error) => return Err(error),
    }
    match paths::look(client, path).await? {
        Standing::File(metadata) => Ok((metadata, None)),
        Standing::Directory => Err(Error::is_a_directory()),
        Standing::Nothing => Err(Error::not_found()),
    }
}

/// Fetches a range of the object that `expected` describes.
async fn fetch(
    client: SharedClient,
    key: String,
    expected: Metadata,
    start: u64,
    len: u64,
) -> Result<Buffer> {
    let reader = client.reader(&key, Some(&expected))?;
    match client.bounded(reader.read_dyn(BytesRange::new(start, Some(len)))).await {
        Ok(Answer::Done((answer, buffer))) => {
            let now = answer.metadata().and_then(Metadata::etag);
            let is_same = now.is_none() || now == expected.etag();
            if is_same { Ok(buffer) } else { Err(replaced()) }
        }
        Ok(Answer::ConditionFailed) => Err(replaced()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Error::new(ErrorKind::Corrupt, "the file was removed while it was read"))
        }
        Err(error) => Err(error),
    }
}

fn replaced() -> Error {
    Error::new(ErrorKind::Corrupt, "the file was replaced while it was read")
}

impl Reader for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if buffer.is_empty() || self.offset >= self.length() {
            return Ok(0);
        }
        if self.ready.is_empty() {
            self.fill()?;
        }
        let count = take(&mut self.ready, buffer);
        if count == 0 {
            return Err(Error::new(
                ErrorKind::Corrupt,
                format!("the content ends after {} bytes of {}", self.offset, self.length()),
            ));
        }
        self.offset += count as u64;
        Ok(count)
    }

    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(by) => self.offset.checked_add_signed(by),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
        };
        let target = target
            .ok_or_else(|| Error::new(ErrorKind::InvalidArgument, "the offset is before the beginning"))?;
        if target != self.offset {
            self.ready = Buffer::new();
            self.offset = target;
        }
        Ok(target)
    }

    fn size(&mut self) -> Result<u64> {
        Ok(self.length())
    }

    fn stat(&mut self) -> Result<Stat> {
        Ok(paths::stat_of(&self.client, &self.metadata))
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let len = self.length().saturating_sub(offset).min(buffer.len() as u64);
        if len == 0 {
            return Ok(0);
        }
        let fetch = fetch(self.client.clone(), self.key.clone(), self.metadata.clone(), offset, len);
        let mut fetched = self.client.wait(fetch)?;
        Ok(take(&mut fetched, buffer))
    }
}

/// Moves as much as fits out of `from`.
fn take(from: &mut Buffer, buffer: &mut [u8]) -> usize {
    let count = from.len().min(buffer.len());
    let mut filled = 0;
    for bytes in from.split_to(count) {
        buffer[filled..filled + bytes.len()].copy_from_slice(&bytes);
        filled += bytes.len();
    }
    count
}
