//! Files and directories by path, and what each operation does to them, inside a transaction.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use larder_plugin_api::{Error, ErrorKind, OpenMode, Removal, Stat, StorePath};
use rusqlite::{Connection, OptionalExtension, params};

use crate::content;
use crate::error::Failure;

type Result<T> = std::result::Result<T, Failure>;

/// The id of the root, which has no row.
pub const ROOT: i64 = 0;

/// What is at a path.
#[derive(Clone, Debug)]
pub enum Node {
    Directory(i64),
    File(File),
}

/// A file's row.
#[derive(Clone, Debug)]
pub struct File {
    id: i64,
    pub content: i64,
    pub size: u64,
    modified: i64,
}

impl File {
    /// What is known of the file.
    pub fn stat(&self) -> Stat {
        Stat::file(self.size).with_modified(Some(time_of(self.modified))).with_etag(etag(
            self.content,
            self.size,
            self.modified,
        ))
    }
}

/// The etag of a file. A content number is never used twice, an append changes the size, and after a new beginning in
/// another file of the same name the times differ.
pub fn etag(content: i64, size: u64, modified: i64) -> String {
    format!("{content:x}-{size:x}-{modified:x}")
}

fn child(connection: &Connection, directory: i64, name: &str) -> Result<Option<Node>> {
    let mut query = connection
        .prepare_cached("SELECT id, content, size, modified FROM node WHERE parent = ?1 AND name = ?2")?;
    let node = query.query_row(params![directory, name], |row| {
        let id: i64 = row.get(0)?;
        Ok(match row.get(1)? {
            Some(content) => Node::File(File { id, content, size: row.get(2)?, modified: row.get(3)? }),
            None => Node::Directory(id),
        })
    });
    match node.optional()? {
        // The root is not in a directory: a row that has its number would lead back to it.
        Some(Node::Directory(ROOT)) => {
            Err(Error::new(ErrorKind::InvalidPath, "a row has the number of the root").with_path(name).into())
        }
        node => Ok(node),
    }
}

/// What is at a path; nothing, when something above it is missing or a file.
pub fn find(connection: &Connection, path: StorePath) -> Result<Option<Node>> {
    let mut node = Node::Directory(ROOT);
    for name in path.components() {
        let Node::Directory(id) = node else { return Ok(None) };
        match child(connection, id, name)? {
            Some(found) => node = found,
            None => return Ok(None),
        }
    }
    Ok(Some(node))
}

/// The file at a path: *not found*, *is a directory*.
pub fn file(connection: &Connection, path: StorePath) -> Result<File> {
    match find(connection, path)? {
        Some(Node::File(file)) => Ok(file),
        Some(Node::Directory(_)) => at(path, Error::is_a_directory()),
        None => at(path, Error::not_found()),
    }
}

/// The id of the directory at a path: *not found*, *not a directory*.
pub fn directory(connection: &Connection, path: StorePath) -> Result<i64> {
    match find(connection, path)? {
        Some(Node::Directory(id)) => Ok(id),
        Some(Node::File(_)) => at(path, Error::not_a_directory()),
        None => at(path, Error::not_found()),
    }
}

pub fn stat(connection: &Connection, path: StorePath) -> Result<Stat> {
    match find(connection, path)? {
        Some(Node::Directory(_)) => Ok(Stat::directory()),
        Some(Node::File(file)) => Ok(file.stat()),
        None => at(path, Error::not_found()),
    }
}

/// The directory that holds a path, and the first one that is missing; *not a directory* when a file is in the way.
fn parent<'a>(connection: &Connection, path: StorePath<'a>) -> Result<(i64, Option<StorePath<'a>>)> {
    let mut above: Vec<_> = path.ancestors().filter(|directory| !directory.is_root()).collect();
    above.reverse();
    let mut id = ROOT;
    for directory in above {
        match child(connection, id, directory.name())? {
            Some(Node::Directory(found)) => id = found,
            Some(Node::File(_)) => return at(directory, Error::not_a_directory()),
            None => return Ok((id, Some(directory))),
        }
    }
    Ok((id, None))
}

/// The directory that holds a path; it is made when it is missing.
fn make_parent(connection: &Connection, path: StorePath) -> Result<i64> {
    let (mut id, missing) = parent(connection, path)?;
    let Some(missing) = missing else { return Ok(id) };
    let depth = missing.components().count();
    let above = path.parent().unwrap_or(StorePath::ROOT);
    for name in above.components().skip(depth - 1) {
        id = insert_directory(connection, id, name)?;
    }
    Ok(id)
}

fn insert_directory(connection: &Connection, parent: i64, name: &str) -> Result<i64> {
    connection
        .prepare_cached("INSERT INTO node (parent, name) VALUES (?1, ?2)")?
        .execute(params![parent, name])?;
    Ok(connection.last_insert_rowid())
}

/// Makes one directory: *already exists*, *not found* and *not a directory* for the parent.
pub fn mkdir(connection: &Connection, path: StorePath) -> Result<()> {
    if find(connection, path)?.is_some() {
        return at(path, Error::already_exists());
    }
    match parent(connection, path)? {
        (_, Some(missing)) => at(missing, Error::not_found()),
        (id, None) => insert_directory(connection, id, path.name()).map(|_| ()),
    }
}

/// Makes a directory with its parents; *already exists* for a file.
pub fn makedirs(connection: &Connection, path: StorePath) -> Result<()> {
    match find(connection, path)? {
        Some(Node::Directory(_)) => Ok(()),
        Some(Node::File(_)) => at(path, Error::already_exists()),
        None => {
            let parent = make_parent(connection, path)?;
            insert_directory(connection, parent, path.name()).map(|_| ())
        }
    }
}

/// Whether a file can be written: not over a directory, not below a file, and exclusively not over a file. Says which
/// file is there now.
pub fn check_write(connection: &Connection, path: StorePath, mode: OpenMode) -> Result<Option<File>> {
    match find(connection, path)? {
        Some(Node::Directory(_)) => at(path, Error::is_a_directory()),
        Some(Node::File(_)) if mode == OpenMode::Exclusive => at(path, Error::already_exists()),
        Some(Node::File(file)) => Ok(Some(file)),
        None => parent(connection, path).map(|_| None),
    }
}

/// Puts a content at a path that was found fit for it, in place of the file that may be there. The unique index of
/// parents and names has the last word on what is there once.
pub fn put(
    connection: &Connection,
    path: StorePath,
    content: i64,
    size: u64,
    modified: Option<SystemTime>,
) -> Result<()> {
    if let Some(Node::File(old)) = find(connection, path)? {
        content::release(connection, old.content)?;
        return set_content(connection, &old, content, size, modified);
    }
    let parent = make_parent(connection, path)?;
    connection
        .prepare_cached(
            "INSERT INTO node (parent, name, content, size, modified) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![parent, path.name(), content, size, kept(modified)])?;
    Ok(())
}

/// Says what the content of a file is now, how long it is, and when it was written, if that is not now.
pub fn set_content(
    connection: &Connection,
    file: &File,
    content: i64,
    size: u64,
    modified: Option<SystemTime>,
) -> Result<()> {
    connection
        .prepare_cached("UPDATE node SET content = ?2, size = ?3, modified = ?4 WHERE id = ?1")?
        .execute(params![file.id, content, size, kept(modified)])?;
    Ok(())
}

/// Copies a file: the copy has rows of its own for the pieces, and shares the data.
pub fn copyfile(
    connection: &Connection,
    source: StorePath,
    target: StorePath,
    overwrite: bool,
) -> Result<()> {
    let from = file(connection, source)?;
    check_write(connection, target, if overwrite { OpenMode::Write } else { OpenMode::Exclusive })?;
    if source == target {
        return Ok(());
    }
    let content = content::make(connection)?;
    content::share(connection, from.content, content)?;
    put(connection, target, content, from.size, None)
}

/// Removes a file: *not found*, *is a directory*. Its directory stays.
pub fn remove(connection: &Connection, path: StorePath) -> Result<()> {
    let file = file(connection, path)?;
    remove_file(connection, &file)
}

/// Removes many files, each only if it still has the etag that is given with it.
pub fn remove_many(connection: &Connection, files: &[Removal]) -> Result<Vec<larder_plugin_api::Result<()>>> {
    let mut answers = Vec::with_capacity(files.len());
    for removal in files {
        answers.push(match remove_one_of_many(connection, removal) {
            Err(Failure::Contract(error)) => Err(error),
            result => Ok(result?),
        });
    }
    Ok(answers)
}

fn remove_one_of_many(connection: &Connection, removal: &Removal) -> Result<()> {
    let found = file(connection, removal.path)?;
    let now = etag(found.content, found.size, found.modified);
    if removal.etag.is_some_and(|expected| expected != now) {
        let error =
            Error::new(ErrorKind::Changed, "the file is not the one that was read any more; it stays");
        return at(removal.path, error);
    }
    remove_file(connection, &found)
}

/// Removes a directory that has nothing in it.
pub fn remove_directory(connection: &Connection, path: StorePath) -> Result<()> {
    if path.is_root() {
        return Err(Error::new(ErrorKind::InvalidArgument, "the root is not removed").into());
    }
    let id = directory(connection, path)?;
    if has_below(connection, id)? {
        return at(path, ErrorKind::NotEmpty.into());
    }
    connection.prepare_cached("DELETE FROM node WHERE id = ?1")?.execute([id])?;
    Ok(())
}

fn has_below(connection: &Connection, id: i64) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM node WHERE parent = ?1 LIMIT 1")?.exists([id])?)
}

fn remove_file(connection: &Connection, file: &File) -> Result<()> {
    // Nothing could name these rows any more. `rmtree` of the directory removes them.
    if has_below(connection, file.id)? {
        return Err(Error::new(ErrorKind::InvalidPath, "a file has rows below it").into());
    }
    content::release(connection, file.content)?;
    connection.prepare_cached("DELETE FROM node WHERE id = ?1")?.execute([file.id])?;
    Ok(())
}

/// Gives a file or a directory another path: what is below a directory hangs on its id, and stays as it is.
pub fn rename(connection: &Connection, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
    source.check_rename_to(target)?;
    let Some(node) = find(connection, source)? else { return at(source, Error::not_found()) };
    let id = match &node {
        Node::Directory(id) => *id,
        Node::File(file) => file.id,
    };
    match find(connection, target)? {
        Some(_) if source == target && overwrite => return Ok(()),
        Some(_) if !overwrite || matches!(node, Node::Directory(_)) => {
            return at(target, Error::already_exists());
        }
        Some(Node::Directory(_)) => return at(target, Error::is_a_directory()),
        Some(Node::File(old)) => remove_file(connection, &old)?,
        None => {}
    }
    let parent = make_parent(connection, target)?;
    connection.prepare_cached("UPDATE node SET parent = ?2, name = ?3 WHERE id = ?1")?.execute(params![
        id,
        parent,
        target.name()
    ])?;
    Ok(())
}

/// Everything below a directory, by id. A row that has the number of the root does not lead to what is in the root.
const BELOW: &str = "WITH RECURSIVE below (id) AS (
    SELECT id FROM node WHERE parent = ?1 UNION ALL
    SELECT node.id FROM below JOIN node ON node.parent = below.id WHERE below.id <> 0)";

/// Removes a directory with everything below it: *not found*, *not a directory*. The root itself stays.
pub fn rmtree(connection: &Connection, path: StorePath) -> Result<()> {
    let id = directory(connection, path)?;
    let contents = "SELECT content FROM node WHERE id IN below AND content IS NOT NULL";
    connection.execute(&format!("{BELOW} UPDATE content SET session = 0 WHERE id IN ({contents})"), [id])?;
    connection.execute(&format!("{BELOW} DELETE FROM node WHERE id IN below OR id = ?1"), [id])?;
    Ok(())
}

fn at<T>(path: StorePath, error: Error) -> Result<T> {
    Err(error.with_path(path.as_str()).into())
}

/// A time, or now, as rows keep times: nanoseconds since 1970.
fn kept(time: Option<SystemTime>) -> i64 {
    let time = time.unwrap_or_else(SystemTime::now);
    let nanoseconds = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => nanoseconds(since),
        Err(before) => -nanoseconds(before.duration()),
    }
}

/// The time that a row keeps.
pub fn time_of(modified: i64) -> SystemTime {
    let duration = Duration::from_nanos(modified.unsigned_abs());
    if modified < 0 { UNIX_EPOCH - duration } else { UNIX_EPOCH + duration }
}

/// Whether anything is at a path.
pub fn exists(connection: &Connection, path: StorePath) -> Result<bool> {
    Ok(find(connection, path)?.is_some())
}

/// Whether a directory is at a path.
pub fn isdir(connection: &Connection, path: StorePath) -> Result<bool> {
    Ok(matches!(find(connection, path)?, Some(Node::Directory(_))))
}

/// Whether a file or directory is still in the store.
pub fn is_anywhere(connection: &Connection, id: i64) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM node WHERE id = ?1")?.exists([id])?)
}

/// Whether a directory is still where it was found.
pub fn is_child(connection: &Connection, id: i64, parent: i64, name: &str) -> Result<bool> {
    let mut query =
        connection.prepare_cached("SELECT 1 FROM node WHERE id = ?1 AND parent = ?2 AND name = ?3")?;
    Ok(query.exists(params![id, parent, name])?)
}
