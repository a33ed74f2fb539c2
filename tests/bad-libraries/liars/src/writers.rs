//! Lies of writers: what is seen before `close`, after a drop, and in a race.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use larder_plugin_api::{ArtifactStore, Error, ErrorKind, Opened, Result, StorePath, Writer};

use crate::honest::Honest;

/// Long enough for another thread to come in between two steps.
pub const BETWEEN: Duration = Duration::from_millis(2);

/// Publishes with each `write`; dropped without `close` it puts back what was there.
pub struct EagerWriter {
    honest: Arc<Honest>,
    path: String,
    before: Option<Vec<u8>>,
    /// The topmost directory that it will have made.
    made: Option<String>,
    data: Vec<u8>,
    closed: bool,
}

impl EagerWriter {
    pub fn new(honest: Arc<Honest>, path: StorePath) -> Self {
        let missing = |parent: &StorePath| honest.is_missing(*parent);
        let made = path.ancestors().take_while(missing).last().map(|parent| parent.as_str().to_owned());
        let before = honest.content(path).ok();
        Self { honest, path: path.as_str().to_owned(), before, made, data: Vec::new(), closed: false }
    }

    fn publish(&self) -> Result<()> {
        self.honest.put(StorePath::new(&self.path)?, self.data.clone())
    }

    fn put_back(&self) -> Result<()> {
        let path = StorePath::new(&self.path)?;
        match (&self.before, &self.made) {
            (Some(before), _) => self.honest.put(path, before.clone()),
            (None, Some(made)) => self.honest.rmtree(StorePath::new(made)?),
            (None, None) => self.honest.remove(path),
        }
    }
}

impl Writer for EagerWriter {
    fn write(&mut self, data: &[u8]) -> Result<()> {
        self.data.extend_from_slice(data);
        self.publish()
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        self.publish()?;
        self.closed = true;
        Ok(())
    }
}

impl Drop for EagerWriter {
    fn drop(&mut self) {
        if !self.closed && !self.data.is_empty() {
            // What is not there any more needs not be taken back.
            let _ = self.put_back();
        }
    }
}

/// Closes when it is dropped.
pub struct DroppedWriter(Option<Box<dyn Writer>>);

impl DroppedWriter {
    pub fn new(opened: Opened) -> Result<Self> {
        match opened {
            Opened::Writer(writer) => Ok(Self(Some(writer))),
            Opened::Reader(_) => Err(Error::new(ErrorKind::Unexpected, "mode w gave a reader")),
        }
    }
}

impl Writer for DroppedWriter {
    fn write(&mut self, data: &[u8]) -> Result<()> {
        self.0.as_mut().map_or(Ok(()), |writer| writer.write(data))
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        self.0.take().map_or(Ok(()), Writer::close)
    }
}

impl Drop for DroppedWriter {
    fn drop(&mut self) {
        let _ = self.0.take().map(Writer::close);
    }
}

/// Looks whether the name is free, waits, and writes.
pub struct RacingWriter {
    honest: Arc<Honest>,
    path: String,
    data: Vec<u8>,
}

impl RacingWriter {
    pub fn new(honest: Arc<Honest>, path: StorePath) -> Self {
        Self { honest, path: path.as_str().to_owned(), data: Vec::new() }
    }
}

impl Writer for RacingWriter {
    fn write(&mut self, data: &[u8]) -> Result<()> {
        self.data.extend_from_slice(data);
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        let path = StorePath::new(&self.path)?;
        if !self.honest.is_missing(path) {
            return Err(Error::already_exists());
        }
        thread::sleep(BETWEEN);
        self.honest.put(path, self.data)
    }
}
