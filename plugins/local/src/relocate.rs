//! `rename` to another filesystem that is mounted within the root: a copy, then the removal of the source.

use larder_plugin_api::{Detail, Error, ErrorKind, Kind, Result, StorePath};
use rustix::fs::{FileType, readlinkat, symlinkat};

use crate::copyfile::copyfile;
use crate::directories;
use crate::error::{failed, not_a_file};
use crate::listing::read_directory;
use crate::publisher::Publisher;
use crate::remove::remove;
use crate::rmtree::rmtree;
use crate::root::{Tree, file_type};

/// Copies what is at `source` to `target`, whose parents are there, and removes the source.
pub fn relocate(publisher: &Publisher, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
    let tree = publisher.root.open()?;
    let found = tree.place(source).and_then(|place| place.stat()).map_err(failed("look the path up"))?;
    if file_type(&found) != FileType::Directory {
        copy(publisher, &tree, source, target, overwrite)?;
        return remove(&publisher.root, source);
    }
    directories::mkdir(&publisher.root, target, publisher.durable)
        .map_err(|error| error.or_context("rename", target.as_str()))?;
    copy_tree(publisher, &tree, source, target)?;
    rmtree(&publisher.root, &publisher.services, source)
}

fn copy_tree(publisher: &Publisher, tree: &Tree, source: StorePath, target: StorePath) -> Result<()> {
    let mut pending = vec![(source.as_str().to_owned(), target.as_str().to_owned())];
    while let Some((from, to)) = pending.pop() {
        let (from, to) = (StorePath::new(&from)?, StorePath::new(&to)?);
        let listing = read_directory(tree, &publisher.services, from, Detail::Kind)?;
        // What cannot be named cannot be copied, and then nothing may be removed.
        if let Some(error) = listing.failed.into_iter().next() {
            return Err(error);
        }
        for found in listing.found {
            let (from, to) = (from.join(&found.entry.name), to.join(&found.entry.name));
            if found.entry.kind == Kind::Directory && !found.is_link {
                directories::makedirs(&publisher.root, StorePath::new(&to)?, publisher.durable)?;
                pending.push((from, to));
            } else {
                copy(publisher, tree, StorePath::new(&from)?, StorePath::new(&to)?, false)?;
            }
        }
    }
    Ok(())
}

/// Copies a file, or a link as the link it is.
fn copy(
    publisher: &Publisher,
    tree: &Tree,
    source: StorePath,
    target: StorePath,
    overwrite: bool,
) -> Result<()> {
    let from = tree.place(source).map_err(failed("open the parent directory"))?;
    let found = from.stat().map_err(failed("look the path up"))?;
    match file_type(&found) {
        FileType::RegularFile => copyfile(publisher, source, target, overwrite),
        FileType::Symlink => {
            let to = tree.place(target).map_err(failed("open the parent directory"))?;
            let text = readlinkat(&from.directory, from.name, Vec::new()).map_err(failed("read the link"))?;
            if overwrite {
                remove(&publisher.root, target).or_else(unless_missing)?;
            }
            symlinkat(&text, &to.directory, to.name).map_err(failed("make the link"))
        }
        _ => Err(not_a_file().with_path(source.as_str())),
    }
}

fn unless_missing(error: Error) -> Result<()> {
    if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) }
}
