//! The `sqlite` flavor: an artifact store inside one SQLite database file. The worked example of a flavor that is not
//! part of Larder: README.md tells how it was made.
//!
//! - [`options`]: what a store was registered with.
//! - [`schema`]: the tables. [`connection`], [`database`]: how they are reached from many threads and processes.
//! - [`tree`]: the rules of the operations on files and directories. [`content`]: the bytes.
//! - [`reader`], [`writer`], [`listing`], [`walk`]: what an operation leaves open.
//! - [`session`]: whose unfinished bytes are whose, after a crash too.

mod connection;
mod content;
mod database;
mod error;
mod listing;
mod options;
mod reader;
mod schema;
mod session;
#[cfg(test)]
mod tests;
mod tree;
mod walk;
mod writer;

use std::sync::Arc;

use larder_plugin_api::{
    ArtifactStore, Capability, Config, ConfigKey, Detail, Entries, Error, ErrorKind, Flavor, Identity,
    OpenMode, OpenOptions, Opened, Removal, Result, Root, Services, Stat, StorePath, Walk, WalkOptions,
    export_flavors,
};

use crate::database::{Database, Purpose};
use crate::listing::Listing;
use crate::options::Options;
use crate::reader::ContentReader;
use crate::walk::TreeWalk;
use crate::writer::ContentWriter;

export_flavors!(Sqlite);

/// The flavor.
struct Sqlite;

impl Flavor for Sqlite {
    const FLAVOR: &'static str = "sqlite";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["sqlite://"];
    const ABOUT: &'static str = "keeps artifacts in one SQLite database file";

    /// All but `Durable`, which a store has when its config says `synchronous=full`.
    const CAPABILITIES: &'static [Capability] = &[
        Capability::Write,
        Capability::Append,
        Capability::Exclusive,
        Capability::Copyfile,
        Capability::Rename,
        Capability::RenameDirectory,
        Capability::Mkdir,
        Capability::RemoveDirectory,
        Capability::AtomicRename,
        Capability::AtomicRenameDirectory,
        Capability::NativeCopy,
        Capability::RangedRead,
        Capability::ModifiedTime,
        Capability::Etag,
        Capability::Persistent,
    ];

    const CONFIG: &'static [ConfigKey] = options::KEYS;

    type Store = SqliteStore;

    /// A database of something else is refused here already. What may be otherwise when the store is used, such as a
    /// disk that is not mounted, is not asked.
    fn validate(root: &Root, config: &Config) -> Result<()> {
        let database = Database::new(Options::new(root, config)?, &Services::detached());
        match database.read(|_| Ok(())) {
            Err(error) if is_lasting(error.kind()) => Err(error),
            _ => Ok(()),
        }
    }

    fn make(root: &Root, config: &Config, services: &Services) -> Result<SqliteStore> {
        Ok(SqliteStore { database: Database::new(Options::new(root, config)?, services) })
    }
}

fn is_lasting(kind: ErrorKind) -> bool {
    use ErrorKind::{Corrupt, InvalidArgument, InvalidPath, Unsupported};
    matches!(kind, InvalidArgument | InvalidPath | Unsupported | Corrupt)
}

/// A store of the flavor. Every operation is one transaction, so it is seen whole or not at all.
struct SqliteStore {
    database: Arc<Database>,
}

/// `glob` has its default body: it lists the directories that can hold matches, and each listing is one indexed query.
impl ArtifactStore for SqliteStore {
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        self.open_with(path, &OpenOptions::new(mode))
    }

    fn open_with(&self, path: StorePath, options: &OpenOptions) -> Result<Opened> {
        if options.mode == OpenMode::Read {
            return Ok(Opened::reader(ContentReader::open(&self.database, path)?));
        }
        Ok(Opened::writer(ContentWriter::open(&self.database, path, options)?))
    }

    fn copyfile(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        self.database
            .write(Purpose::Publish, |connection| tree::copyfile(connection, source, target, overwrite))
    }

    fn exists(&self, path: StorePath) -> Result<bool> {
        self.database.read(|connection| tree::exists(connection, path))
    }

    fn isdir(&self, path: StorePath) -> Result<bool> {
        self.database.read(|connection| tree::isdir(connection, path))
    }

    fn listdir(&self, path: StorePath, _detail: Detail) -> Result<Entries> {
        Ok(Entries::streaming(Listing::new(&self.database, path)?))
    }

    fn makedirs(&self, path: StorePath) -> Result<()> {
        self.database.write(Purpose::Publish, |connection| tree::makedirs(connection, path))
    }

    fn mkdir(&self, path: StorePath) -> Result<()> {
        self.database.write(Purpose::Publish, |connection| tree::mkdir(connection, path))
    }

    fn remove(&self, path: StorePath) -> Result<()> {
        self.database.write(Purpose::Publish, |connection| tree::remove(connection, path))
    }

    fn remove_many(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        if !self.database.is_there()? {
            return Ok(files.iter().map(|_| Err(Error::not_found())).collect());
        }
        self.database.write(Purpose::Publish, |connection| tree::remove_many(connection, files))
    }

    fn remove_directory(&self, path: StorePath) -> Result<()> {
        self.database.write(Purpose::Publish, |connection| tree::remove_directory(connection, path))
    }

    fn rename(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        self.database
            .write(Purpose::Publish, |connection| tree::rename(connection, source, target, overwrite))
    }

    fn rmtree(&self, path: StorePath) -> Result<()> {
        self.database.write(Purpose::Publish, |connection| tree::rmtree(connection, path))
    }

    /// A file, and a path in it: the file is one thing whatever it is called.
    fn identity(&self, path: StorePath) -> Result<Option<Identity>> {
        let file = Identity::of_file(&self.database.options.file)?;
        let within = |path: StorePath| format!("{}!{path}", file.thing);
        let above =
            path.ancestors().map(within).chain([file.thing.clone()]).chain(file.above.iter().cloned());
        Ok(Some(Identity { thing: within(path), above: above.collect(), scope: file.scope.clone() }))
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        if path.is_root() && !self.database.is_there()? {
            return Err(Error::not_found());
        }
        self.database.read(|connection| tree::stat(connection, path))
    }

    fn size(&self, path: StorePath) -> Result<u64> {
        self.database.read(|connection| tree::file(connection, path)).map(|file| file.size)
    }

    fn walk(&self, top: StorePath, options: WalkOptions) -> Result<Walk> {
        Ok(Walk::streaming(TreeWalk::new(&self.database, top, options)))
    }

    fn capabilities(&self) -> Option<Vec<Capability>> {
        let durable = self.database.options.durable;
        durable.then(|| Sqlite::CAPABILITIES.iter().copied().chain([Capability::Durable]).collect())
    }
}
