//! The entries of a directory, a page at a time: between two pages nothing is held open.

use std::collections::VecDeque;
use std::sync::Arc;

use larder_plugin_api::{Entry, Result, StorePath};
use rusqlite::{Connection, params};

use crate::database::Database;
use crate::error::Failure;
use crate::tree;

/// Entries of one query.
pub const PAGE: usize = 1000;

/// One page of a directory's entries, in listing order, after what `after` is in that order.
pub fn page(connection: &Connection, directory: i64, after: &str) -> Result<Vec<(i64, Entry)>, Failure> {
    let mut query = connection.prepare_cached(
        "SELECT id, name, content IS NULL, size, modified FROM node
         WHERE parent = ?1 AND listed > ?2 ORDER BY listed LIMIT ?3",
    )?;
    let entries = query.query_map(params![directory, after, PAGE], |row| {
        let name: String = row.get(1)?;
        let entry = if row.get(2)? {
            Entry::directory(name)
        } else {
            Entry::file(name, row.get(3)?).with_modified(Some(tree::time_of(row.get(4)?)))
        };
        Ok((row.get(0)?, entry))
    })?;
    Ok(entries.collect::<Result<_, _>>()?)
}

/// What the page after an entry is to come after.
pub fn listed(entry: &Entry) -> String {
    let slash = if entry.kind == larder_plugin_api::Kind::Directory { "/" } else { "" };
    format!("{}{slash}", entry.name)
}

/// A listing under way. It goes by the directory's id, which no other directory gets after it.
pub struct Listing {
    database: Arc<Database>,
    directory: i64,
    entries: VecDeque<Entry>,
    /// Where the next page begins; none after the last one.
    after: Option<String>,
}

impl Listing {
    pub fn new(database: &Arc<Database>, path: StorePath) -> Result<Self> {
        let (directory, first) = database.read(|connection| {
            let directory = tree::directory(connection, path)?;
            Ok((directory, page(connection, directory, "")?))
        })?;
        let mut listing =
            Self { database: database.clone(), directory, entries: VecDeque::new(), after: None };
        listing.accept(first);
        Ok(listing)
    }

    fn accept(&mut self, page: Vec<(i64, Entry)>) {
        self.after = page.get(PAGE - 1).map(|(_, entry)| listed(entry));
        self.entries.extend(page.into_iter().map(|(_, entry)| entry));
    }
}

impl Iterator for Listing {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.entries.is_empty()
            && let Some(after) = self.after.take()
        {
            match self.database.read(|connection| page(connection, self.directory, &after)) {
                Ok(page) => self.accept(page),
                Err(error) => return Some(Err(error)),
            }
        }
        self.entries.pop_front().map(Ok)
    }
}
