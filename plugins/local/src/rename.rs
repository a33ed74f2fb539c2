//! `rename`: of a file, a directory, or a link itself.

use std::os::fd::AsFd;

use larder_plugin_api::{Error, ErrorKind, Result, StorePath};
use rustix::fs::{AtFlags, FileType, Mode, Stat, linkat, mkdirat, renameat, unlinkat};
use rustix::io::Errno;

use crate::conditional;
use crate::directories::Parents;
use crate::error::{failed, missing};
use crate::exclusive;
use crate::publisher::Publisher;
use crate::relocate::relocate;
use crate::root::{Place, Tree, file_type, is_same};
use crate::stat::replaceable;

/// How often parents are made again that others remove meanwhile.
const ATTEMPTS: usize = 100;

/// Gives what is at `source` another path.
pub fn rename(publisher: &Publisher, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
    source.check_rename_to(target)?;
    let tree = publisher.root.open()?;
    let from = tree.place(source).map_err(missing("open the parent directory"))?;
    let found = from.stat().map_err(missing("look the path up"))?;
    let at_target = |error: Error| error.or_context("rename", target.as_str());
    if source == target {
        return if overwrite { Ok(()) } else { Err(at_target(Error::already_exists())) };
    }
    let is_directory = file_type(&found) == FileType::Directory;
    let replaced =
        if is_directory { None } else { check_target(&tree, target, overwrite).map_err(at_target)? };
    for _ in 0..ATTEMPTS {
        let parents = Parents::make(&tree, target.parent().unwrap_or(StorePath::ROOT), publisher.durable)
            .map_err(at_target)?;
        let directory = parents.directory()?.try_clone_to_owned().map_err(Error::from)?;
        let to = Place { directory, name: target.name() };
        let renamed = match (is_directory, overwrite) {
            (true, _) => rename_directory(&from, &to),
            (false, true) => rename_over(&from, &found, &to, replaced.as_ref()),
            (false, false) => rename_to_free(&from, &found, &to),
        };
        match renamed {
            Ok(()) => {
                parents.keep();
                return Ok(());
            }
            Err(Errno::XDEV) => {
                let relocated = relocate(publisher, source, target, overwrite);
                // Parents that something was copied into are not removed.
                if relocated.is_ok() {
                    parents.keep();
                }
                return relocated;
            }
            // The source has gone, or the parents have.
            Err(Errno::NOENT) if from.stat().is_ok() => {}
            Err(Errno::NOENT) => return Err(Error::not_found()),
            Err(errno) => return Err(at_target(failed("rename")(errno))),
        }
    }
    Err(at_target(Error::new(ErrorKind::NotFound, "the directory was removed meanwhile")))
}

/// The file that a file's new name would replace.
fn check_target(tree: &Tree, target: StorePath, overwrite: bool) -> Result<Option<Stat>> {
    match replaceable(tree, target) {
        Ok(None) => Ok(None),
        Ok(Some(_)) if !overwrite => Err(Error::already_exists()),
        Err(error)
            if !overwrite && matches!(error.kind(), ErrorKind::IsADirectory | ErrorKind::Unsupported) =>
        {
            Err(Error::already_exists())
        }
        // A link that leads nowhere, or a fifo: a name, which can be replaced.
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
        replaced => replaced,
    }
}

fn rename_over(from: &Place, found: &Stat, to: &Place, replaced: Option<&Stat>) -> Result<(), Errno> {
    renameat(&from.directory, from.name, &to.directory, to.name)?;
    // Between two names of one file, `rename` does nothing and says that it did.
    if found.st_nlink > 1 && replaced.is_some_and(|replaced| is_same(found, replaced)) {
        return lose_name(from, found);
    }
    Ok(())
}

/// Renames a file to a free name. Where the filesystem cannot do it in one step, the file gets its second name first.
fn rename_to_free(from: &Place, found: &Stat, to: &Place) -> Result<(), Errno> {
    match exclusive::rename(from.directory_fd(), from.name, to.directory_fd(), to.name) {
        Err(errno) if exclusive::is_lacking(errno) => {
            linkat(&from.directory, from.name, &to.directory, to.name, AtFlags::empty())?;
            lose_name(from, found)
        }
        result => result,
    }
}

/// Removes one of two names of a file, unless another file has got that name meanwhile.
fn lose_name(from: &Place, found: &Stat) -> Result<(), Errno> {
    match conditional::remove_if(from, |now| is_same(found, now)) {
        Ok(_) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(errno),
    }
}

fn rename_directory(from: &Place, to: &Place) -> Result<(), Errno> {
    let (above, below) = (from.directory.as_fd(), to.directory.as_fd());
    match exclusive::rename(above, from.name, below, to.name) {
        Err(errno) if exclusive::is_lacking(errno) => {
            // A directory made here is one that nobody else has; an empty one is replaced in one step.
            mkdirat(below, to.name, Mode::RWXU)?;
            let renamed = renameat(above, from.name, below, to.name);
            if renamed.is_err() {
                let _ = unlinkat(below, to.name, AtFlags::REMOVEDIR);
            }
            renamed
        }
        result => result,
    }
}
