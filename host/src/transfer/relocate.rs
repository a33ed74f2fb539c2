//! Moves a file or a tree to another store: everything is copied first; then exactly what was copied is removed.

use larder_plugin_api::{ErrorKind as StoreErrorKind, Kind};

use super::copy::{Transfer, Wanted};
use super::end::End;
use super::relation::{Relation, refuse_one_directory};
use super::removal::{Removals, Removing, Seen};
use super::tree::Copying;
use crate::error::{Error, ErrorKind, Result};

/// What became of a move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relocated {
    /// Files that are at the target now.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What could not be copied, or was left out: then nothing was removed. The observer heard of each.
    pub not_copied: u64,
    /// What was copied and stays at the source as well, because it changed or could not be removed, and directories that
    /// something was written into meanwhile. The observer heard of each.
    pub kept: u64,
}

impl Relocated {
    /// Whether everything is at the target, and nothing at the source.
    pub fn is_whole(&self) -> bool {
        self.not_copied == 0 && self.kept == 0
    }
}

/// Moves a file, or a directory with everything below it, to another place.
///
/// A file is removed only when the whole of the source has arrived, and only if it is still what was copied: what others
/// write meanwhile stays. Nothing is removed when source and target are one place under two names.
///
/// # Errors
///
/// When the source is missing, is the target or contains it, is a file and a directory at once, or the caller cancelled.
pub fn relocate(transfer: &mut Transfer<'_>, source: &End, target: &End) -> Result<Relocated> {
    let kind = refuse_two_things(source)?;
    let mut places = Places { source, target, entered: None, copied: Removals::default() };
    let mut relocated = Relocated::default();
    if kind == Kind::Directory {
        Relation::of(source, target).refuse("move", source, target)?;
        let copied = transfer.tree_with(source, target, &mut places)?;
        relocated.not_copied = copied.failed + copied.left_out;
        (relocated.files, relocated.bytes) = (copied.files, copied.bytes);
    } else {
        places.check_file()?;
        let (bytes, seen) = transfer.file_as(source, target, None, Wanted::Seen)?;
        places.copied.add_file("", seen);
        (relocated.files, relocated.bytes) = (1, bytes);
    }
    if relocated.not_copied == 0 {
        let mut rest = Rest { transfer, kept: 0 };
        places.copied.run(source, &mut rest)?;
        relocated.kept = rest.kept;
    }
    Ok(relocated)
}

/// An object store can hold a file and a directory under one path. Then it is not clear what is to be moved.
///
/// # Errors
///
/// *Invalid argument* when both are there; *not found* when neither is.
pub fn refuse_two_things(source: &End) -> Result<Kind> {
    let kind = source.stat()?.kind;
    if kind == Kind::File && source.is_directory()? {
        let text =
            format!("`{}` is a file, and a directory of the same path is there as well", source.address());
        let error = Error::new(ErrorKind::Store(StoreErrorKind::InvalidArgument), text);
        return Err(error.with_hint("copy the one that is meant, and remove it then: larder cp, larder rm"));
    }
    Ok(kind)
}

/// The two sides of a move, and what was copied from one to the other.
struct Places<'a> {
    source: &'a End,
    target: &'a End,
    /// The directory that was entered last; its entries may come in several pieces.
    entered: Option<String>,
    copied: Removals,
}

impl Places<'_> {
    /// The same for a single file: its directory is asked where the file says nothing.
    fn check_file(&self) -> Result<()> {
        let relation = Relation::of(self.source, self.target);
        if relation != Relation::Unknown {
            return if relation == Relation::Apart {
                Ok(())
            } else {
                Relation::Same.refuse("move", self.source, self.target)
            };
        }
        match (self.source.parent(), self.target.parent()) {
            (Some(source), Some(target)) if self.source.name() == self.target.name() => {
                refuse_one_directory("move", &source, &target)
            }
            // Two names are two things, also in one directory.
            _ => Ok(()),
        }
    }
}

impl Copying for Places<'_> {
    /// Before anything of a directory is copied: also a directory below may be one under two names, by a link or a mount.
    fn entering(&mut self, directory: &str) -> Result<()> {
        if self.entered.as_deref() == Some(directory) {
            return Ok(());
        }
        self.entered = Some(directory.to_owned());
        let (from, to) = (self.source.join(directory), self.target.join(directory));
        match Relation::of(&from, &to) {
            Relation::Unknown => refuse_one_directory("move", &from, &to)?,
            relation => relation.refuse("move", &from, &to)?,
        }
        // The root of a store stays.
        if !(directory.is_empty() && self.source.is_root()) {
            self.copied.add_directory(directory);
        }
        Ok(())
    }

    fn copied(&mut self, path: &str, seen: Seen) {
        self.copied.add_file(path, seen);
    }
}

/// Counts what stays at the source.
struct Rest<'a, 'b> {
    transfer: &'a mut Transfer<'b>,
    kept: u64,
}

impl Removing for Rest<'_, '_> {
    fn removing(&mut self, _path: &str) -> Result<()> {
        self.transfer.check_cancelled()
    }

    fn stays(&mut self, error: Error) -> Result<()> {
        if error.kind() == ErrorKind::Store(StoreErrorKind::Interrupted) {
            return Err(error);
        }
        self.kept += 1;
        self.transfer.observer().failed(error);
        Ok(())
    }
}
