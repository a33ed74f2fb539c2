//! The operations.
//!
//! `exists`, `isdir`, `size`, `glob` and `walk` have their default bodies, which ask `stat` and `listdir`: there is
//! nothing that this store can do better. A store that can search by itself overrides `glob` and `walk`.

use std::fs::{self, File};
use std::sync::Arc;

use larder_plugin_api::prelude::*;

use crate::reader::FileReader;
use crate::session::Session;
use crate::writer::FileWriter;
use crate::{DirectoryFlavor, changes, listing};

pub struct DirectoryStore {
    session: Arc<Session>,
}

impl DirectoryStore {
    pub const fn new(session: Arc<Session>) -> Self {
        Self { session }
    }
}

impl ArtifactStore for DirectoryStore {
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        let place = self.session.place(path)?;
        if place.is_dir() {
            return Err(Error::is_a_directory());
        }
        if mode == OpenMode::Read {
            return Ok(Opened::reader(FileReader::new(
                File::open(place)?,
                self.session.services.clone(),
            )));
        }
        // Told now, before a caller sends its data. What counts is the look at `close`.
        if mode == OpenMode::Exclusive && place.exists() {
            return Err(Error::already_exists());
        }
        Ok(Opened::writer(FileWriter::new(
            self.session.clone(),
            place,
            mode,
        )?))
    }

    /// Overridden: the bytes stay in the system where it can copy by itself.
    fn copyfile(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        changes::copyfile(&self.session, source, target, overwrite)
    }

    fn listdir(&self, path: StorePath, detail: Detail) -> Result<Entries> {
        listing::entries(&self.session, path, detail)
    }

    /// Overridden: one lock rather than one for each parent.
    fn makedirs(&self, path: StorePath) -> Result<()> {
        changes::makedirs(&self.session, path)
    }

    fn mkdir(&self, path: StorePath) -> Result<()> {
        changes::mkdir(&self.session, path)
    }

    fn remove(&self, path: StorePath) -> Result<()> {
        changes::remove(&self.session, path)
    }

    fn remove_directory(&self, path: StorePath) -> Result<()> {
        changes::remove_directory(&self.session, path)
    }

    /// Overridden: the default copies and removes, which is neither atomic nor quick.
    fn rename(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        changes::rename(&self.session, source, target, overwrite)
    }

    fn rmtree(&self, path: StorePath) -> Result<()> {
        changes::rmtree(&self.session, path)
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        let metadata = fs::symlink_metadata(self.session.place(path)?)?;
        let kind = listing::kind_of(metadata.file_type());
        let size = if kind == Kind::File {
            metadata.len()
        } else {
            0
        };
        Ok(Stat::new(kind, size).with_modified(metadata.modified().ok()))
    }

    /// What the flavor claims, less what this store was not asked to do.
    fn capabilities(&self) -> Option<Vec<Capability>> {
        let kept = |capability: &Capability| {
            *capability != Capability::Durable || self.session.options.synced
        };
        Some(
            DirectoryFlavor::CAPABILITIES
                .iter()
                .copied()
                .filter(kept)
                .collect(),
        )
    }
}
