//! The entries of a directory, a page at a time: between two pages nothing is held open.
//!
//! A database can be made by somebody else. A row that is not an entry of a directory, such as one whose name is `../x`, is
//! an error among the entries, and the listing continues.

use std::collections::VecDeque;
use std::sync::Arc;

use larder_plugin_api::{Entry, Error, ErrorKind, Result, StorePath};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, params};

use crate::database::Database;
use crate::error::Failure;
use crate::tree;

/// Entries of one query.
pub const PAGE: usize = 1000;

/// A row of a directory.
pub struct Child {
    pub id: i64,
    pub entry: Result<Entry>,
}

/// Where a page begins: after this text, in the order of `listed`, which need not be UTF-8.
#[derive(Clone)]
pub struct After(Vec<u8>);

impl rusqlite::ToSql for After {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(&self.0)))
    }
}

/// A part of a directory, in listing order.
pub struct Page {
    pub children: Vec<Child>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<After>,
}

const COLUMNS: &str = "SELECT id, name, listed, content, size, modified,
    content IS NOT NULL AND EXISTS (SELECT 1 FROM node AS below WHERE below.parent = node.id)
    FROM node WHERE parent = ?1";

/// One page of a directory's entries. The path of the directory is that of its errors.
pub fn page(
    connection: &Connection,
    directory: i64,
    path: &str,
    after: Option<&After>,
) -> Result<Page, Failure> {
    let (condition, after) = match after {
        Some(after) => ("AND listed > ?2", after.clone()),
        // An empty name is a row too.
        None => ("AND listed >= ?2", After(Vec::new())),
    };
    let mut query =
        connection.prepare_cached(&format!("{COLUMNS} {condition} ORDER BY listed LIMIT {PAGE}"))?;
    let mut rows = query.query(params![directory, after])?;
    let mut page = Page { children: Vec::new(), next: None };
    while let Some(row) = rows.next()? {
        page.children.push(child(row, path)?);
        if page.children.len() == PAGE {
            page.next = Some(After(row.get_ref(2)?.as_bytes().map_err(rusqlite::Error::from)?.to_vec()));
        }
    }
    Ok(page)
}

/// Checks a row.
fn child(row: &Row, path: &str) -> Result<Child, Failure> {
    let id = row.get(0)?;
    let bytes = row.get_ref(1)?.as_bytes().map_err(rusqlite::Error::from)?;
    let entry = match std::str::from_utf8(bytes).ok().filter(|name| is_component(name)) {
        None => Err("a row has this name, which is not one component of a path"),
        Some(_) if id == tree::ROOT => Err("a row has the number of the root"),
        Some(_) if row.get(6)? => Err("a file has rows below it"),
        Some(name) => entry(row, name)?.ok_or("the size of a file is negative"),
    };
    let wrong = |message| {
        let name = String::from_utf8_lossy(bytes);
        let path = if path.is_empty() { name.into_owned() } else { format!("{path}/{name}") };
        Error::new(ErrorKind::InvalidPath, message).with_path(path)
    };
    Ok(Child { id, entry: entry.map_err(wrong) })
}

fn is_component(name: &str) -> bool {
    !name.is_empty() && !name.contains('/') && StorePath::new(name).is_ok()
}

/// The entry of a row; `None` for a size that no file has.
fn entry(row: &Row, name: &str) -> Result<Option<Entry>, Failure> {
    let Some(content) = row.get::<_, Option<i64>>(3)? else { return Ok(Some(Entry::directory(name))) };
    let Ok(size) = u64::try_from(row.get::<_, i64>(4)?) else { return Ok(None) };
    let modified = row.get(5)?;
    let entry = Entry::file(name, size).with_modified(Some(tree::time_of(modified)));
    Ok(Some(entry.with_etag(tree::etag(content, size, modified))))
}

/// A listing under way. It goes by the directory's id, which no other directory gets after it.
pub struct Listing {
    database: Arc<Database>,
    directory: i64,
    path: String,
    entries: VecDeque<Result<Entry>>,
    /// Where the next page begins; none after the last one.
    after: Option<After>,
}

impl Listing {
    pub fn new(database: &Arc<Database>, path: StorePath) -> Result<Self> {
        let (directory, first) = database.read(|connection| {
            let directory = tree::directory(connection, path)?;
            Ok((directory, page(connection, directory, path.as_str(), None)?))
        })?;
        let path = path.as_str().to_owned();
        let mut listing =
            Self { database: database.clone(), directory, path, entries: VecDeque::new(), after: None };
        listing.accept(first);
        Ok(listing)
    }

    fn accept(&mut self, page: Page) {
        self.after = page.next;
        self.entries.extend(page.children.into_iter().map(|child| child.entry));
    }
}

impl Iterator for Listing {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.entries.is_empty()
            && let Some(after) = self.after.take()
        {
            let next =
                self.database.read(|connection| page(connection, self.directory, &self.path, Some(&after)));
            match next {
                Ok(page) => self.accept(page),
                Err(error) => return Some(Err(error)),
            }
        }
        self.entries.pop_front()
    }
}
