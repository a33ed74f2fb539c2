//! One run: what differs is copied while both trees are walked; what is extra goes last, when nothing failed.

use std::time::Duration;

use larder_plugin_api::{Entry, ErrorKind as StoreErrorKind, Kind};

use super::deletion::Extra;
use super::same::{Comparison, compare};
use super::{Action, NotDeleted, Sync, SyncSummary};
use crate::error::{Error, ErrorKind, Result};
use crate::store::Cancellation;
use crate::transfer::copy::{Transfer, make_directory};
use crate::transfer::end::End;
use crate::transfer::links::Treatment;
use crate::transfer::pairs::{Pair, Pairs};
use crate::transfer::relation::{Relation, refuse_one_place};
use crate::transfer::removal::Removing;
use crate::transfer::verify::same_content;

type Told<'a> = &'a mut dyn FnMut(Action, &str) -> Result<()>;

pub struct Run<'a, 'b> {
    sync: &'a Sync,
    source: &'a End,
    target: End,
    transfer: &'a mut Transfer<'b>,
    cancellation: &'a Cancellation,
    told: Told<'a>,
    /// Whether the target has the times of its sources, and the smallest difference that it can have.
    keeps_times: bool,
    unit: Duration,
    extra: Extra,
    /// What can come only when something else has gone: a file where a directory is, or the other way round.
    deferred: Vec<Pair>,
    /// The directory of the source at whose path the target has a file; what is below it has to wait.
    blocked: Option<String>,
    in_source: u64,
    files_in_target: u64,
    summary: SyncSummary,
}

impl<'a, 'b> Run<'a, 'b> {
    pub fn new(
        sync: &'a Sync,
        (source, target): (&'a End, &'a End),
        transfer: &'a mut Transfer<'b>,
        cancellation: &'a Cancellation,
        told: Told<'a>,
    ) -> Result<Self> {
        refuse_file(source)?;
        Relation::of(source, target).refuse("sync", source, target)?;
        let is_there = target.kind()?.is_some();
        if !sync.dry_run {
            refuse_one_place("sync", source, target)?;
        }
        if !is_there && !sync.dry_run {
            make_directory(source, target)?;
        }
        let unit = target.unit_of_times();
        let keeps_times = target.is_local();
        let target = if is_there || !sync.dry_run { target.confined(sync.links)? } else { target.clone() };
        Ok(Self {
            sync,
            source,
            target,
            transfer,
            cancellation,
            told,
            keeps_times,
            unit,
            extra: Extra::default(),
            deferred: Vec::new(),
            blocked: None,
            in_source: 0,
            files_in_target: 0,
            summary: SyncSummary::default(),
        })
    }

    pub fn run(mut self) -> Result<SyncSummary> {
        for pair in Pairs::for_sync(self.source, &self.target, self.sync.links)? {
            self.transfer.check_cancelled()?;
            match pair {
                Ok(pair) => self.pair(pair)?,
                Err(error) => self.fail(error)?,
            }
        }
        if self.sync.delete {
            self.delete()?;
        }
        Ok(self.summary)
    }

    fn pair(&mut self, pair: Pair) -> Result<()> {
        if pair.target.as_ref().is_some_and(|entry| entry.kind != Kind::Directory) {
            self.files_in_target += 1;
        }
        let Some(entry) = pair.source.clone() else {
            if let Some(entry) = &pair.target {
                self.extra.add(pair.path, entry);
            }
            return Ok(());
        };
        self.in_source += 1;
        if self.is_blocked(&pair.path) {
            self.defer(pair);
            return Ok(());
        }
        match self.sync.links.treatment(&entry) {
            Treatment::LeaveOut { why, meant } => {
                self.leave_out(&pair, &entry, &why, meant);
                Ok(())
            }
            _ if self.is_in_the_way(&pair, &entry) => self.clash(pair, &entry),
            _ => self.bring(&pair, &entry),
        }
    }

    fn is_blocked(&self, path: &str) -> bool {
        let below = |top: &str| path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'));
        self.blocked.as_deref().is_some_and(below)
    }

    /// Whether the target has a directory where a file goes, or the other way round, or what can only be removed.
    fn is_in_the_way(&self, pair: &Pair, entry: &Entry) -> bool {
        let is_directory = self.is_directory(entry);
        match &pair.target {
            // Below a local directory, a link is replaced in one step.
            Some(target) if target.kind == Kind::Other => target.link.is_none() || !self.target.is_local(),
            Some(target) => is_directory != (target.kind == Kind::Directory),
            None => is_directory && self.extra.has_file(&pair.path),
        }
    }

    /// Whether a directory is to be at the path: a link that is made anew is not one.
    fn is_directory(&self, entry: &Entry) -> bool {
        entry.kind == Kind::Directory && !matches!(self.sync.links.treatment(entry), Treatment::MakeLink(_))
    }

    /// Puts off what can come only when something has gone; that needs `--delete`.
    fn clash(&mut self, pair: Pair, entry: &Entry) -> Result<()> {
        let is_directory = self.is_directory(entry);
        if is_directory {
            self.blocked = Some(pair.path.clone());
        }
        if self.sync.delete {
            // A directory comes for itself, with what is in it.
            if let Some(found) = pair.target.as_ref().filter(|found| found.kind != Kind::Directory) {
                self.extra.add(pair.path.clone(), found);
            }
            self.defer(pair);
            return Ok(());
        }
        let to = self.target.join(&pair.path).address();
        let (kind, text) = if is_directory {
            (StoreErrorKind::NotADirectory, format!("`{to}` is not a directory, and one goes there"))
        } else if pair.target.as_ref().is_some_and(|found| found.kind == Kind::Other) {
            let text = format!("`{to}` is neither a file nor a directory, and a file goes there");
            (StoreErrorKind::Unsupported, text)
        } else {
            (StoreErrorKind::IsADirectory, format!("`{to}` is a directory, and a file goes there"))
        };
        let error = Error::new(ErrorKind::Store(kind), text);
        self.fail(error.with_hint("--delete replaces it"))
    }

    /// Without `--delete` the clash was told already, and what is below it with it.
    fn defer(&mut self, pair: Pair) {
        if self.sync.delete {
            self.deferred.push(pair);
        }
    }

    fn leave_out(&mut self, pair: &Pair, entry: &Entry, why: &str, meant: bool) {
        let end = self.source.join(&pair.path);
        if !meant {
            self.summary.left_out += 1;
            let why = end.describe(entry).unwrap_or_else(|| why.to_owned());
            self.transfer.observer().skipped(&end.address(), &why);
        }
        self.extra.protect(pair.path.clone());
    }

    fn bring(&mut self, pair: &Pair, entry: &Entry) -> Result<()> {
        match self.sync.links.treatment(entry) {
            Treatment::MakeLink(to) => self.bring_link(pair, &to),
            _ if entry.kind == Kind::Directory => self.bring_directory(pair),
            _ => self.bring_file(pair, entry),
        }
    }

    fn bring_link(&mut self, pair: &Pair, to: &str) -> Result<()> {
        if pair.target.as_ref().is_some_and(|target| target.link.as_deref() == Some(to)) {
            self.summary.unchanged += 1;
            return Ok(());
        }
        (self.told)(Action::Link, &pair.path)?;
        if !self.sync.dry_run
            && let Err(error) = self.target.join(&pair.path).make_link(to, true)
        {
            return self.fail(error);
        }
        self.summary.added += 1;
        Ok(())
    }

    fn bring_directory(&mut self, pair: &Pair) -> Result<()> {
        if pair.target.is_some() || !(pair.empty || self.target.is_local()) {
            return Ok(());
        }
        if pair.empty {
            (self.told)(Action::MakeDirectory, &pair.path)?;
        }
        if self.sync.dry_run {
            return Ok(());
        }
        let made = make_directory(&self.source.join(&pair.path), &self.target.join(&pair.path));
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
        match compare(self.sync, source, target, self.keeps_times, self.unit) {
            Comparison::Same => Ok(true),
            Comparison::Differs => Ok(false),
            Comparison::CompareContents => same_content(from, to, self.cancellation),
        }
    }

    /// Removes what is extra, and then brings what had to wait for that.
    fn delete(&mut self) -> Result<()> {
        let removals = std::mem::take(&mut self.extra).into_removals();
        let deferred = std::mem::take(&mut self.deferred);
        let files = removals.files();
        let nothing = removals.paths().next().is_none() && deferred.is_empty();
        self.summary.not_deleted = if self.summary.failed > 0 {
            (!nothing).then_some(NotDeleted::Failed)
        } else if self.in_source == 0 && !self.sync.allow_empty_source {
            Some(NotDeleted::EmptySource)
        } else {
            let in_target = self.files_in_target;
            let too_many = self.sync.max_delete.is_some_and(|most| most.is_exceeded(files, in_target));
            too_many.then_some(NotDeleted::TooMany { files, in_target })
        };
        if self.summary.not_deleted.is_some() {
            return Ok(());
        }
        if self.sync.dry_run {
            removals.paths().try_for_each(|path| (self.told)(Action::Delete, path))?;
            self.summary.deleted += files;
        } else {
            let target = self.target.clone();
            removals.run(&target, self)?;
        }
        for mut pair in deferred {
            self.transfer.check_cancelled()?;
            pair.target = None;
            if let Some(entry) = pair.source.clone() {
                match self.sync.links.treatment(&entry) {
                    Treatment::LeaveOut { why, meant } => self.leave_out(&pair, &entry, &why, meant),
                    _ => self.bring(&pair, &entry)?,
                }
            }
        }
        Ok(())
    }

    fn fail(&mut self, error: Error) -> Result<()> {
        if error.kind() == ErrorKind::Store(StoreErrorKind::Interrupted) {
            return Err(error);
        }
        self.summary.failed += 1;
        self.transfer.observer().failed(error);
        Ok(())
    }
}

impl Removing for Run<'_, '_> {
    fn removing(&mut self, path: &str) -> Result<()> {
        self.transfer.check_cancelled()?;
        (self.told)(Action::Delete, path)
    }

    fn removed_file(&mut self, _path: &str) {
        self.summary.deleted += 1;
    }

    fn stays(&mut self, error: Error) -> Result<()> {
        self.fail(error)
    }
}

fn refuse_file(source: &End) -> Result<()> {
    if source.is_tree()? {
        return Ok(());
    }
    let text = format!("`{}` is not a directory", source.address());
    Err(Error::new(ErrorKind::Store(StoreErrorKind::NotADirectory), text))
}
