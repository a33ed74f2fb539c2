//! Makes a target like a source: copies what differs, and removes what is extra when asked to.

use larder_plugin_api::{Entry, ErrorKind as StoreErrorKind, Kind};

use super::copy::{Transfer, make_directory};
use super::end::End;
use super::pairs::{Pair, Pairs};
use super::verify::same_content;
use crate::error::{Error, ErrorKind, Result};
use crate::store::Cancellation;

/// How a target is made like a source.
///
/// A file counts as the same when its size is and the target is not older than the source; where a store knows no times,
/// it is copied again. With `checksum` the contents are compared instead.
#[derive(Clone, Debug, Default)]
pub struct Sync {
    /// Removes what the source does not have.
    pub delete: bool,
    /// Compares contents rather than size and time.
    pub checksum: bool,
    /// Only says what would be done.
    pub dry_run: bool,
}

/// One step that was made, or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A file that the target did not have.
    Add,
    /// A file that differed.
    Update,
    /// Something that the source does not have.
    Delete,
    /// A directory with nothing in it.
    MakeDirectory,
}

impl Action {
    /// The action in a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::MakeDirectory => "mkdir",
        }
    }
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncSummary {
    /// Files that were added.
    pub added: u64,
    /// Files that were replaced.
    pub updated: u64,
    /// Files and directories that were removed.
    pub deleted: u64,
    /// Files that were the same.
    pub unchanged: u64,
    /// Bytes that were copied.
    pub bytes: u64,
    /// What failed; the observer heard of each.
    pub failed: u64,
    /// Whether nothing was removed because something had failed before.
    pub deletion_skipped: bool,
}

impl Sync {
    /// Does it. `told` hears of every step with its path, before it is made.
    ///
    /// Nothing is removed when anything failed before: what could not be read would look as if it were gone.
    ///
    /// # Errors
    ///
    /// When the source is no directory, one end is within the other, or the caller cancelled.
    pub fn run(
        &self,
        source: &End,
        target: &End,
        transfer: &mut Transfer<'_>,
        cancellation: &Cancellation,
        told: &mut dyn FnMut(Action, &str) -> Result<()>,
    ) -> Result<SyncSummary> {
        refuse(source, target)?;
        let mut run =
            Run { sync: self, source, target, transfer, cancellation, told, summary: SyncSummary::default() };
        if !self.dry_run && target.kind()?.is_none() {
            make_directory(target)?;
        }
        let mut extra = Vec::new();
        for pair in Pairs::new(source, target)? {
            run.transfer.check_cancelled()?;
            match pair {
                Ok(pair) if pair.source.is_some() => run.bring(&pair)?,
                Ok(pair) => note_extra(&mut extra, pair),
                Err(error) => run.fail(error)?,
            }
        }
        if self.delete && run.summary.failed == 0 {
            extra.into_iter().try_for_each(|(path, kind)| run.delete(&path, kind))?;
        } else {
            run.summary.deletion_skipped = self.delete && !extra.is_empty();
        }
        Ok(run.summary)
    }
}

fn refuse(source: &End, target: &End) -> Result<()> {
    if source.stat()?.kind != Kind::Directory {
        let text = format!("`{}` is not a directory", source.address());
        return Err(Error::new(ErrorKind::Store(StoreErrorKind::NotADirectory), text));
    }
    if target.is_within(source) || source.is_within(target) {
        let text = format!("`{}` and `{}` are within each other", source.address(), target.address());
        return Err(Error::new(ErrorKind::Store(StoreErrorKind::InvalidArgument), text));
    }
    Ok(())
}

/// A directory stands for everything below it.
fn note_extra(extra: &mut Vec<(String, Kind)>, pair: Pair) {
    let below = |directory: &str| pair.path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'));
    let covered = extra.iter().rev().any(|(path, kind)| *kind == Kind::Directory && below(path));
    if !covered {
        extra.push((pair.path, pair.target.map_or(Kind::File, |entry| entry.kind)));
    }
}

struct Run<'a, 'b> {
    sync: &'a Sync,
    source: &'a End,
    target: &'a End,
    transfer: &'a mut Transfer<'b>,
    cancellation: &'a Cancellation,
    told: &'a mut dyn FnMut(Action, &str) -> Result<()>,
    summary: SyncSummary,
}

impl Run<'_, '_> {
    fn bring(&mut self, pair: &Pair) -> Result<()> {
        let Some(entry) = &pair.source else { return Ok(()) };
        match entry.kind {
            Kind::Directory => self.bring_directory(pair),
            Kind::File => self.bring_file(pair, entry),
            _ => {
                let address = self.source.join(&pair.path).address();
                self.transfer.observer().skipped(&address, "neither a file nor a directory");
                Ok(())
            }
        }
    }

    fn bring_directory(&mut self, pair: &Pair) -> Result<()> {
        if pair.target.is_some() || !(pair.empty || matches!(self.target, End::Local(_))) {
            return Ok(());
        }
        if pair.empty {
            (self.told)(Action::MakeDirectory, &pair.path)?;
        }
        if self.sync.dry_run {
            return Ok(());
        }
        let made = make_directory(&self.target.join(&pair.path));
        made.or_else(|error| self.fail(error))
    }

    fn bring_file(&mut self, pair: &Pair, entry: &Entry) -> Result<()> {
        let (from, to) = (self.source.join(&pair.path), self.target.join(&pair.path));
        let action = match &pair.target {
            None => Action::Add,
            Some(target) => match self.is_same(entry, target, &from, &to) {
                Ok(true) => {
                    self.summary.unchanged += 1;
                    return Ok(());
                }
                Ok(false) => Action::Update,
                Err(error) => return self.fail(error),
            },
        };
        (self.told)(action, &pair.path)?;
        let copied = if self.sync.dry_run { Ok(0) } else { self.transfer.file(&from, &to, entry.size) };
        match copied {
            Ok(bytes) => self.summary.bytes += bytes,
            Err(error) => return self.fail(error),
        }
        match action {
            Action::Add => self.summary.added += 1,
            _ => self.summary.updated += 1,
        }
        Ok(())
    }

    fn is_same(&self, source: &Entry, target: &Entry, from: &End, to: &End) -> Result<bool> {
        if target.kind != Kind::File || source.size != target.size {
            return Ok(false);
        }
        if self.sync.checksum {
            return same_content(from, to, self.cancellation);
        }
        Ok(matches!((source.modified, target.modified), (Some(source), Some(target)) if target >= source))
    }

    fn delete(&mut self, path: &str, kind: Kind) -> Result<()> {
        self.transfer.check_cancelled()?;
        (self.told)(Action::Delete, path)?;
        let removed = if self.sync.dry_run { Ok(()) } else { self.target.join(path).remove(kind) };
        match removed {
            Ok(()) => self.summary.deleted += 1,
            Err(error) => return self.fail(error),
        }
        Ok(())
    }

    fn fail(&mut self, error: Error) -> Result<()> {
        if error.kind() == ErrorKind::Store(larder_plugin_api::ErrorKind::Interrupted) {
            return Err(error);
        }
        self.summary.failed += 1;
        self.transfer.observer().failed(error);
        Ok(())
    }
}
