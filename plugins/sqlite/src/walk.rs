//! A walk through a tree, one query a page of a directory, by the ids of the directories.
//!
//! A directory of many pages is given in as many visits, so that of its files no more than a page is held.

use std::sync::Arc;

use larder_plugin_api::{Entry, Error, ErrorKind, Kind, Result, StorePath, Visit, WalkOptions, check_depth};
use rusqlite::Connection;

use crate::database::Database;
use crate::error::Failure;
use crate::listing::{After, Page, page};
use crate::tree;

/// A walk under way: it holds the directories between the top and where it is.
pub struct TreeWalk {
    database: Arc<Database>,
    topdown: bool,
    pending: Vec<Step>,
}

enum Step {
    Begin(String),
    Enter { id: i64, parent: i64, path: String },
    Go(Directory, Option<After>),
    Leave(Directory, Option<After>),
    Give(Visit),
    Fail(Error),
}

/// A directory whose pages are being read, and the directories in it that were found so far.
struct Directory {
    id: i64,
    path: String,
    below: Vec<Step>,
}

impl Directory {
    fn new(id: i64, path: String) -> Self {
        Self { id, path, below: Vec::new() }
    }

    fn page(&self, connection: &Connection, after: Option<&After>) -> Result<Page, Failure> {
        page(connection, self.id, &self.path, after)
    }

    fn add(&mut self, id: i64, entry: &Entry) {
        self.below.push(Step::Enter { id, parent: self.id, path: join(&self.path, &entry.name) });
    }

    /// What is in a page: the visit, the errors of rows that are not entries, and where the next page begins.
    fn take(&mut self, page: Page) -> (Visit, Vec<Step>, Option<After>) {
        let mut visit = Visit { directory: self.path.clone(), ..Visit::default() };
        let mut failed = Vec::new();
        for child in page.children {
            match child.entry {
                Ok(entry) if entry.kind == Kind::Directory => {
                    self.add(child.id, &entry);
                    visit.directories.push(entry);
                }
                Ok(entry) => visit.files.push(entry),
                Err(error) => failed.push(Step::Fail(error.or_context("listdir", &self.path))),
            }
        }
        failed.reverse();
        (visit, failed, page.next)
    }
}

impl TreeWalk {
    pub fn new(database: &Arc<Database>, top: StorePath, options: WalkOptions) -> Self {
        let pending = vec![Step::Begin(top.as_str().to_owned())];
        Self { database: database.clone(), topdown: options.topdown, pending }
    }

    /// Finds the directory where the walk begins.
    fn begin(&mut self, path: String) -> Result<Option<Visit>> {
        check_depth(StorePath::new(&path)?).map_err(|error| error.or_context("walk", &path))?;
        let id = self.database.read(|connection| tree::directory(connection, StorePath::new(&path)?))?;
        self.go(Directory::new(id, path), None)
    }

    /// Goes into a directory that was listed, if it still is where it was.
    fn enter(&mut self, id: i64, parent: i64, path: String) -> Result<Option<Visit>> {
        let at_path = |error: Error| error.or_context("listdir", &path);
        let name = StorePath::new(&path)?;
        check_depth(name).map_err(at_path)?;
        let is_there = self.database.read(|connection| tree::is_child(connection, id, parent, name.name()));
        if !is_there.map_err(at_path)? {
            // Removed meanwhile, it has nothing to visit; moved elsewhere, what is in it would be left out in silence.
            let is_moved = self.database.read(|connection| tree::is_anywhere(connection, id));
            return if is_moved.map_err(at_path)? { Err(at_path(Error::not_found())) } else { Ok(None) };
        }
        self.go(Directory::new(id, path), None)
    }

    /// Reads a page of a directory on the way in.
    fn go(&mut self, mut directory: Directory, after: Option<&After>) -> Result<Option<Visit>> {
        let page = self.read(&directory, after)?;
        let (visit, failed, next) = directory.take(page);
        if self.topdown {
            match next {
                Some(next) => self.pending.push(Step::Go(directory, Some(next))),
                None => self.pending.extend(directory.below.into_iter().rev()),
            }
            self.pending.extend(failed);
            return Ok(Some(visit));
        }
        let mut next = next;
        if next.is_none() {
            self.pending.extend(failed);
            self.pending.push(Step::Give(visit));
            self.pending.extend(directory.below.into_iter().rev());
            return Ok(None);
        }
        // The files are read again on the way out.
        while let Some(after) = next {
            let page = self.read(&directory, Some(&after))?;
            next = directory.take(page).2;
        }
        let below = std::mem::take(&mut directory.below);
        self.pending.push(Step::Leave(directory, None));
        self.pending.extend(below.into_iter().rev());
        Ok(None)
    }

    /// Reads a page of a directory on the way out.
    fn leave(&mut self, mut directory: Directory, after: Option<&After>) -> Result<Option<Visit>> {
        let page = self.read(&directory, after)?;
        let (visit, failed, next) = directory.take(page);
        if let Some(next) = next {
            directory.below.clear();
            self.pending.push(Step::Leave(directory, Some(next)));
        }
        self.pending.extend(failed);
        Ok(Some(visit))
    }

    fn read(&self, directory: &Directory, after: Option<&After>) -> Result<Page> {
        let page = self.database.read(|connection| directory.page(connection, after));
        page.map_err(|error| error.or_context("listdir", &directory.path))
    }
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

impl Iterator for TreeWalk {
    type Item = Result<Visit>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let visit = match self.pending.pop()? {
                Step::Begin(path) => self.begin(path),
                Step::Enter { id, parent, path } => self.enter(id, parent, path),
                Step::Go(directory, after) => self.go(directory, after.as_ref()),
                Step::Leave(directory, after) => self.leave(directory, after.as_ref()),
                Step::Give(visit) => Ok(Some(visit)),
                Step::Fail(error) => Err(error),
            };
            // Who cancelled does not want to hear it of each directory that is left.
            if visit.as_ref().is_err_and(|error| error.kind() == ErrorKind::Interrupted) {
                self.pending.clear();
            }
            if let Some(visit) = visit.transpose() {
                return Some(visit);
            }
        }
    }
}
