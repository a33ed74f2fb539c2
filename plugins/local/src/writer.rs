//! Writing a file: modes `w`, `x` and `a` of `open`.

use std::io::Write;
use std::sync::Arc;
use std::time::SystemTime;

use larder_plugin_api::{Error, ErrorKind, OpenMode, OpenOptions, Result, StorePath, Writer};
use rustix::fs::{Mode, Stat};

use crate::append;
use crate::error::failed_io;
use crate::publisher::Publisher;
use crate::staged::{Existing, NEW_FILE, Staged};
use crate::stat::replaceable;

/// Small pieces are collected up to this size, larger ones go straight to the file.
const BUFFER_BYTES: usize = 64 * 1024;

/// A file open for writing.
pub struct FileWriter {
    publisher: Arc<Publisher>,
    path: String,
    mode: OpenMode,
    /// The permission bits of a new file.
    new: Mode,
    modified: Option<SystemTime>,
    replaced: Option<Stat>,
    staged: Staged,
    buffer: Vec<u8>,
}

/// Opens a file to write.
pub fn open(publisher: &Arc<Publisher>, path: StorePath, options: &OpenOptions) -> Result<FileWriter> {
    let mode = options.mode;
    let new = options.unix_mode.map_or(NEW_FILE, |bits| Mode::from_bits_truncate(bits & 0o7777));
    let tree = publisher.root.open_or_make()?;
    let replaced = match replaceable(&tree, path) {
        Ok(Some(_)) if mode == OpenMode::Exclusive => return Err(Error::already_exists()),
        // Something that is no file: a name is taken is all that `x` asks.
        Err(error) if mode == OpenMode::Exclusive && error.kind() == ErrorKind::Unsupported => {
            return Err(Error::already_exists());
        }
        replaced => replaced?,
    };
    Ok(FileWriter {
        publisher: publisher.clone(),
        path: path.as_str().to_owned(),
        mode,
        new,
        modified: options.modified,
        replaced,
        staged: publisher.stage(&tree, path, new)?,
        buffer: Vec::new(),
    })
}

impl FileWriter {
    fn flush(&mut self) -> Result<()> {
        self.staged.file().write_all(&self.buffer).map_err(failed_io("write the file"))?;
        self.buffer.clear();
        Ok(())
    }
}

impl Writer for FileWriter {
    fn write(&mut self, data: &[u8]) -> Result<()> {
        if self.buffer.len() + data.len() > BUFFER_BYTES {
            self.flush()?;
        }
        if data.len() >= BUFFER_BYTES {
            return self.staged.file().write_all(data).map_err(failed_io("write the file"));
        }
        self.buffer.extend_from_slice(data);
        Ok(())
    }

    fn close(mut self: Box<Self>) -> Result<()> {
        self.flush()?;
        let Self { publisher, path, mode, new, modified, replaced, staged, .. } = *self;
        if let Some(modified) = modified {
            staged.file().set_modified(modified).map_err(failed_io("set the time of the file"))?;
        }
        let path = StorePath::new(&path)?;
        match mode {
            OpenMode::Append => append::publish(&publisher, &staged, path, new, modified),
            OpenMode::Exclusive => publisher.publish(staged, path, Existing::Keep, None),
            _ => publisher.publish(staged, path, Existing::Replace, replaced.as_ref()),
        }
    }
}
