//! A file open for writing: full chunks go to the database as a content that nobody sees, `close` makes it a file's.

use std::sync::Arc;
use std::time::SystemTime;

use larder_plugin_api::{OpenMode, OpenOptions, Result, StorePath, Writer};

use crate::content;
use crate::database::{Database, Purpose};
use crate::tree;

/// Holds at most one chunk in memory. Each full one is written in a transaction of its own, so that a slow caller
/// keeps nobody else from writing. What fits into one chunk is written by `close` alone.
pub struct ContentWriter {
    database: Arc<Database>,
    path: String,
    mode: OpenMode,
    /// The time that the file gets, if that is not the time of its close.
    modified: Option<SystemTime>,
    chunk: Vec<u8>,
    /// The content of the chunks that were full.
    pending: Option<i64>,
    /// Their size.
    written: u64,
}

impl ContentWriter {
    /// What can be known now is told now, before a caller sends its data; what counts is the check at `close`.
    pub fn open(database: &Arc<Database>, path: StorePath, options: &OpenOptions) -> Result<Self> {
        let mode = options.mode;
        database.read(|connection| tree::check_write(connection, path, mode))?;
        Ok(Self {
            database: database.clone(),
            path: path.as_str().to_owned(),
            mode,
            modified: options.modified,
            chunk: Vec::new(),
            pending: None,
            written: 0,
        })
    }

    fn put_away(&mut self, chunk: &[u8]) -> Result<()> {
        let session = if self.pending.is_none() { self.database.session()? } else { 0 };
        let content = self.database.write(Purpose::Prepare, |connection| {
            let content = match self.pending {
                Some(content) => content,
                None => content::begin(connection, session)?,
            };
            content::check_pending(connection, content)?;
            content::add(connection, content, self.written, chunk)?;
            Ok(content)
        })?;
        self.pending = Some(content);
        self.written += chunk.len() as u64;
        Ok(())
    }

    fn publish(&self) -> Result<()> {
        let path = StorePath::new(&self.path)?;
        let size = self.written + self.chunk.len() as u64;
        self.database.write(Purpose::Publish, |connection| {
            let there = tree::check_write(connection, path, self.mode)?;
            if let (OpenMode::Append, Some(file)) = (self.mode, there) {
                if let Some(pending) = self.pending {
                    content::append(connection, pending, file.content, file.size)?;
                }
                content::add(connection, file.content, file.size + self.written, &self.chunk)?;
                return tree::set_content(connection, &file, file.content, file.size + size, self.modified);
            }
            let content = match self.pending {
                Some(pending) => content::publish(connection, pending).map(|()| pending)?,
                None => content::make(connection)?,
            };
            content::add(connection, content, self.written, &self.chunk)?;
            tree::put(connection, path, content, size, self.modified)
        })
    }
}

impl Writer for ContentWriter {
    fn write(&mut self, mut data: &[u8]) -> Result<()> {
        let chunk_bytes = self.database.options.chunk_bytes;
        while !data.is_empty() {
            if self.chunk.is_empty() && data.len() >= chunk_bytes {
                let (chunk, rest) = data.split_at(chunk_bytes);
                self.put_away(chunk)?;
                data = rest;
                continue;
            }
            let (taken, rest) = data.split_at(data.len().min(chunk_bytes - self.chunk.len()));
            self.chunk.extend_from_slice(taken);
            data = rest;
            if self.chunk.len() == chunk_bytes {
                let mut chunk = std::mem::take(&mut self.chunk);
                self.put_away(&chunk)?;
                chunk.clear();
                self.chunk = chunk;
            }
        }
        Ok(())
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        self.publish()?;
        self.pending = None;
        Ok(())
    }
}

/// What was not closed becomes garbage. When that fails, the end of the session does the same.
impl Drop for ContentWriter {
    fn drop(&mut self) {
        if let Some(pending) = self.pending {
            let _ = self.database.write(Purpose::Clean, |connection| content::release(connection, pending));
        }
    }
}
