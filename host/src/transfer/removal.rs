//! Removes exactly what was read or compared, each file only if it is still that, and the directories that are empty then.

use std::time::SystemTime;

use larder_plugin_api::{
    Detail, Entry, Error as StoreError, ErrorKind as StoreErrorKind, Removal, Stat, StorePath,
};

use super::end::End;
use crate::error::{Error, ErrorKind, Result};
use crate::store::Store;

/// How many files are removed in one call of a store: as many as S3 takes in a request.
const BATCH: usize = 1000;

/// What was seen of a file: what tells it from a later one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    etag: Option<Box<str>>,
    size: Option<u64>,
    modified: Option<SystemTime>,
    /// What the symbolic link says, where it is one: then it counts, and not what it leads to.
    link: Option<Box<str>>,
}

impl From<&Stat> for Seen {
    fn from(stat: &Stat) -> Self {
        Self {
            etag: stat.etag.as_deref().map(Box::from),
            size: Some(stat.size),
            modified: stat.modified,
            link: None,
        }
    }
}

impl From<&Entry> for Seen {
    fn from(entry: &Entry) -> Self {
        Self {
            etag: entry.etag.clone(),
            size: entry.size,
            modified: entry.modified,
            link: entry.link.clone(),
        }
    }
}

impl Seen {
    /// Says that it was seen through a symbolic link.
    #[must_use]
    pub fn through(mut self, link: Option<Box<str>>) -> Self {
        self.link = link;
        self
    }

    /// Whether a file looks as it did. Where nothing else is known, size and time decide.
    pub fn is_still(&self, stat: &Stat) -> bool {
        if self.etag.is_some() && stat.etag.is_some() {
            return self.etag.as_deref() == stat.etag.as_deref();
        }
        self.size.is_none_or(|size| size == stat.size)
            && (self.modified.is_none() || stat.modified.is_none() || self.modified == stat.modified)
    }
}

/// Files and directories below one end that are to be removed.
#[derive(Debug, Default)]
pub struct Removals {
    files: Vec<(Box<str>, Seen)>,
    /// Each before those in it.
    directories: Vec<Box<str>>,
}

/// What became of a removal: of each file or directory, by its path below the end.
pub trait Removing {
    /// It is about to be removed.
    ///
    /// # Errors
    ///
    /// Whatever ends the removal, such as the caller's cancellation.
    fn removing(&mut self, path: &str) -> Result<()>;

    /// A file has gone.
    fn removed_file(&mut self, _path: &str) {}

    /// It stays, and why.
    ///
    /// # Errors
    ///
    /// Whatever ends the removal.
    fn stays(&mut self, error: Error) -> Result<()>;
}

impl Removals {
    /// A file, with what was seen of it.
    pub fn add_file(&mut self, path: &str, seen: Seen) {
        self.files.push((path.into(), seen));
    }

    /// A directory, to be removed when nothing is in it.
    pub fn add_directory(&mut self, path: &str) {
        self.directories.push(path.into());
    }

    /// How many files there are.
    pub fn files(&self) -> u64 {
        self.files.len() as u64
    }

    /// The paths of all, as they will be removed: files in their order, then directories, the innermost first.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(path, _)| &**path).chain(self.directories.iter().rev().map(|path| &**path))
    }

    /// Removes the files, then the directories that are empty; a directory that is not empty stays and is told.
    ///
    /// # Errors
    ///
    /// What `removing` answers.
    pub fn run(self, end: &End, removing: &mut dyn Removing) -> Result<()> {
        let mut kept = false;
        for batch in self.files.chunks(BATCH) {
            for (path, _) in batch {
                removing.removing(path)?;
            }
            for ((path, _), result) in batch.iter().zip(remove_batch(end, batch)) {
                match result {
                    Ok(()) => removing.removed_file(path),
                    Err(error) => {
                        kept = true;
                        removing.stays(explain(end, path, error))?;
                    }
                }
            }
        }
        for path in self.directories.iter().rev() {
            removing.removing(path)?;
            match end.join(path).remove_directory() {
                Ok(()) => {}
                // Not every store keeps a directory when its last file goes.
                Err(error) if is(&error, StoreErrorKind::NotFound) => {}
                // A file that stays was told already; its directories stay with it.
                Err(error) if kept && is(&error, StoreErrorKind::NotEmpty) => {}
                Err(error) => removing.stays(error)?,
            }
        }
        Ok(())
    }
}

fn is(error: &Error, kind: StoreErrorKind) -> bool {
    error.kind() == ErrorKind::Store(kind)
}

fn explain(end: &End, path: &str, error: StoreError) -> Error {
    let changed = error.kind() == StoreErrorKind::Changed;
    let error = end.join(path).said("remove", error);
    if changed {
        error.with_hint("it was written to meanwhile, and is still there: run this again")
    } else {
        error
    }
}

/// One answer for each file. What has gone already is as good as removed.
fn remove_batch(end: &End, batch: &[(Box<str>, Seen)]) -> Vec<larder_plugin_api::Result<()>> {
    let answers = match end {
        End::Store { store, path } => remove_in_store(store, path, batch),
        _ => batch.iter().map(|(path, seen)| end.join(path).remove_seen(seen)).collect(),
    };
    let forgive = |answer: larder_plugin_api::Result<()>| match answer {
        Err(error) if error.kind() == StoreErrorKind::NotFound => Ok(()),
        answer => answer,
    };
    answers.into_iter().map(forgive).collect()
}

fn remove_in_store(
    store: &Store,
    top: &str,
    batch: &[(Box<str>, Seen)],
) -> Vec<larder_plugin_api::Result<()>> {
    let paths: Vec<String> = batch.iter().map(|(path, _)| super::local::join(top, path)).collect();
    let mut answers: Vec<Option<larder_plugin_api::Result<()>>> = Vec::with_capacity(batch.len());
    let (mut asked, mut files) = (Vec::new(), Vec::new());
    for (at, ((_, seen), path)) in batch.iter().zip(&paths).enumerate() {
        match removal_of(store, path, seen) {
            Ok(removal) => {
                answers.push(None);
                asked.push(at);
                files.push(removal);
            }
            Err(error) => answers.push(Some(Err(error))),
        }
    }
    match store.remove_many(&files) {
        Ok(results) => asked.iter().zip(results).for_each(|(at, result)| answers[*at] = Some(result)),
        Err(error) => asked.iter().for_each(|at| answers[*at] = Some(Err(error.clone()))),
    }
    let lost = || Err(StoreError::new(StoreErrorKind::Unexpected, "the store gave no answer for the file"));
    answers.into_iter().map(|answer| answer.unwrap_or_else(lost)).collect()
}

/// What the store is asked for one file, unless it is seen already that it changed.
fn removal_of<'a>(store: &Store, path: &'a str, seen: &'a Seen) -> larder_plugin_api::Result<Removal<'a>> {
    refuse_changed(store, path, seen)?;
    let etag = seen.etag.as_deref().filter(|_| seen.link.is_none());
    Ok(Removal { path: StorePath::new(path)?, etag })
}

/// Without an etag, the host looks by itself just before; so it does at a link, whose etag is that of what it leads to.
fn refuse_changed(store: &Store, path: &str, seen: &Seen) -> larder_plugin_api::Result<()> {
    let is_still = match (&seen.link, &seen.etag) {
        (Some(link), _) => is_still_link(store, path, link)?,
        (None, Some(_)) => true,
        (None, None) => seen.is_still(&store.stat(path)?),
    };
    if is_still { Ok(()) } else { Err(changed()) }
}

/// Only a listing shows a link as such.
fn is_still_link(store: &Store, path: &str, link: &str) -> larder_plugin_api::Result<bool> {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    for entry in store.listdir(directory, Detail::Kind)? {
        match entry {
            Ok(entry) if entry.name == name => return Ok(entry.link.as_deref() == Some(link)),
            // What cannot be read is another entry, which stays.
            _ => {}
        }
    }
    Err(StoreError::not_found())
}

/// For a file that is not what was seen.
pub fn changed() -> StoreError {
    StoreError::new(StoreErrorKind::Changed, "it is not what was read before, and stays")
}
