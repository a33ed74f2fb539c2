//! `remove` and `remove_many`: files, or links themselves; and `remove_directory`: a directory that is empty.

use std::os::fd::AsFd;

use larder_plugin_api::{Error, ErrorKind, Removal, Result, StorePath};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, openat, unlinkat};
use rustix::io::Errno;

use crate::conditional;
use crate::contents::is_unchanged;
use crate::error::{changed, failed, missing};
use crate::leftovers;
use crate::names::check;
use crate::resolve::LISTING;
use crate::root::{Root, file_type, is_link};
use crate::stat::{etag, followed};

/// Removes one file.
pub fn remove(root: &Root, path: StorePath) -> Result<()> {
    if path.is_root() {
        return Err(Error::is_a_directory());
    }
    let place = root.open()?.place(path).map_err(missing("open the parent directory"))?;
    match unlinkat(&place.directory, place.name, AtFlags::empty()) {
        // What POSIX has a system say of a directory.
        Err(Errno::PERM) if place.stat().is_ok_and(|stat| file_type(&stat) == FileType::Directory) => {
            Err(Error::is_a_directory())
        }
        result => result.map_err(failed("remove the file")),
    }
}

/// The links among the files that lead to what has the expected etag. They are looked at before anything is removed: what a
/// link leads to may be one of the files.
pub fn links_as_expected(root: &Root, files: &[Removal<'_>]) -> Vec<Option<Stat>> {
    let Ok(tree) = root.open() else { return vec![None; files.len()] };
    let look = |file: &Removal<'_>| {
        let expected = file.etag?;
        let found = tree.place(file.path).and_then(|place| place.stat()).ok().filter(is_link)?;
        let leads_to = followed(&tree, file.path, found).ok()?;
        (etag(&leads_to) == expected).then_some(found)
    };
    files.iter().map(look).collect()
}

/// Removes one of many files; with an etag only if it still has it, which no write of another process comes between. A link
/// that was [as expected](links_as_expected) needs to be the same link.
pub fn remove_one_of_many(root: &Root, file: &Removal, link: Option<&Stat>) -> Result<()> {
    check(file.path)?;
    let Some(expected) = file.etag else { return remove(root, file.path) };
    if file.path.is_root() {
        return Err(Error::is_a_directory());
    }
    let tree = root.open()?;
    let place = tree.place(file.path).map_err(missing("open the parent directory"))?;
    // The etag of a link is that of what it leads to, as `stat` and a reader have it.
    let is_meant = |found: &Stat| match link {
        Some(link) => is_unchanged(link, found),
        None => followed(&tree, file.path, *found).is_ok_and(|found| etag(&found) == expected),
    };
    match conditional::remove_if(&place, is_meant) {
        Ok(true) => Ok(()),
        Ok(false) => Err(changed("the file is not the one that was read any more; it stays")),
        Err(errno) => Err(missing("remove the file")(errno)),
    }
}

/// Removes a directory that has nothing in it but what killed processes left.
pub fn remove_directory(root: &Root, path: StorePath) -> Result<()> {
    if path.is_root() {
        return Err(Error::new(ErrorKind::InvalidArgument, "the root is not removed"));
    }
    let tree = root.open()?;
    let place = tree.place(path).map_err(missing("open the parent directory"))?;
    let remove = || unlinkat(&place.directory, place.name, AtFlags::REMOVEDIR);
    let removed = match remove() {
        Err(Errno::NOTEMPTY | Errno::EXIST) => {
            let flags = LISTING | OFlags::NOFOLLOW;
            if let Ok(directory) = openat(&place.directory, place.name, flags, Mode::empty()) {
                leftovers::sweep(directory.as_fd());
            }
            remove()
        }
        removed => removed,
    };
    match removed {
        Err(Errno::EXIST | Errno::NOTEMPTY) => Err(ErrorKind::NotEmpty.into()),
        removed => removed.map_err(failed("remove the directory")),
    }
}
