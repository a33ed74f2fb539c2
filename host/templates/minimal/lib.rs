//! The `{{name}}` flavor: artifacts are files below a directory of this machine.
//!
//! It works as it is. Put your own store into the place of the file system, one operation after another: what each of
//! them owes stands at `ArtifactStore` in the documentation of `larder-plugin-api`, and `larder flavor check` tells
//! whether it still holds.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use larder_plugin_api::prelude::*;
use tempfile::NamedTempFile;

export_flavors!(DirectoryFlavor);

struct DirectoryFlavor;

/// What a root path begins with, such as that of `{{scheme}}/data/artifacts`.
const SCHEME: &str = "{{scheme}}";
/// Files that are not written to their end are in this directory of the root. Nobody sees it.
const UNFINISHED: &str = ".{{name}}-unfinished";

impl Flavor for DirectoryFlavor {
    const FLAVOR: &'static str = "{{name}}";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &[SCHEME];
    const ABOUT: &'static str = "keeps artifacts as files below a directory";
    /// Promises: claim what the code keeps, and nothing else. `Append` is missing, so mode `a` is *unsupported*.
    const CAPABILITIES: &'static [Capability] = &[
        Capability::Write,
        Capability::Exclusive,
        Capability::Copyfile,
        Capability::Rename,
        Capability::RenameDirectory,
        Capability::Mkdir,
        Capability::RemoveDirectory,
        Capability::RangedRead,
        Capability::ModifiedTime,
        Capability::Persistent,
    ];
    type Store = DirectoryStore;

    fn validate(root: &Root, _config: &Config) -> Result<()> {
        directory_of(root).map(drop)
    }

    fn make(root: &Root, _config: &Config, services: &Services) -> Result<DirectoryStore> {
        Ok(DirectoryStore {
            root: directory_of(root)?,
            services: services.clone(),
        })
    }
}

/// The directory that a root path names.
fn directory_of(root: &Root) -> Result<PathBuf> {
    if root.authority().is_empty() && !root.path().is_empty() {
        return Ok(PathBuf::from(root.path()));
    }
    let message = format!("`{root}` names no directory: expected `{SCHEME}/data/artifacts`");
    Err(Error::new(ErrorKind::InvalidPath, message))
}

struct DirectoryStore {
    root: PathBuf,
    services: Services,
}

impl DirectoryStore {
    /// Where a path is on the disk. A symbolic link could lead out of the root: none is followed.
    fn place(&self, path: StorePath) -> Result<PathBuf> {
        // Every step of an operation comes by here, also of those that follow from others.
        self.services.check_cancelled()?;
        if path.components().next() == Some(UNFINISHED) {
            return Err(Error::new(
                ErrorKind::InvalidPath,
                "the store needs this name itself",
            ));
        }
        // Not in `make`: a host also makes a store just to see whether the library works.
        fs::create_dir_all(self.root.join(UNFINISHED))?;
        let mut place = self.root.clone();
        for name in path.components() {
            place.push(name);
            if place.is_symlink() {
                return Err(Error::new(ErrorKind::OutOfBounds, "links are not followed"));
            }
        }
        Ok(place)
    }
}

/// The six operations that a flavor must have, and `remove_directory`, which the default `rename` of a directory needs. The
/// others follow from them.
impl ArtifactStore for DirectoryStore {
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        let place = self.place(path)?;
        if place.is_dir() {
            return Err(Error::is_a_directory());
        }
        let exclusive = match mode {
            OpenMode::Read => return Ok(Opened::reader(File::open(place)?)),
            OpenMode::Write => false,
            OpenMode::Exclusive => true,
            OpenMode::Append => return Err(Error::unsupported("this store does not append")),
        };
        let file = NamedTempFile::new_in(self.root.join(UNFINISHED))?;
        Ok(Opened::writer(Unfinished {
            file,
            place,
            exclusive,
        }))
    }

    fn listdir(&self, path: StorePath, _detail: Detail) -> Result<Entries> {
        let (mut entries, mut unreadable) = (Vec::new(), Vec::new());
        for item in fs::read_dir(self.place(path)?)? {
            let item = item?;
            let name = match item.file_name().into_string() {
                Ok(name) => name,
                Err(name) => {
                    // It is there: a caller that copies or removes the directory must hear of it.
                    unreadable.push(not_a_path(&name.to_string_lossy()));
                    continue;
                }
            };
            // A file that is gone by now need not be listed.
            let Ok(metadata) = item.metadata() else {
                continue;
            };
            if path.is_root() && name == UNFINISHED {
                continue;
            }
            let stat = stat_of(&metadata);
            let entry = Entry::new(name, stat.kind).with_size(stat.size);
            entries.push(entry.with_modified(stat.modified));
        }
        entries.sort_unstable_by(Entry::listing_order);
        let unreadable = unreadable.into_iter().map(Err);
        Ok(Entries::streaming(
            entries.into_iter().map(Ok).chain(unreadable),
        ))
    }

    fn mkdir(&self, path: StorePath) -> Result<()> {
        Ok(fs::create_dir(self.place(path)?)?)
    }

    fn remove(&self, path: StorePath) -> Result<()> {
        match self.stat(path)?.kind {
            Kind::Directory => Err(Error::is_a_directory()),
            _ => Ok(fs::remove_file(self.place(path)?)?),
        }
    }

    /// The file system itself refuses a directory that has something in it.
    fn remove_directory(&self, path: StorePath) -> Result<()> {
        if path.is_root() {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "the root is not removed",
            ));
        }
        Ok(fs::remove_dir(self.place(path)?)?)
    }

    fn rmtree(&self, path: StorePath) -> Result<()> {
        if !path.is_root() {
            return Ok(fs::remove_dir_all(self.place(path)?)?);
        }
        for item in fs::read_dir(&self.root)? {
            let item = item?;
            if item.file_type()?.is_dir() && item.file_name() != UNFINISHED {
                fs::remove_dir_all(item.path())?;
            } else if item.file_name() != UNFINISHED {
                fs::remove_file(item.path())?;
            }
        }
        Ok(())
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        Ok(stat_of(&fs::symlink_metadata(self.place(path)?)?))
    }
}

/// A name that is not text cannot be a path of the store.
fn not_a_path(name: &str) -> Error {
    Error::new(ErrorKind::InvalidPath, "the name is not UTF-8").with_path(name)
}

fn stat_of(metadata: &fs::Metadata) -> Stat {
    let stat = match metadata.file_type() {
        kind if kind.is_file() => Stat::file(metadata.len()),
        kind if kind.is_dir() => Stat::directory(),
        _ => Stat::new(Kind::Other, 0),
    };
    stat.with_modified(metadata.modified().ok())
}

/// A file that is being written. It gets its name when it is whole; dropped before, it is removed.
struct Unfinished {
    file: NamedTempFile,
    place: PathBuf,
    exclusive: bool,
}

impl Writer for Unfinished {
    fn write(&mut self, data: &[u8]) -> Result<()> {
        Ok(std::io::Write::write_all(&mut self.file, data)?)
    }

    fn close(self: Box<Self>) -> Result<()> {
        make_parents(&self.place)?;
        // Both are one step of the file system: a reader never sees half a file, and of several that race one wins.
        let named = if self.exclusive {
            self.file.persist_noclobber(&self.place)
        } else {
            self.file.persist(&self.place)
        };
        named.map(drop).map_err(|error| error.error.into())
    }
}

fn make_parents(place: &Path) -> Result<()> {
    match fs::create_dir_all(place.parent().unwrap_or(place)) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Error::not_a_directory())
        }
        result => Ok(result?),
    }
}

#[cfg(test)]
mod tests;
