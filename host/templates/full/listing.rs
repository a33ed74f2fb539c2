//! Directories: the names at once, since they must be sorted, and what is known of each file as it is asked for.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use larder_plugin_api::prelude::*;

use crate::session::{PRIVATE, Session};

pub fn entries(session: &Arc<Session>, path: StorePath, detail: Detail) -> Result<Entries> {
    let (mut entries, mut unreadable) = (Vec::new(), Vec::new());
    for (name, kind) in children(session, path)? {
        match name.into_string() {
            Ok(name) => entries.push(Entry::new(name, kind)),
            // It is there: a caller that copies or removes the directory must hear of it.
            Err(name) => unreadable.push(Err(not_a_path(&name))),
        }
    }
    entries.sort_unstable_by(Entry::listing_order);
    if detail == Detail::Kind {
        return Ok(Entries::streaming(
            entries.into_iter().map(Ok).chain(unreadable),
        ));
    }
    let (session, directory) = (session.clone(), session.place(path)?);
    let complete = move |entry| complete(&session, &directory, entry).transpose();
    Ok(Entries::streaming(
        entries.into_iter().filter_map(complete).chain(unreadable),
    ))
}

/// A name that is not text cannot be a path of the store.
fn not_a_path(name: &OsStr) -> Error {
    Error::new(ErrorKind::InvalidPath, "the name is not UTF-8").with_path(name.to_string_lossy())
}

/// Names and kinds, in no particular order.
pub fn children(session: &Session, path: StorePath) -> Result<Vec<(OsString, Kind)>> {
    let mut children = Vec::new();
    for item in fs::read_dir(session.place(path)?)? {
        session.services.check_cancelled()?;
        let item = item?;
        if !path.is_root() || item.file_name() != PRIVATE {
            children.push((item.file_name(), kind_of(item.file_type()?)));
        }
    }
    Ok(children)
}

/// Adds size and time. A file that is gone by now is left out.
fn complete(session: &Session, directory: &Path, entry: Entry) -> Result<Option<Entry>> {
    session.services.check_cancelled()?;
    if entry.kind != Kind::File {
        return Ok(Some(entry));
    }
    match fs::symlink_metadata(directory.join(&entry.name)) {
        Ok(metadata) => Ok(Some(
            entry
                .with_size(metadata.len())
                .with_modified(metadata.modified().ok()),
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::from(error).with_path(entry.name)),
    }
}

pub fn kind_of(file_type: fs::FileType) -> Kind {
    match file_type {
        kind if kind.is_file() => Kind::File,
        kind if kind.is_dir() => Kind::Directory,
        _ => Kind::Other,
    }
}
