//! A file open for writing: a buffer that becomes the file at `close`, and nothing before.

use larder_plugin_api::{Error, ErrorKind, OpenMode, Result, StorePath, Writer};

use crate::SharedTree;

/// Holds what was written. Dropped without `close` it is gone, and no one has seen it.
pub struct MemoryWriter {
    tree: SharedTree,
    path: String,
    mode: OpenMode,
    limit: u64,
    data: Vec<u8>,
}

impl MemoryWriter {
    pub fn new(tree: SharedTree, path: StorePath, mode: OpenMode, limit: u64) -> Self {
        Self { tree, path: path.as_str().to_owned(), mode, limit, data: Vec::new() }
    }
}

impl Writer for MemoryWriter {
    fn write(&mut self, data: &[u8]) -> Result<()> {
        // What alone is past the limit can never be closed: it is refused before it takes more memory.
        if (self.data.len() + data.len()) as u64 > self.limit {
            return Err(no_space(self.limit));
        }
        self.data
            .try_reserve(data.len())
            .map_err(|error| Error::new(ErrorKind::NoSpace, "out of memory").with_source(&error))?;
        self.data.extend_from_slice(data);
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        let path = StorePath::new(&self.path)?;
        self.tree.write().write(path, self.mode, self.data, self.limit)
    }
}

pub fn no_space(limit: u64) -> Error {
    Error::new(ErrorKind::NoSpace, format!("the files would have more than the limit of {limit} bytes"))
}
