//! The bytes of files: contents made of pieces, each with its data in one row.

use larder_plugin_api::{Error, ErrorKind};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Failure;

/// Begins a content that only its session knows of.
pub fn begin(connection: &Connection, session: i64) -> Result<i64, Failure> {
    connection.prepare_cached("INSERT INTO content (session) VALUES (?1)")?.execute([session])?;
    Ok(connection.last_insert_rowid())
}

/// Makes a content for a file.
pub fn make(connection: &Connection) -> Result<i64, Failure> {
    connection.prepare_cached("INSERT INTO content DEFAULT VALUES")?.execute([])?;
    Ok(connection.last_insert_rowid())
}

/// Fails when a content that its writer has not closed was taken for garbage, as when its lock file was deleted.
pub fn check_pending(connection: &Connection, content: i64) -> Result<(), Failure> {
    let mut query = connection.prepare_cached("SELECT 1 FROM content WHERE id = ?1 AND session > 0")?;
    if query.exists([content])? {
        return Ok(());
    }
    let message =
        "what was written so far is gone from the database: its lock file was removed, or the database";
    Err(Error::new(ErrorKind::Corrupt, message).into())
}

/// Adds bytes to a content.
pub fn add(connection: &Connection, content: i64, start: u64, bytes: &[u8]) -> Result<(), Failure> {
    if bytes.is_empty() {
        return Ok(());
    }
    connection.prepare_cached("INSERT INTO data (bytes) VALUES (?1)")?.execute([bytes])?;
    connection
        .prepare_cached("INSERT INTO piece (content, start, data) VALUES (?1, ?2, ?3)")?
        .execute(params![content, start, connection.last_insert_rowid()])?;
    Ok(())
}

/// Makes a content that was written the content of a file.
pub fn publish(connection: &Connection, content: i64) -> Result<(), Failure> {
    check_pending(connection, content)?;
    connection.prepare_cached("UPDATE content SET session = NULL WHERE id = ?1")?.execute([content])?;
    Ok(())
}

/// Moves the pieces of a content that was written behind those of a file's. The data stays where it is.
pub fn append(connection: &Connection, written: i64, to: i64, at: u64) -> Result<(), Failure> {
    check_pending(connection, written)?;
    connection
        .prepare_cached("UPDATE piece SET content = ?2, start = start + ?3 WHERE content = ?1")?
        .execute(params![written, to, at])?;
    connection.prepare_cached("DELETE FROM content WHERE id = ?1")?.execute([written])?;
    Ok(())
}

/// Gives a second content the data of the first one.
pub fn share(connection: &Connection, from: i64, to: i64) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "INSERT INTO piece (content, start, data) SELECT ?2, start, data FROM piece WHERE content = ?1",
        )?
        .execute([from, to])?;
    Ok(())
}

/// Leaves a content to whoever collects the garbage.
pub fn release(connection: &Connection, content: i64) -> Result<(), Failure> {
    connection.prepare_cached("UPDATE content SET session = 0 WHERE id = ?1")?.execute([content])?;
    Ok(())
}

/// Removes garbage, up to so many pieces of it; says whether there is more.
pub fn collect(connection: &Connection, max_pieces: usize) -> Result<bool, Failure> {
    let mut left = max_pieces;
    loop {
        let mut query = connection.prepare_cached("SELECT id FROM content WHERE session = 0 LIMIT 1")?;
        let Some(content) = query.query_row([], |row| row.get::<_, i64>(0)).optional()? else {
            return Ok(false);
        };
        if left == 0 {
            return Ok(true);
        }
        let removed = remove_pieces(connection, content, left)?;
        if removed < left {
            connection.prepare_cached("DELETE FROM content WHERE id = ?1")?.execute([content])?;
        }
        left = left.saturating_sub(removed.max(1));
    }
}

fn remove_pieces(connection: &Connection, content: i64, max: usize) -> Result<usize, Failure> {
    let mut query = connection.prepare_cached("SELECT start, data FROM piece WHERE content = ?1 LIMIT ?2")?;
    let pieces = query
        .query_map(params![content, max], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(u64, i64)>, _>>()?;
    for (start, data) in &pieces {
        connection
            .prepare_cached("DELETE FROM piece WHERE content = ?1 AND start = ?2")?
            .execute(params![content, start])?;
        connection
            .prepare_cached(
                "DELETE FROM data WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM piece WHERE data = ?1)",
            )?
            .execute([data])?;
    }
    Ok(pieces.len())
}

/// A piece that a reader keeps, to read on in it.
#[derive(Default)]
pub struct Kept {
    pub start: u64,
    pub bytes: Vec<u8>,
}

impl Kept {
    /// The bytes from an offset on; none when the offset is not in it.
    pub fn from(&self, offset: u64) -> &[u8] {
        let skipped = offset.checked_sub(self.start).and_then(|skipped| usize::try_from(skipped).ok());
        skipped.and_then(|skipped| self.bytes.get(skipped..)).unwrap_or_default()
    }
}

/// Fills a buffer with the bytes of a content from an offset on, which the content must have. Only the pieces that have
/// some of them are read. A last one that goes on past the buffer is kept.
pub fn fill(
    connection: &Connection,
    content: i64,
    offset: u64,
    buffer: &mut [u8],
    mut keep: Option<&mut Kept>,
) -> Result<(), Failure> {
    let mut query = connection.prepare_cached(
        "SELECT start, bytes FROM piece JOIN data ON data.id = piece.data WHERE content = ?1 AND start >=
             (SELECT max(start) FROM piece WHERE content = ?1 AND start <= ?2) ORDER BY start",
    )?;
    let mut rows = query.query(params![content, offset])?;
    let mut filled = 0;
    while filled < buffer.len() {
        let row = rows.next()?.ok_or_else(replaced)?;
        let start: u64 = row.get(0)?;
        let bytes = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let skipped = (offset + filled as u64).checked_sub(start).and_then(|skip| usize::try_from(skip).ok());
        let fresh = skipped.and_then(|skip| bytes.get(skip..)).filter(|fresh| !fresh.is_empty());
        let fresh = fresh.ok_or_else(replaced)?;
        let count = fresh.len().min(buffer.len() - filled);
        buffer[filled..filled + count].copy_from_slice(&fresh[..count]);
        filled += count;
        if count < fresh.len()
            && let Some(kept) = keep.as_deref_mut()
        {
            kept.start = start;
            kept.bytes.clear();
            kept.bytes.extend_from_slice(bytes);
        }
    }
    Ok(())
}

fn replaced() -> Failure {
    Error::new(ErrorKind::Corrupt, "the file was replaced or removed while it was read").into()
}
