//! Whole files of this machine, into the store and out of it, without the bytes passing through the process.

use std::fs::File;
use std::os::fd::AsFd;

use larder_plugin_api::{Error, Result, StorePath};

use crate::copyfile::copy_contents;
use crate::error::failed_io;
use crate::publisher::Publisher;
use crate::reader;
use crate::staged::Existing;
use crate::stat::replaceable;

/// Copies a local file to a path; as mode `w` of `open`, or as mode `x`.
pub fn put_file(publisher: &Publisher, local: &str, path: StorePath, overwrite: bool) -> Result<u64> {
    let from = File::open(local).map_err(failed_io("open the local file"))?;
    let tree = publisher.root.open_or_make()?;
    let replaced = replaceable(&tree, path)?;
    if replaced.is_some() && !overwrite {
        return Err(Error::already_exists());
    }
    let staged = publisher.stage(&tree, path)?;
    copy_contents(from.as_fd(), staged.file().as_fd(), &publisher.services)?;
    let bytes = staged.file().metadata().map_err(failed_io("look at the copy"))?.len();
    let existing = if overwrite { Existing::Replace } else { Existing::Keep };
    publisher.publish(staged, path, existing, replaced.as_ref())?;
    Ok(bytes)
}

/// Copies the file at a path into a local file, which is empty.
pub fn get_file(publisher: &Publisher, path: StorePath, local: &str) -> Result<u64> {
    let from = reader::open(&publisher.root, path)?.into_file();
    let to = File::options().write(true).open(local).map_err(failed_io("open the local file"))?;
    copy_contents(from.as_fd(), to.as_fd(), &publisher.services)?;
    Ok(to.metadata().map_err(failed_io("look at the copy"))?.len())
}
