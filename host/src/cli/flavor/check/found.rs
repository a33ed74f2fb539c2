//! What a user wants to be checked: a library file, or a flavor that is known by its name.

use std::path::{Path, PathBuf};

use larder::check::LibraryCheck;
use larder::library::inspect::inspect;
use larder::library::manifest::FlavorManifest;
use larder::{Error, KnownFlavor, Status};

use super::super::super::context::Context;
use super::super::super::failure::Outcome;

/// A library, and what is known of it.
pub struct Found {
    library: PathBuf,
    flavor: Option<String>,
    manifest: Option<FlavorManifest>,
    /// The digest that the user has accepted, where there is one.
    accepted: Option<String>,
}

/// Finds it. What looks like a path, or stands there as a file, is a library; everything else is a name.
pub fn find(subject: &str, flavor: Option<&str>, context: &Context) -> Outcome<Found> {
    let path = Path::new(subject);
    if subject.contains('/') || path.extension().is_some() || path.is_file() {
        return library(path, flavor);
    }
    if flavor.is_some() {
        return Err(Error::usage(format!("`{subject}` is a flavor already: leave out --flavor")).into());
    }
    by_name(context.host()?.flavor(subject)?)
}

fn library(path: &Path, flavor: Option<&str>) -> Outcome<Found> {
    let inspection = inspect(path).map_err(Error::from)?;
    let flavors = inspection.manifest.flavors;
    let names = flavors.iter().map(|flavor| flavor.name.clone()).collect::<Vec<_>>().join("`, `");
    let wanted = match flavor {
        None if flavors.len() == 1 => flavors.into_iter().next(),
        None => {
            let message = format!("library `{}` has more than one flavor: `{names}`", path.display());
            return Err(Error::usage(message).with_hint("choose one: --flavor NAME").into());
        }
        Some(flavor) => flavors.into_iter().find(|known| known.name == flavor),
    };
    let flavor = wanted.as_ref().map(|flavor| flavor.name.clone()).or_else(|| flavor.map(str::to_owned));
    Ok(Found { library: path.to_owned(), flavor, manifest: wanted, accepted: None })
}

fn by_name(known: KnownFlavor) -> Outcome<Found> {
    let (name, file) = (&known.name, known.library.file.display());
    if known.status == Status::Changed {
        let message = format!("library `{file}` of flavor `{name}` changed since it was accepted");
        let hint = format!("to check what it is now: larder flavor check {file}");
        return Err(Error::library(message).with_hint(hint).into());
    }
    let accepted = known.library.sha256.filter(|_| known.pinned);
    Ok(Found { library: known.library.file, flavor: Some(known.name), manifest: known.manifest, accepted })
}

impl Found {
    /// The check of it, in a store without a config.
    pub fn check(&self) -> LibraryCheck {
        let check = LibraryCheck::new(&self.library);
        match &self.flavor {
            Some(flavor) => check.with_flavor(flavor),
            None => check,
        }
    }

    /// What the flavor says of itself.
    pub fn manifest(&self) -> Option<&FlavorManifest> {
        self.manifest.as_ref()
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
