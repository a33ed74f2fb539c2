//! A file open for writing. It gets its name when it is closed; dropped before, it is removed.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use larder_plugin_api::{OpenMode, Result, Writer};
use tempfile::NamedTempFile;

use crate::changes::publish;
use crate::session::Session;

pub struct FileWriter {
    session: Arc<Session>,
    file: BufWriter<NamedTempFile>,
    place: PathBuf,
    mode: OpenMode,
}

impl FileWriter {
    pub fn new(session: Arc<Session>, place: PathBuf, mode: OpenMode) -> Result<Self> {
        let file =
            BufWriter::with_capacity(session.options.buffer_bytes, session.unfinished_file()?);
        Ok(Self {
            session,
            file,
            place,
            mode,
        })
    }
}

impl Writer for FileWriter {
    fn write(&mut self, data: &[u8]) -> Result<()> {
        self.session.services.check_cancelled()?;
        Ok(self.file.write_all(data)?)
    }

    fn close(self: Box<Self>) -> Result<()> {
        let file = self
            .file
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        publish(&self.session, file, &self.place, self.mode)
    }
}
