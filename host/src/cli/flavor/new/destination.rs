//! Where a new crate goes: whole or not at all, and over nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use larder::{Error, Result};

const TEMPORARY: &str = ".larder-new-";

/// A directory that is not there yet, or is there and empty.
#[derive(Debug)]
pub struct Destination {
    directory: PathBuf,
    there: bool,
}

impl Destination {
    /// Looks whether a crate can be written to a directory. Its parents are made.
    pub fn new(directory: &Path) -> Result<Self> {
        let there = check_free(directory)?;
        let failed = |error| Error::io(format!("`{}` cannot be made", directory.display()), error);
        if there {
            return Ok(Self { directory: directory.canonicalize().map_err(failed)?, there });
        }
        let absolute = std::path::absolute(directory).map_err(failed)?;
        let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
            return Err(not_free(directory, "names no directory"));
        };
        fs::create_dir_all(parent).map_err(failed)?;
        Ok(Self { directory: parent.canonicalize().map_err(failed)?.join(name), there })
    }

    /// The directory, absolute.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Lets `write` fill a directory beside it, which then takes its place.
    pub fn fill(&self, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        let shown = self.directory.display();
        // An empty directory may be the current one of somebody: it stays, and the temporary one is in it.
        let beside = if self.there { Some(&*self.directory) } else { self.directory.parent() };
        let beside = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempdir_in(beside.unwrap_or(&self.directory))
            .map_err(|error| Error::io(format!("no directory can be made for `{shown}`"), error))?;
        let whole = beside.path().join("crate");
        let failed = |error| Error::io(format!("`{shown}` cannot be made"), error);
        fs::create_dir(&whole).map_err(failed)?;
        write(&whole)?;
        if self.there {
            return self.move_all(&whole).map_err(failed);
        }
        // Would also take the place of an empty directory that was made meanwhile, and of nothing else.
        fs::rename(&whole, &self.directory).map_err(|error| match error.kind() {
            io::ErrorKind::DirectoryNotEmpty
            | io::ErrorKind::AlreadyExists
            | io::ErrorKind::NotADirectory => not_free(&self.directory, "is not an empty directory any more"),
            _ => failed(error),
        })
    }

    /// Moves everything into the directory. What was moved goes back when the rest cannot follow.
    fn move_all(&self, whole: &Path) -> io::Result<()> {
        let names: Vec<_> =
            fs::read_dir(whole)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
        for (at, name) in names.iter().enumerate() {
            if let Err(error) = fs::rename(whole.join(name), self.directory.join(name)) {
                let moved = names.iter().take(at);
                moved.for_each(|name| drop(fs::rename(self.directory.join(name), whole.join(name))));
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Whether the directory is there; an error when it is not empty.
fn check_free(directory: &Path) -> Result<bool> {
    match fs::read_dir(directory) {
        Ok(mut entries) => match entries.next() {
            Some(_) => Err(not_free(directory, "is not empty")),
            None => Ok(true),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(not_free(directory, "is not a directory"))
        }
        Err(error) => Err(Error::io(format!("`{}` cannot be read", directory.display()), error)),
    }
}

fn not_free(directory: &Path, why: &str) -> Error {
    Error::already_exists(format!("`{}` {why}", directory.display()))
        .with_hint("give a directory that is empty or not there with --path")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary() -> tempfile::TempDir {
        tempfile::Builder::new().prefix("larder-new-test-").tempdir().expect("a fresh directory")
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("it can be read");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn takes_the_place_of_nothing_and_of_an_empty_directory() {
        let temporary = temporary();
        fs::create_dir(temporary.path().join("empty")).expect("a directory");
        for name in ["new", "below/new", "empty", "./dot/."] {
            let directory = temporary.path().join(name);
            let destination = Destination::new(&directory).expect(name);
            let write = |at: &Path| fs::write(at.join("file"), "").map_err(|error| Error::io("", error));
            destination.fill(write).expect(name);
            assert_eq!(names(&directory), ["file"], "{name}");
        }
    }

    #[test]
    fn what_fails_leaves_nothing() {
        let temporary = temporary();
        let destination = Destination::new(&temporary.path().join("new")).expect("it is free");
        let error = destination.fill(|_| Err(Error::usage("no"))).expect_err("it fails");
        assert_eq!(error.to_string(), "no");
        assert!(names(temporary.path()).is_empty());
    }

    #[test]
    fn what_is_there_stays() {
        let temporary = temporary();
        fs::write(temporary.path().join("file"), "kept").expect("a file");
        for directory in [temporary.path().to_owned(), temporary.path().join("file")] {
            let error = Destination::new(&directory).expect_err("it is not free");
            assert_eq!(error.kind(), larder::ErrorKind::AlreadyExists);
        }
        let destination = Destination::new(&temporary.path().join("new")).expect("it is free");
        let late = destination.fill(|_| {
            let there = destination.directory().join("there");
            fs::create_dir_all(there).map_err(|error| Error::io("", error))
        });
        assert!(late.expect_err("another was faster").to_string().ends_with("any more"));
        assert_eq!(names(&temporary.path().join("new")), ["there"]);
    }
}
