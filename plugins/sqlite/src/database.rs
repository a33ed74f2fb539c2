//! The database behind a store: its connections, its transactions, and who may write when.
//!
//! Nothing is opened or made before the first operation. While there is no file, what reads runs on an empty database
//! in memory, and what writes runs there first: only what succeeds there makes the file.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use larder_plugin_api::{Error, ErrorKind, Level, Result, Services};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::connection::{Connected, FileId};
use crate::content;
use crate::error::Failure;
use crate::options::Options;
use crate::schema;
use crate::session::{self, Session};

/// Connections for readers that stay open while nobody reads.
const IDLE_READERS: usize = 4;

/// Pieces of garbage that one transaction removes: others wait no longer than that takes.
const GARBAGE_PIECES: usize = 64;

/// What a transaction that writes is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Puts away what nobody sees yet: it need not survive the loss of power.
    Prepare,
    /// Makes a change that others see.
    Publish,
    /// Takes away what nobody sees any more; goes on when the caller has cancelled.
    Clean,
}

/// A database file, used from many threads.
pub struct Database {
    pub options: Options,
    pub services: Services,
    readers: Mutex<Vec<Connected>>,
    /// The one connection that writes; `Taken` while a thread has it.
    writer: Mutex<Slot>,
    freed: Condvar,
    session: Mutex<Option<Session>>,
}

enum Slot {
    Free(Option<Connected>),
    Taken,
}

impl Database {
    pub fn new(options: Options, services: &Services) -> Arc<Self> {
        Arc::new(Self {
            options,
            services: services.clone(),
            readers: Mutex::default(),
            writer: Mutex::new(Slot::Free(None)),
            freed: Condvar::new(),
            session: Mutex::default(),
        })
    }

    /// Whether there is a database with the tables of this flavor.
    pub fn is_there(&self) -> Result<bool> {
        let reader = self.reader().map_err(|failure| self.error(failure))?;
        let Some(connected) = reader else { return Ok(false) };
        self.keep_reader(connected);
        Ok(true)
    }

    /// Runs what reads, on one state of the database.
    pub fn read<T>(&self, code: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T> {
        self.services.check_cancelled()?;
        let result = match self.reader() {
            Ok(Some(connected)) => {
                let result = in_transaction(&connected, TransactionBehavior::Deferred, code);
                self.keep_reader(connected);
                result
            }
            Ok(None) => empty().and_then(|connection| code(&connection)),
            Err(failure) => Err(failure),
        };
        result.map_err(|failure| self.error(failure))
    }

    /// Runs what writes, in one transaction that nobody else writes beside.
    pub fn write<T>(&self, purpose: Purpose, code: impl Fn(&Connection) -> Result<T, Failure>) -> Result<T> {
        if purpose != Purpose::Clean {
            self.services.check_cancelled()?;
        }
        if purpose == Purpose::Publish && FileId::of(&self.options.file)?.is_none() {
            empty().and_then(|connection| code(&connection)).map_err(|failure| self.error(failure))?;
        }
        let (value, garbage) = self.transact(purpose, &code)?;
        if garbage {
            self.collect();
        }
        Ok(value)
    }

    /// One transaction, and a little of the garbage it left; says whether there is more.
    fn transact<T>(
        &self,
        purpose: Purpose,
        code: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<(T, bool)> {
        let mut writer = self.writer(purpose)?;
        let connected = writer.connected().map_err(|failure| self.error(failure))?;
        connected.heed_cancellation(purpose != Purpose::Clean);
        let result = self.set_durable(connected, purpose).and_then(|()| {
            in_transaction(connected, TransactionBehavior::Immediate, |transaction| {
                let value = code(transaction)?;
                let garbage = purpose != Purpose::Prepare && content::collect(transaction, GARBAGE_PIECES)?;
                Ok((value, garbage))
            })
        });
        result.map_err(|failure| self.error(failure))
    }

    /// With `full`, a commit returns when the disk has it, together with everything that was committed before: that is
    /// waited for once a change, not once a chunk.
    fn set_durable(&self, connection: &Connection, purpose: Purpose) -> Result<(), Failure> {
        if self.options.durable {
            let level = if purpose == Purpose::Publish { "full" } else { "normal" };
            connection.pragma_update(None, "synchronous", level)?;
        }
        Ok(())
    }

    /// Removes the garbage, a piece of it at a time. What fails here, the next one to clean up does.
    fn collect(&self) {
        loop {
            match self.transact(Purpose::Clean, |_| Ok(())) {
                Ok(((), true)) => {}
                Ok(((), false)) => return,
                Err(error) => {
                    self.services.log(Level::Debug, &format!("garbage stays for now: {error}"));
                    return;
                }
            }
        }
    }

    /// The session that owns what this store's writers have not closed yet.
    pub fn session(&self) -> Result<i64> {
        let mut current = lock(&self.session);
        let file = FileId::of(&self.options.file)?;
        if let Some(session) = &*current
            && Some(session.file) == file
        {
            return Ok(session.id);
        }
        let (id, lock) =
            self.write(Purpose::Prepare, |connection| session::begin(connection, &self.options.file))?;
        let file = FileId::of(&self.options.file)?.ok_or_else(Error::not_found)?;
        *current = Some(Session { id, file, _lock: lock });
        Ok(id)
    }

    fn reader(&self) -> Result<Option<Connected>, Failure> {
        let file = FileId::of(&self.options.file)?;
        let mut idle = lock(&self.readers);
        while let Some(connected) = idle.pop() {
            if Some(connected.file) == file {
                return Ok(Some(connected));
            }
        }
        drop(idle);
        Connected::open(&self.options, &self.services)
    }

    fn keep_reader(&self, connected: Connected) {
        let mut idle = lock(&self.readers);
        if idle.len() < IDLE_READERS {
            idle.push(connected);
        }
    }

    /// Waits until no other thread writes.
    fn writer(&self, purpose: Purpose) -> Result<WriterGuard<'_>> {
        let begun = Instant::now();
        let mut slot = lock(&self.writer);
        loop {
            if let Slot::Free(connected) = std::mem::replace(&mut *slot, Slot::Taken) {
                return Ok(WriterGuard { database: self, connected });
            }
            if purpose != Purpose::Clean {
                self.services.check_cancelled()?;
                if begun.elapsed() > self.options.busy_timeout {
                    return Err(Error::new(ErrorKind::Unavailable, "other threads write to this store"));
                }
            }
            let waited = self.freed.wait_timeout(slot, Duration::from_millis(100));
            slot = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn error(&self, failure: Failure) -> Error {
        if failure.is_busy() && self.services.is_cancelled() {
            return ErrorKind::Interrupted.into();
        }
        failure.into_error(&self.options.file)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(session) = lock(&self.session).take() else { return };
        if FileId::of(&self.options.file) == Ok(Some(session.file)) {
            // When it fails, the missing lock file says the same.
            let _ = self.transact(Purpose::Clean, |connection| session::end(connection, session.id));
        }
    }
}

/// The connection that writes, for one thread.
struct WriterGuard<'a> {
    database: &'a Database,
    connected: Option<Connected>,
}

impl WriterGuard<'_> {
    /// The connection, made when there is none, or none to the file that is there now.
    fn connected(&mut self) -> Result<&Connected, Failure> {
        let file = FileId::of(&self.database.options.file)?;
        let current = self.connected.take().filter(|connected| Some(connected.file) == file);
        let connected = current.map_or_else(|| self.connect(), Ok)?;
        Ok(self.connected.insert(connected))
    }

    /// Connects, and clears what dead writers left.
    fn connect(&self) -> Result<Connected, Failure> {
        let Database { options, services, .. } = self.database;
        let connected = Connected::create(options, services)?;
        in_transaction(&connected, TransactionBehavior::Immediate, |transaction| {
            session::end_dead(transaction, &options.file)
        })?;
        Ok(connected)
    }
}

impl Drop for WriterGuard<'_> {
    fn drop(&mut self) {
        *lock(&self.database.writer) = Slot::Free(self.connected.take());
        self.database.freed.notify_one();
    }
}

fn in_transaction<T>(
    connection: &Connection,
    behavior: TransactionBehavior,
    code: impl FnOnce(&Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let transaction = Transaction::new_unchecked(connection, behavior)?;
    let value = code(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

/// What a store without a file reads from.
fn empty() -> Result<Connection, Failure> {
    let connection = Connection::open_in_memory()?;
    schema::make_tables(&connection)?;
    Ok(connection)
}

/// A poisoned lock is taken as it is: what it guards is whole between two statements.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
