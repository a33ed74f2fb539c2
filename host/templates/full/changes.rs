//! What changes the store: each change is one step of the file system, taken under the lock.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::Path;

use larder_plugin_api::prelude::{Error, ErrorKind, Kind, OpenMode, Result, StorePath};
use tempfile::NamedTempFile;

use crate::listing::{children, kind_of};
use crate::session::Session;

const PIECE_BYTES: u64 = 16 << 20;

/// Gives a whole file its name: what closing a writer does.
pub fn publish(session: &Session, file: NamedTempFile, place: &Path, mode: OpenMode) -> Result<()> {
    if session.options.synced {
        file.as_file().sync_all()?;
    }
    let lock = session.lock()?;
    make_parents(session, place)?;
    let file = match kind_at(place)? {
        Some(Kind::Directory) => return Err(Error::is_a_directory()),
        Some(_) if mode == OpenMode::Exclusive => return Err(Error::already_exists()),
        Some(_) if mode == OpenMode::Append => appended(session, place, file)?,
        _ => file,
    };
    file.persist(place).map_err(|error| error.error)?;
    drop(lock);
    session.sync_parent(place)
}

/// What is at a place now, followed by a file.
fn appended(session: &Session, place: &Path, mut file: NamedTempFile) -> Result<NamedTempFile> {
    let mut whole = session.unfinished_file()?;
    copy(session, &File::open(place)?, &mut whole)?;
    file.rewind()?;
    copy(session, file.as_file(), &mut whole)?;
    if session.options.synced {
        whole.as_file().sync_all()?;
    }
    Ok(whole)
}

/// In large pieces, so that a cancellation is heard between them.
fn copy(session: &Session, from: &File, to: &mut NamedTempFile) -> Result<()> {
    while io::copy(&mut from.take(PIECE_BYTES), to.as_file_mut())? > 0 {
        session.services.check_cancelled()?;
    }
    Ok(())
}

pub fn copyfile(
    session: &Session,
    source: StorePath,
    target: StorePath,
    overwrite: bool,
) -> Result<()> {
    let (from, to) = (session.place(source)?, session.place(target)?);
    if from.is_dir() {
        return Err(Error::is_a_directory());
    }
    let from = File::open(from)?;
    if source == target && overwrite {
        return Ok(());
    }
    let mut file = session.unfinished_file()?;
    copy(session, &from, &mut file)?;
    let mode = if overwrite {
        OpenMode::Write
    } else {
        OpenMode::Exclusive
    };
    // The first argument is what an error is about, unless it says otherwise.
    publish(session, file, &to, mode).map_err(|error| error.with_path(target.as_str()))
}

pub fn rename(
    session: &Session,
    source: StorePath,
    target: StorePath,
    overwrite: bool,
) -> Result<()> {
    source.check_rename_to(target)?;
    let (from, to) = (session.place(source)?, session.place(target)?);
    let at_target = |error: Error| error.with_path(target.as_str());
    let lock = session.lock()?;
    let kind = kind_at(&from)?.ok_or_else(Error::not_found)?;
    match kind_at(&to)? {
        Some(_) if source == target && overwrite => return Ok(()),
        Some(_) if !overwrite || kind == Kind::Directory => {
            return Err(at_target(Error::already_exists()));
        }
        Some(Kind::Directory) => return Err(at_target(Error::is_a_directory())),
        _ => make_parents(session, &to).map_err(at_target)?,
    }
    fs::rename(from, &to)?;
    drop(lock);
    session.sync_parent(&to)
}

pub fn remove(session: &Session, path: StorePath) -> Result<()> {
    let place = session.place(path)?;
    let _lock = session.lock()?;
    match kind_at(&place)? {
        None => Err(Error::not_found()),
        Some(Kind::Directory) => Err(Error::is_a_directory()),
        Some(_) => Ok(fs::remove_file(place)?),
    }
}

/// The file system itself refuses a directory that has something in it.
pub fn remove_directory(session: &Session, path: StorePath) -> Result<()> {
    if path.is_root() {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            "the root is not removed",
        ));
    }
    let place = session.place(path)?;
    let _lock = session.lock()?;
    fs::remove_dir(&place)?;
    session.sync_parent(&place)
}

/// The tree goes in one step, and then its files one after another where nobody sees them.
pub fn rmtree(session: &Session, path: StorePath) -> Result<()> {
    let place = session.place(path)?;
    let lock = session.lock()?;
    match kind_at(&place)? {
        None => return Err(Error::not_found()),
        Some(Kind::Directory) => {}
        Some(_) => return Err(Error::not_a_directory()),
    }
    let trash = session.trash()?;
    if path.is_root() {
        for (name, _) in children(session, path)? {
            fs::rename(place.join(&name), trash.path().join(&name))?;
        }
    } else {
        fs::rename(place, trash.path().join("tree"))?;
    }
    drop(lock);
    Ok(trash.close()?)
}

pub fn mkdir(session: &Session, path: StorePath) -> Result<()> {
    let place = session.place(path)?;
    let _lock = session.lock()?;
    fs::create_dir(&place)?;
    session.sync_parent(&place)
}

pub fn makedirs(session: &Session, path: StorePath) -> Result<()> {
    let place = session.place(path)?;
    let _lock = session.lock()?;
    match kind_at(&place)? {
        Some(Kind::Directory) => return Ok(()),
        Some(_) => return Err(Error::already_exists()),
        None => make_parents(session, &place)?,
    }
    fs::create_dir(&place)?;
    session.sync_parent(&place)
}

/// *Not a directory* when a file stands where a parent must be.
fn make_parents(session: &Session, place: &Path) -> Result<()> {
    let parents = place.ancestors().skip(1);
    let missing: Vec<_> = parents.take_while(|parent| !parent.is_dir()).collect();
    for directory in missing.into_iter().rev() {
        match fs::create_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(Error::not_a_directory());
            }
            result => result?,
        }
        session.sync_parent(directory)?;
    }
    Ok(())
}

fn kind_at(place: &Path) -> Result<Option<Kind>> {
    match fs::symlink_metadata(place) {
        Ok(metadata) => Ok(Some(kind_of(metadata.file_type()))),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
