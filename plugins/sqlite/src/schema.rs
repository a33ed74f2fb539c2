//! The tables, and how a database of this flavor is told from any other.

use std::collections::HashSet;

use larder_plugin_api::{Error, ErrorKind};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::Failure;

/// The number in the header of every database of this flavor: `LRDR`.
pub const APPLICATION_ID: i32 = 0x4C52_4452;

/// The version of the tables below, kept in the header too (`user_version`).
pub const VERSION: i32 = 1;

/// - `node`: a file or a directory, by the directory it is in. A file has a content. `listed` is what listings are
///   ordered by: a directory counts as its name with a slash. The root is no row; its id is 0.
/// - `content`: the bytes of one file. `session` is NULL for the content of a file, the session that writes it while
///   nobody else can see it, and 0 when it is garbage. A content only ever grows at its end: who knows its number and
///   a size knows all its bytes. No number is used twice.
/// - `piece`: where in a content which data is. Two contents can have the same data after a copy.
/// - `data`: the bytes, in chunks.
/// - `session`: a store with open writers. It is alive as long as its lock file is locked.
const TABLES: &str = "
CREATE TABLE node (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    parent   INTEGER NOT NULL,
    name     TEXT NOT NULL,
    listed   TEXT NOT NULL AS (iif(content IS NULL, name || '/', name)),
    content  INTEGER,
    size     INTEGER NOT NULL DEFAULT 0,
    modified INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX node_by_name ON node (parent, name);
CREATE UNIQUE INDEX node_in_order ON node (parent, listed);

CREATE TABLE content (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    session INTEGER
) STRICT;
CREATE INDEX content_unseen ON content (session) WHERE session IS NOT NULL;

CREATE TABLE piece (
    content INTEGER NOT NULL,
    start   INTEGER NOT NULL,
    data    INTEGER NOT NULL,
    PRIMARY KEY (content, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX piece_by_data ON piece (data);

CREATE TABLE data (
    id    INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT
) STRICT;
";

/// What a database file holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing at all: a file of no bytes, or a database without a table that nobody has put a name on.
    Empty,
    /// The tables of this flavor, in this version.
    Store,
}

/// Looks at the header of a database; refuses what is not this flavor's, or of a newer version. In one transaction:
/// another process may make the tables meanwhile, and half of it would look like something else.
pub fn identify(connection: &Connection) -> Result<Found, Failure> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    identify_within(&transaction)
}

fn identify_within(connection: &Transaction) -> Result<Found, Failure> {
    let header = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (application, version) = (header("application_id")?, header("user_version")?);
    if (application, version) == (0, 0) && !connection.prepare("SELECT 1 FROM sqlite_schema")?.exists([])? {
        return Ok(Found::Empty);
    }
    let file = connection.path().unwrap_or_default();
    if application != APPLICATION_ID {
        let message = format!(
            "database `{file}` belongs to something else: its application id is {application:#x}, expected \
             {APPLICATION_ID:#x}"
        );
        return Err(Error::new(ErrorKind::InvalidArgument, message).into());
    }
    if version != VERSION {
        let message =
            format!("database `{file}` has tables of version {version}, this flavor knows version {VERSION}");
        return Err(Error::unsupported(message).into());
    }
    check_tables(connection, file)?;
    Ok(Found::Store)
}

/// Refuses tables or indexes that are not the ones of this flavor. With others, a row could be listed twice or in another
/// order, and a text could be compared by something else than its bytes in UTF-8.
fn check_tables(connection: &Connection, file: &str) -> Result<(), Failure> {
    let encoding: String = connection.pragma_query_value(None, "encoding", |row| row.get(0))?;
    if encoding != "UTF-8" {
        let message = format!("database `{file}` keeps texts as {encoding}, expected UTF-8");
        return Err(Error::new(ErrorKind::InvalidArgument, message).into());
    }
    let mut query = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    let found = query.query_map([], |row| row.get::<_, String>(0))?;
    let found = found.map(|sql| Ok(in_one_line(&sql?))).collect::<Result<HashSet<_>, rusqlite::Error>>()?;
    let expected = TABLES.split(';').map(in_one_line).filter(|sql| !sql.is_empty());
    for sql in expected {
        if !found.contains(&sql) {
            let begin = sql.split(" (").next().unwrap_or_default().replace("CREATE ", "").to_lowercase();
            let message =
                format!("database `{file}` does not have this flavor's {begin}, or has another one");
            return Err(Error::new(ErrorKind::InvalidArgument, message).into());
        }
    }
    Ok(())
}

/// A statement without what does not matter in it.
fn in_one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Makes the tables in an empty database, unless another process is faster.
pub fn create(connection: &mut Connection) -> Result<(), Failure> {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    if identify_within(&transaction)? == Found::Empty {
        make_tables(&transaction)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Makes the tables.
pub fn make_tables(connection: &Connection) -> Result<(), Failure> {
    connection.execute_batch(TABLES)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", VERSION)?;
    Ok(())
}
