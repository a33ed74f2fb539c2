//! A walk through a tree, one query a page of a directory, by the ids of the directories.

use std::sync::Arc;

use larder_plugin_api::{Entry, Error, ErrorKind, Kind, Result, StorePath, Visit, WalkOptions};
use rusqlite::Connection;

use crate::database::Database;
use crate::error::Failure;
use crate::listing;
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
    Leave(Visit),
}

/// The entries of a directory with their ids.
type Children = Vec<(i64, Entry)>;

impl TreeWalk {
    pub fn new(database: &Arc<Database>, top: StorePath, options: WalkOptions) -> Self {
        let pending = vec![Step::Begin(top.as_str().to_owned())];
        Self { database: database.clone(), topdown: options.topdown, pending }
    }

    /// Finds the directory where the walk begins.
    fn begin(&mut self, path: String) -> Result<Option<Visit>> {
        let (id, children) = self.database.read(|connection| {
            let id = tree::directory(connection, StorePath::new(&path)?)?;
            Ok((id, children(connection, id)?))
        })?;
        Ok(self.visit(id, path, children))
    }

    /// Goes into a directory that was listed, if it still is where it was.
    fn enter(&mut self, id: i64, parent: i64, path: String) -> Result<Option<Visit>> {
        let result = self.database.read(|connection| {
            let name = StorePath::new(&path)?.name();
            if !tree::is_child(connection, id, parent, name)? {
                return Err(Error::not_found().into());
            }
            children(connection, id)
        });
        let children = result.map_err(|error| error.or_context("listdir", &path))?;
        Ok(self.visit(id, path, children))
    }

    /// Puts what follows on the pile, and gives the visit when it is due now.
    fn visit(&mut self, parent: i64, path: String, children: Children) -> Option<Visit> {
        let mut visit = Visit::default();
        let mut below = Vec::new();
        for (id, entry) in children {
            if entry.kind == Kind::Directory {
                below.push(Step::Enter { id, parent, path: join(&path, &entry.name) });
                visit.directories.push(entry);
            } else {
                visit.files.push(entry);
            }
        }
        below.reverse();
        visit.directory = path;
        if self.topdown {
            self.pending.append(&mut below);
            return Some(visit);
        }
        self.pending.push(Step::Leave(visit));
        self.pending.append(&mut below);
        None
    }
}

/// All entries of a directory, as a visit has them.
fn children(connection: &Connection, directory: i64) -> Result<Children, Failure> {
    let mut children = listing::page(connection, directory, "")?;
    let mut more = children.len();
    while more == listing::PAGE
        && let Some((_, last)) = children.last()
    {
        let page = listing::page(connection, directory, &listing::listed(last))?;
        more = page.len();
        children.extend(page);
    }
    Ok(children)
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

impl Iterator for TreeWalk {
    type Item = Result<Visit>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let visit = match self.pending.pop()? {
                Step::Leave(visit) => Ok(Some(visit)),
                Step::Begin(path) => self.begin(path),
                Step::Enter { id, parent, path } => self.enter(id, parent, path),
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
