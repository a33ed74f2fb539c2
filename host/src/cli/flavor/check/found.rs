//! What a user wants to be checked: a library file, or a flavor that is known by its name.

use std::path::{Path, PathBuf};

use larder::check::LibraryCheck;
use larder::{Error, KnownFlavor, Status};

use super::super::super::context::Context;
use super::super::super::failure::Outcome;

/// A library, and what is known of it.
pub struct Found {
    check: LibraryCheck,
    library: PathBuf,
    /// The digest that the user has accepted, where there is one.
    accepted: Option<String>,
}

/// Finds it. What looks like a path, or stands there as a file, is a library; everything else is a name.
pub fn find(subject: &str, flavor: Option<&str>, context: &Context) -> Outcome<Found> {
    let path = Path::new(subject);
    if subject.contains('/') || path.extension().is_some() || path.is_file() {
        let check = LibraryCheck::new(path);
        let check = flavor.into_iter().fold(check, LibraryCheck::with_flavor);
        return Ok(Found { check, library: path.to_owned(), accepted: None });
    }
    if flavor.is_some() {
        return Err(Error::usage(format!("`{subject}` is a flavor already: leave out --flavor")).into());
    }
    by_name(context.host()?.flavor(subject)?)
}

fn by_name(known: KnownFlavor) -> Outcome<Found> {
    let (name, file) = (&known.name, known.library.file.display());
    if known.status == Status::Changed {
        let message = format!("library `{file}` of flavor `{name}` changed since it was accepted");
        let hint = format!("to check what it is now: larder flavor check {file}");
        return Err(Error::library(message).with_hint(hint).into());
    }
    let accepted = known.library.sha256.filter(|_| known.pinned);
    let library = known.library.file;
    Ok(Found { check: LibraryCheck::new(&library).with_flavor(known.name), library, accepted })
}

impl Found {
    /// The check of it, in a store without a config.
    pub fn check(&self) -> LibraryCheck {
        self.check.clone()
    }

    /// Fails when the bytes that were staged are not those that the user has accepted.
    pub fn must_be(&self, sha256: &str) -> Outcome {
        match &self.accepted {
            Some(accepted) if accepted != sha256 => {
                let library = self.library.display();
                Err(Error::library(format!("library `{library}` changed while it was read")).into())
            }
            _ => Ok(()),
        }
    }
}
