//! Copies a directory with everything below it.

use larder_plugin_api::{Entry, ErrorKind as StoreErrorKind, Kind, Visit};

use super::copy::{Transfer, Wanted, make_directory};
use super::end::{End, WalkSpec};
use super::links::Treatment;
use super::local::join;
use super::relation::{Relation, refuse_one_place};
use super::removal::Seen;
use crate::error::{Error, ErrorKind, Result};

/// What was copied, and what was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files that are there now.
    pub files: u64,
    /// Their bytes, as far as they passed through this process or their size was known.
    pub bytes: u64,
    /// Files and directories that could not be copied; the observer heard of each.
    pub failed: u64,
    /// What was left out and was not meant to be, such as a link to a directory; the observer heard of each.
    pub left_out: u64,
}

impl Copied {
    /// Whether all of it is there.
    pub fn is_whole(&self) -> bool {
        self.failed == 0 && self.left_out == 0
    }
}

/// Hears what is copied of a tree, by the path below its top.
pub(super) trait Copying {
    /// Nothing of this directory is copied yet. It may come several times, one right after the other.
    ///
    /// # Errors
    ///
    /// Whatever ends the copy.
    fn entering(&mut self, directory: &str) -> Result<()>;

    /// This file was copied.
    fn copied(&mut self, path: &str, seen: Seen);

    /// Whether [`copied`](Self::copied) needs to know which file it was.
    fn wanted(&self) -> Wanted {
        Wanted::Seen
    }
}

/// Nobody needs to hear of it.
struct Unheard;

impl Copying for Unheard {
    fn entering(&mut self, _directory: &str) -> Result<()> {
        Ok(())
    }

    fn copied(&mut self, _path: &str, _seen: Seen) {}

    fn wanted(&self) -> Wanted {
        Wanted::Bytes
    }
}

impl Transfer<'_> {
    /// Copies a directory with everything below it; the target is the new directory itself, and may exist.
    ///
    /// A file or directory that fails does not stop the others: the observer hears of it, and it is counted.
    ///
    /// # Errors
    ///
    /// When the source cannot be walked at all, the target is the source or below it, or the caller cancelled.
    pub fn tree(&mut self, source: &End, target: &End) -> Result<Copied> {
        if Relation::of(source, target) == Relation::TargetWithinSource {
            let text =
                format!("cannot copy directory `{}` into itself, `{}`", source.address(), target.address());
            return Err(Error::new(ErrorKind::Store(StoreErrorKind::InvalidArgument), text));
        }
        refuse_one_place("copy", source, target)?;
        self.tree_with(source, target, &mut Unheard)
    }

    /// The same for somebody who hears of each file, and who has looked whether the two are different places.
    pub(super) fn tree_with(
        &mut self,
        source: &End,
        target: &End,
        copying: &mut dyn Copying,
    ) -> Result<Copied> {
        let target = target.confined(self.links)?;
        let spec = WalkSpec { links: self.links.links, exclude_caches: self.exclude_caches };
        let visits = source.walk(spec)?;
        let mut tree =
            Tree { transfer: self, source, target, copying, copied: Copied::default(), closed: None };
        for visit in visits {
            tree.transfer.check_cancelled()?;
            match visit {
                Ok(visit) => tree.visit(&visit)?,
                Err(error) => tree.fail(error)?,
            }
        }
        Ok(tree.copied)
    }
}

/// A tree that is being copied.
struct Tree<'a, 'b> {
    transfer: &'a mut Transfer<'b>,
    source: &'a End,
    target: End,
    copying: &'a mut dyn Copying,
    copied: Copied,
    /// A directory that the target does not take; what is below it was told with it.
    closed: Option<String>,
}

impl Tree<'_, '_> {
    fn visit(&mut self, visit: &Visit) -> Result<()> {
        if self.is_closed(&visit.directory) {
            return Ok(());
        }
        self.copying.entering(&visit.directory)?;
        let empty = visit.files.is_empty() && visit.directories.is_empty();
        // A store makes the parents of a file by itself.
        if (empty || self.target.is_local())
            && let Err(error) =
                make_directory(&self.source.join(&visit.directory), &self.target.join(&visit.directory))
        {
            self.closed = Some(visit.directory.clone());
            return self.fail(error);
        }
        for entry in &visit.directories {
            // Those that are no links, or are followed, come as visits.
            if entry.link.is_some() {
                self.entry(&visit.directory, entry)?;
            }
        }
        visit.files.iter().try_for_each(|entry| self.entry(&visit.directory, entry))
    }

    fn is_closed(&self, directory: &str) -> bool {
        self.closed.as_deref().is_some_and(|closed| {
            directory
                .strip_prefix(closed)
                .is_some_and(|rest| closed.is_empty() || rest.is_empty() || rest.starts_with('/'))
        })
    }

    fn entry(&mut self, directory: &str, entry: &Entry) -> Result<()> {
        let path = join(directory, &entry.name);
        let from = self.source.join(&path);
        match self.transfer.links.treatment(entry) {
            Treatment::Copy if entry.kind == Kind::Directory => Ok(()),
            Treatment::Copy => self.file(&path, &from, entry),
            Treatment::MakeLink(to) => match self.target.join(&path).make_link(&to, true) {
                Ok(()) => Ok(()),
                Err(error) => self.fail(error),
            },
            Treatment::LeaveOut { meant: true, .. } => Ok(()),
            Treatment::LeaveOut { why, .. } => {
                self.copied.left_out += 1;
                let why = from.describe(entry).unwrap_or(why);
                self.transfer.observer().skipped(&from.address(), &why);
                Ok(())
            }
        }
    }

    fn file(&mut self, path: &str, from: &End, entry: &Entry) -> Result<()> {
        let to = self.target.join(path);
        match self.transfer.file_as(from, &to, entry.size, self.copying.wanted()) {
            Ok((bytes, seen)) => {
                self.copied.files += 1;
                self.copied.bytes += bytes;
                self.copying.copied(path, seen.through(entry.link.clone()));
                Ok(())
            }
            Err(error) => self.fail(error),
        }
    }

    /// Goes on after what failed, unless the caller cancelled.
    fn fail(&mut self, error: Error) -> Result<()> {
        if error.kind() == ErrorKind::Store(StoreErrorKind::Interrupted) {
            return Err(error);
        }
        self.copied.failed += 1;
        self.transfer.observer().failed(error);
        Ok(())
    }
}
