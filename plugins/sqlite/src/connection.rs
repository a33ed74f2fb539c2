//! One connection to the database file: how it is opened, how it waits, when it gives up.

use std::ffi::OsString;
use std::fs;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use larder_plugin_api::{Error, ErrorKind, Services};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::Failure;
use crate::options::Options;
use crate::schema::{self, Found};

/// Steps of SQLite's virtual machine between two looks at whether the caller has cancelled: about a millisecond.
const STEPS: i32 = 20_000;

/// Between two attempts to get a lock.
const PAUSE: Duration = Duration::from_millis(4);

/// The log is written back to the database file when it has this many pages (16 MiB), and cut to that size.
const LOG_PAGES: i32 = 4096;
const LOG_BYTES: i32 = 16 << 20;

/// Which file a path led to. Somebody may remove or replace it under a running store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(u64, u64);

impl FileId {
    /// The file at a path, if there is one. It is not opened: closing it would drop the locks that SQLite has on it.
    pub fn of(file: &Path) -> Result<Option<Self>, Error> {
        match fs::metadata(file) {
            Ok(found) => Ok(Some(Self::of_metadata(&found))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(on_file(error, file, "cannot be looked at")),
        }
    }

    #[cfg(unix)]
    fn of_metadata(found: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(found.dev(), found.ino())
    }

    #[cfg(not(unix))]
    fn of_metadata(_found: &fs::Metadata) -> Self {
        Self(0, 0)
    }
}

/// A connection, and the file it is connected to.
pub struct Connected {
    connection: Connection,
    pub file: FileId,
    heeds_cancellation: Arc<AtomicBool>,
}

impl Deref for Connected {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Connected {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Connected {
    /// Connects to the database, if there is one.
    pub fn open(options: &Options, services: &Services) -> Result<Option<Self>, Failure> {
        if FileId::of(&options.file)?.is_none() {
            return Ok(None);
        }
        let connected = Self::connect(options, services, OpenFlags::empty())?;
        match schema::identify(&connected)? {
            Found::Empty => Ok(None),
            Found::Store => connected.ready().map(Some),
        }
    }

    /// Connects to the database; makes it where there is none.
    pub fn create(options: &Options, services: &Services) -> Result<Self, Failure> {
        check_links(&options.file)?;
        if let Some(parent) = options.file.parent() {
            fs::create_dir_all(parent)
                .map_err(|error| on_file(error, &options.file, "has no directory and none can be made"))?;
        }
        let mut connected = Self::connect(options, services, OpenFlags::SQLITE_OPEN_CREATE)?;
        if schema::identify(&connected)? == Found::Empty {
            schema::create(&mut connected)?;
        }
        connected.turn_log_on(options.busy_timeout)?;
        connected.ready()
    }

    fn connect(options: &Options, services: &Services, create: OpenFlags) -> Result<Self, Failure> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
        let has_log = has_log(&options.file);
        let mut connection = Connection::open_with_flags(&options.file, flags)?;
        // Until it is known that the database is this flavor's, its log is not written back for it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log)?;
        // A database that somebody else made runs nothing of its own.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        let heeds_cancellation = Arc::new(AtomicBool::new(true));
        let (services, heeds) = (services.clone(), heeds_cancellation.clone());
        let cancelled = move || heeds.load(Ordering::Relaxed) && services.is_cancelled();
        connection.progress_handler(STEPS, Some(cancelled.clone()))?;
        connection.busy_handler(Some(waits(options.busy_timeout, cancelled)))?;
        connection.set_prepared_statement_cache_capacity(64);
        let gone = || Error::new(ErrorKind::Unavailable, "the database was removed while it was opened");
        let file = FileId::of(&options.file)?.ok_or_else(gone)?;
        Ok(Self { connection, file, heeds_cancellation })
    }

    /// The write-ahead log lets readers read while one writes. To turn it on takes the file for a moment, and SQLite
    /// does not wait for that by itself.
    fn turn_log_on(&self, patience: Duration) -> Result<(), Failure> {
        let begun = Instant::now();
        loop {
            let result = self.pragma_update(None, "journal_mode", "wal").map_err(Failure::from);
            match result {
                Err(failure) if failure.is_busy() && begun.elapsed() < patience => std::thread::sleep(PAUSE),
                result => return result,
            }
        }
    }

    fn ready(self) -> Result<Self, Failure> {
        self.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        self.pragma_update(None, "synchronous", "normal")?;
        self.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        self.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        Ok(self)
    }

    /// Whether what runs on this connection stops when the caller cancels. Cleaning up does not.
    pub fn heed_cancellation(&self, heeds: bool) {
        self.heeds_cancellation.store(heeds, Ordering::Relaxed);
    }
}

fn on_file(error: std::io::Error, file: &Path, what: &str) -> Error {
    let error = Error::from(error);
    let message = format!("database `{}` {what}", file.display());
    error.causes().iter().fold(Error::new(error.kind(), message), Error::with_cause)
}

/// Refuses to make a database behind a link that leads to nothing: nobody named that place.
fn check_links(file: &Path) -> Result<(), Error> {
    let Some(link) = file.ancestors().find(|path| path.is_symlink() && !path.exists()) else { return Ok(()) };
    let target = fs::read_link(link).unwrap_or_default();
    let message = format!(
        "database `{}` cannot be made: `{}` is a symbolic link to `{}`, which does not exist",
        file.display(),
        link.display(),
        target.display()
    );
    Err(Error::new(ErrorKind::InvalidPath, message))
}

/// Whether a write-ahead log lies beside the file, with what is not in the file yet.
fn has_log(file: &Path) -> bool {
    let mut log = OsString::from(file);
    log.push("-wal");
    fs::metadata(log).is_ok_and(|found| found.len() > 0)
}

/// Answers SQLite whether to try again for a lock: for as long as the config says, unless the caller cancels.
fn waits(
    patience: Duration,
    cancelled: impl Fn() -> bool + Send + 'static,
) -> impl FnMut(i32) -> bool + Send + 'static {
    let mut begun = Instant::now();
    move |attempts| {
        if attempts == 0 {
            begun = Instant::now();
        }
        if cancelled() || begun.elapsed() >= patience {
            return false;
        }
        std::thread::sleep(PAUSE);
        true
    }
}
