//! Whose unfinished contents are whose: a session is a store with open writers, alive as long as its lock file is
//! locked.
//!
//! The operating system lets go of a lock when the process ends, however it ends, and a lock does not care about
//! process numbers that are used again or that two containers count differently. The file exists from before the
//! session's row can be seen until the store is dropped; a row without its file, or with a file that can be locked, is
//! of a dead session.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use larder_plugin_api::{Error, ErrorKind};
use rusqlite::{Connection, params};

use crate::connection::FileId;
use crate::error::Failure;

/// The session of one store.
pub struct Session {
    pub id: i64,
    pub file: FileId,
    pub _lock: SessionLock,
}

/// A locked file; dropping it ends the session for everybody.
pub struct SessionLock {
    path: PathBuf,
    _file: File,
}

impl Drop for SessionLock {
    fn drop(&mut self) {
        // A file that stays is taken for that of a dead session, which is right.
        let _ = fs::remove_file(&self.path);
    }
}

/// Begins a session, in a transaction: its row is seen when the lock is held already.
pub fn begin(connection: &Connection, database: &Path) -> Result<(i64, SessionLock), Failure> {
    connection.execute("INSERT INTO session DEFAULT VALUES", [])?;
    let id = connection.last_insert_rowid();
    let path = lock_path(database, id);
    let file = OpenOptions::new().create(true).write(true).truncate(false).open(&path);
    let file = file.map_err(|error| Error::from(error).with_path(path.to_string_lossy()))?;
    file.try_lock().map_err(|error| {
        Error::new(ErrorKind::Unexpected, format!("`{}` cannot be locked", path.display()))
            .with_source(&error)
    })?;
    Ok((id, SessionLock { path, _file: file }))
}

/// Ends a session, in a transaction; what its writers did not close becomes garbage.
pub fn end(connection: &Connection, id: i64) -> Result<(), Failure> {
    connection.execute("UPDATE content SET session = 0 WHERE session = ?1", params![id])?;
    connection.execute("DELETE FROM session WHERE id = ?1", params![id])?;
    Ok(())
}

/// Ends the sessions whose process is gone, in a transaction.
pub fn end_dead(connection: &Connection, database: &Path) -> Result<(), Failure> {
    let mut query = connection.prepare("SELECT id FROM session")?;
    let ids = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    for id in ids {
        let path = lock_path(database, id);
        if is_dead(&path) {
            end(connection, id)?;
            let _ = fs::remove_file(path);
        }
    }
    Ok(())
}

/// Whether nobody holds the lock. When that cannot be found out, somebody does.
fn is_dead(path: &Path) -> bool {
    match File::open(path) {
        Ok(file) => !matches!(file.try_lock(), Err(TryLockError::WouldBlock | TryLockError::Error(_))),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

fn lock_path(database: &Path, id: i64) -> PathBuf {
    let mut path = OsString::from(database);
    path.push(format!("-session-{id}"));
    path.into()
}
