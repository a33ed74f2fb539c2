//! `rename` to another mount within the root: a copy, then the removal of what was copied.
//!
//! A mount can show a directory of the store a second time. So source and target are compared by what they are, not by
//! their paths, and each file is removed only if it is still the one that was copied: what others wrote meanwhile stays.

use larder_plugin_api::{Detail, Error, ErrorKind, Result, StorePath};
use rustix::fs::{
    AtFlags, FileType, Mode, Stat, fchmod, fstat, mkdirat, openat, readlinkat, symlinkat, unlinkat,
};
use rustix::io::Errno;

use crate::conditional::remove_unchanged;
use crate::copyfile::{Attributes, copy};
use crate::error::{changed, failed, not_a_file};
use crate::leftovers;
use crate::listing::{Listing, read_directory};
use crate::publisher::Publisher;
use crate::resolve::LISTING;
use crate::root::{Place, Tree, file_type, is_same};
use crate::staged::permissions;
use crate::stat::etag;

/// Copies what is at `source` to `target`, whose parents are there, and removes the source.
pub fn relocate(publisher: &Publisher, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
    let tree = publisher.root.open()?;
    let found = place(&tree, source)?.stat().map_err(failed("look the path up"))?;
    let relocation = Relocation { publisher, tree };
    relocation.check_apart(&found, target)?;
    if file_type(&found) != FileType::Directory {
        let etag = relocation.copy(source, target, overwrite)?;
        return remove_unchanged(&place(&relocation.tree, source)?, &etag);
    }
    relocation.make_directory(target)?;
    if relocation.holds(source, target)? {
        let made = place(&relocation.tree, target)?;
        let _ = unlinkat(&made.directory, made.name, AtFlags::REMOVEDIR);
        return Err(is_below(target));
    }
    let copied = relocation.copy_tree(source, target)?;
    relocation.remove_copied(copied)
}

fn place<'path>(tree: &Tree, path: StorePath<'path>) -> Result<Place<'path>> {
    tree.place(path).map_err(|errno| failed("open the parent directory")(errno).with_path(path.as_str()))
}

fn is_below(target: StorePath) -> Error {
    let message = "the target is below the source: one directory is mounted at two places";
    Error::new(ErrorKind::InvalidArgument, message).with_path(target.as_str())
}

struct Relocation<'a> {
    publisher: &'a Publisher,
    tree: Tree,
}

/// What was copied of a tree: its directories, each before those in it, and its files with their etags.
#[derive(Default)]
struct Copied {
    directories: Vec<(String, String)>,
    files: Vec<(String, String)>,
}

impl Relocation<'_> {
    /// Refuses a target that is the source, or below it, under another path.
    fn check_apart(&self, source: &Stat, target: StorePath) -> Result<()> {
        if place(&self.tree, target)?.stat().is_ok_and(|target| is_same(source, &target)) {
            let message = "source and target are one thing: it is mounted or linked at two places";
            return Err(Error::new(ErrorKind::InvalidArgument, message).with_path(target.as_str()));
        }
        let is_source = |directory: StorePath| {
            let found = self.tree.directory(directory).and_then(fstat);
            found.is_ok_and(|found| is_same(source, &found))
        };
        if target.ancestors().any(is_source) { Err(is_below(target)) } else { Ok(()) }
    }

    /// Whether a directory is somewhere in a tree. Through a mount, its ancestors do not show it.
    fn holds(&self, top: StorePath, directory: StorePath) -> Result<bool> {
        let wanted = self.stat_directory(directory)?;
        let mut pending = vec![top.as_str().to_owned()];
        while let Some(path) = pending.pop() {
            let path = StorePath::new(&path)?;
            if is_same(&wanted, &self.stat_directory(path)?) {
                return Ok(true);
            }
            let listing = self.list(path)?;
            let below = listing.found.iter().filter(|found| found.is_directory());
            pending.extend(below.map(|found| path.join(&found.entry.name)));
        }
        Ok(false)
    }

    fn stat_directory(&self, path: StorePath) -> Result<Stat> {
        let found = self.tree.directory(path).and_then(fstat);
        found.map_err(|errno| failed("look at the directory")(errno).with_path(path.as_str()))
    }

    /// Lists a directory. What cannot be named cannot be copied, and then nothing may be removed.
    fn list(&self, path: StorePath) -> Result<Listing> {
        let listing = read_directory(&self.tree, &self.publisher.services, path, Detail::Kind)
            .map_err(|error| error.or_context("rename", path.as_str()))?;
        match listing.failed.first() {
            Some(error) => Err(error.clone()),
            None => Ok(listing),
        }
    }

    fn copy_tree(&self, source: StorePath, target: StorePath) -> Result<Copied> {
        let mut copied = Copied::default();
        let mut pending = vec![(source.as_str().to_owned(), target.as_str().to_owned())];
        while let Some((from, to)) = pending.pop() {
            let (from_path, to_path) = (StorePath::new(&from)?, StorePath::new(&to)?);
            for found in self.list(from_path)?.found {
                let (from, to) = (from_path.join(&found.entry.name), to_path.join(&found.entry.name));
                if found.is_directory() {
                    self.make_directory(StorePath::new(&to)?)?;
                    pending.push((from, to));
                } else {
                    let etag = self.copy(StorePath::new(&from)?, StorePath::new(&to)?, false)?;
                    copied.files.push((from, etag));
                }
            }
            copied.directories.push((from, to));
        }
        for (from, to) in copied.directories.iter().rev() {
            self.keep_permissions(StorePath::new(from)?, StorePath::new(to)?)?;
        }
        Ok(copied)
    }

    /// Makes a directory that only its owner can use until everything is in it.
    fn make_directory(&self, path: StorePath) -> Result<()> {
        let place = place(&self.tree, path)?;
        mkdirat(&place.directory, place.name, Mode::RWXU)
            .map_err(|errno| failed("make the directory")(errno).or_context("rename", path.as_str()))
    }

    fn keep_permissions(&self, from: StorePath, to: StorePath) -> Result<()> {
        let mode = permissions(&self.stat_directory(from)?);
        let place = place(&self.tree, to)?;
        openat(&place.directory, place.name, LISTING, Mode::empty())
            .and_then(|directory| fchmod(directory, mode))
            .map_err(|errno| failed("set the permissions of the directory")(errno).with_path(to.as_str()))
    }

    /// Copies a file, or a link as the link it is; returns the etag of what was copied.
    fn copy(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<String> {
        let from = place(&self.tree, source)?;
        let found =
            from.stat().map_err(|errno| failed("look the path up")(errno).with_path(source.as_str()))?;
        match file_type(&found) {
            FileType::RegularFile => {
                let copied = copy(self.publisher, source, target, overwrite, Attributes::Keep)?;
                Ok(etag(&copied.unwrap_or(found)))
            }
            FileType::Symlink => {
                let at_target = |errno| failed("make the link")(errno).with_path(target.as_str());
                copy_link(&from, &place(&self.tree, target)?, overwrite).map_err(at_target)?;
                Ok(etag(&found))
            }
            _ => Err(not_a_file().with_path(source.as_str())),
        }
    }

    /// Removes what was copied and is still what it was, then the directories that are empty.
    fn remove_copied(&self, copied: Copied) -> Result<()> {
        let mut kept = Vec::new();
        for (path, etag) in copied.files {
            let removed = StorePath::new(&path)
                .and_then(|at| place(&self.tree, at))
                .and_then(|place| remove_unchanged(&place, &etag));
            match removed {
                Err(error) if error.kind() != ErrorKind::NotFound => kept.push(error.or_context("", &path)),
                _ => {}
            }
        }
        for (path, _) in copied.directories.iter().rev() {
            let place = place(&self.tree, StorePath::new(path)?)?;
            match unlinkat(&place.directory, place.name, AtFlags::REMOVEDIR) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(Errno::NOTEMPTY | Errno::EXIST) if !kept.is_empty() => {}
                Err(Errno::NOTEMPTY | Errno::EXIST) => {
                    let message = "something was written into the directory while it was moved; that stays";
                    kept.push(changed(message).with_path(path));
                }
                Err(errno) => kept.push(failed("remove the directory")(errno).with_path(path)),
            }
        }
        first_of(kept)
    }
}

fn copy_link(from: &Place, to: &Place, overwrite: bool) -> Result<(), Errno> {
    let text = readlinkat(&from.directory, from.name, Vec::new())?;
    if !overwrite {
        return symlinkat(&text, &to.directory, to.name);
    }
    let directory = to.directory_fd();
    let (name, ()) = leftovers::claim(directory, |name| symlinkat(&text, directory, name))?;
    rustix::fs::renameat(directory, &name, directory, to.name).inspect_err(|_| {
        let _ = unlinkat(directory, &name, AtFlags::empty());
    })
}

/// The first of some errors, with the paths of the others as causes.
fn first_of(errors: Vec<Error>) -> Result<()> {
    let mut errors = errors.into_iter();
    let Some(first) = errors.next() else { return Ok(()) };
    Err(errors.fold(first, |first, other| first.with_cause(other.to_string())))
}
