//! Every flavor that can be found, registered or dropped in, without loading any.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Host;
use crate::error::{Error, Result};
use crate::library::find::{libraries_in, refuse_if_unsafe};
use crate::library::identity::sha256_of;
use crate::library::inspect::{Inspection, inspect};
use crate::library::life::unchanged;
use crate::library::manifest::FlavorManifest;
use crate::registry::{FlavorRecord, FlavorSnapshot, Registry};

/// The flavors that can be found, and what could not be used.
#[derive(Debug, Default)]
pub struct Catalog {
    /// The flavors, by name.
    pub flavors: Vec<KnownFlavor>,
    /// An error for each library, directory and registry item that cannot be used. The others can.
    pub problems: Vec<Error>,
}

/// A flavor and where it comes from.
#[derive(Clone, Debug)]
pub struct KnownFlavor {
    /// Its name.
    pub name: String,
    /// What it says of itself; `None` when it was never read.
    pub manifest: Option<FlavorManifest>,
    /// The library that carries it.
    pub library: LibraryFile,
    /// How it was found.
    pub origin: Origin,
    /// Whether it can be used.
    pub status: Status,
    /// Whether other bytes than the accepted ones are refused. A flavor that was dropped in is pinned at its first use.
    pub pinned: bool,
}

/// A library that carries a flavor.
#[derive(Clone, Debug, Default)]
pub struct LibraryFile {
    /// The file.
    pub file: PathBuf,
    /// The version of its package.
    pub version: String,
    /// The version of plugin-api it was built with.
    pub api: String,
    /// The SPDX expression of its licence; may be empty.
    pub license: String,
    /// Where its source is; may be empty.
    pub repository: String,
    /// What `rustc --version` said; may be empty.
    pub rustc: String,
    /// The digest that was accepted.
    pub sha256: Option<String>,
    /// The size that was accepted, or that of the file.
    pub size_bytes: Option<u64>,
    /// When the digest was accepted, after RFC 3339.
    pub accepted_at: Option<String>,
}

/// How a flavor was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// By the path given at registration.
    Registered,
    /// In this plugins directory.
    DroppedIn(PathBuf),
}

/// Whether a flavor can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It can.
    Ready,
    /// The file is gone.
    Missing,
    /// The file is not the one that was accepted.
    Changed,
    /// It did something that no library may do.
    Quarantined {
        /// What.
        reason: String,
        /// When, after RFC 3339.
        when: String,
    },
    /// The user switched it off.
    Disabled,
    /// Another library carries a flavor of this name and was found first.
    Shadowed {
        /// The other library.
        by: PathBuf,
    },
}

impl Status {
    /// The status in a word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Quarantined { .. } => "quarantined",
            Self::Disabled => "disabled",
            Self::Shadowed { .. } => "shadowed",
        }
    }
}

impl Host {
    /// Every flavor that can be found. Files are read, none is loaded.
    ///
    /// # Errors
    ///
    /// Only when the registry cannot be read; what else cannot be used is among the problems.
    pub fn catalog(&self) -> Result<Catalog> {
        let registry = self.registry()?;
        let mut catalog = Catalog { problems: registry.problems(), ..Catalog::default() };
        let mut first: BTreeMap<String, PathBuf> = BTreeMap::new();
        let (gone, there): (Vec<_>, Vec<_>) = registry.flavors().partition(|record| has_left(record));
        for record in there {
            first.insert(record.name.clone(), record.library.clone());
            catalog.flavors.push(KnownFlavor::of_record(record, origin_of(record)));
        }
        self.add_dropped_in(&registry, &mut first, &mut catalog);
        for record in gone.into_iter().filter(|record| !first.contains_key(&record.name)) {
            catalog.flavors.push(KnownFlavor::of_record(record, origin_of(record)));
        }
        catalog.flavors.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(catalog)
    }

    /// The flavor of this name.
    ///
    /// # Errors
    ///
    /// *Not found*, with the closest name; those of the registry.
    pub fn flavor(&self, name: &str) -> Result<KnownFlavor> {
        let registry = self.registry()?;
        if registry.has_flavor(name) {
            let record = registry.flavor(name)?;
            if !has_left(record) {
                return Ok(KnownFlavor::of_record(record, origin_of(record)));
            }
        }
        let catalog = self.catalog()?;
        let names: Vec<String> = catalog.flavors.iter().map(|flavor| flavor.name.clone()).collect();
        let found = catalog.flavors.into_iter().find(|flavor| flavor.name == name);
        found.ok_or_else(|| unknown_flavor(name, &names))
    }

    fn add_dropped_in(
        &self,
        registry: &Registry,
        first: &mut BTreeMap<String, PathBuf>,
        catalog: &mut Catalog,
    ) {
        let registered: Vec<&Path> = registry.flavors().map(|record| record.library.as_path()).collect();
        for directory in self.plugin_directories() {
            let libraries = libraries_in(directory).unwrap_or_else(|error| {
                catalog.problems.push(error.into());
                Vec::new()
            });
            for library in libraries.into_iter().filter(|library| !registered.contains(&library.as_path())) {
                let inspected = inspect(&library).map_err(Error::from);
                let inspection = match inspected.and_then(|ok| Ok(refuse_if_unsafe(&library).map(|()| ok)?)) {
                    Ok(inspection) => inspection,
                    Err(error) => {
                        catalog.problems.push(error);
                        continue;
                    }
                };
                for flavor in &inspection.manifest.flavors {
                    let by = first.entry(flavor.name.clone()).or_insert_with(|| library.clone());
                    let status =
                        if *by == library { Status::Ready } else { Status::Shadowed { by: by.clone() } };
                    let origin = Origin::DroppedIn(directory.path.clone());
                    catalog.flavors.push(KnownFlavor::of_file(&library, &inspection, flavor, origin, status));
                }
            }
        }
    }

    /// The first dropped-in library with a flavor of this name.
    pub(super) fn find_dropped_in(&self, name: &str) -> Result<PathBuf> {
        let catalog = self.catalog()?;
        let usable = |flavor: &&KnownFlavor| flavor.name == name && flavor.status == Status::Ready;
        if let Some(flavor) = catalog.flavors.iter().find(usable) {
            return Ok(flavor.library.file.clone());
        }
        let names: Vec<String> = catalog.flavors.into_iter().map(|flavor| flavor.name).collect();
        Err(unknown_flavor(name, &names))
    }
}

/// Whether a library that was found in a plugins directory is there no more: another may have taken its place.
fn has_left(record: &FlavorRecord) -> bool {
    record.discovered && !record.library.exists()
}

fn origin_of(record: &FlavorRecord) -> Origin {
    match record.library.parent() {
        Some(directory) if record.discovered => Origin::DroppedIn(directory.to_owned()),
        _ => Origin::Registered,
    }
}

fn unknown_flavor(name: &str, known: &[String]) -> Error {
    let error = Error::unknown("flavor", name, known.iter().map(String::as_str));
    if error.hint().is_some() {
        return error;
    }
    error.with_hint("register a library: larder flavor register <PATH>, or put it into a plugins directory")
}

impl KnownFlavor {
    fn of_record(record: &FlavorRecord, origin: Origin) -> Self {
        let snapshot = record.manifest.as_ref();
        let text = |field: fn(&FlavorSnapshot) -> &String| snapshot.map(field).cloned().unwrap_or_default();
        Self {
            name: record.name.clone(),
            manifest: snapshot.map(|snapshot| snapshot.flavor.clone()),
            library: LibraryFile {
                file: record.library.clone(),
                version: text(|snapshot| &snapshot.version),
                api: text(|snapshot| &snapshot.api),
                license: text(|snapshot| &snapshot.license),
                repository: text(|snapshot| &snapshot.repository),
                rustc: text(|snapshot| &snapshot.built.rustc),
                sha256: record.sha256.clone(),
                size_bytes: record.size_bytes,
                accepted_at: record.accepted_at.clone(),
            },
            origin,
            status: status_of(record),
            pinned: record.pinned,
        }
    }

    fn of_file(
        file: &Path,
        inspection: &Inspection,
        flavor: &FlavorManifest,
        origin: Origin,
        status: Status,
    ) -> Self {
        let manifest = &inspection.manifest;
        Self {
            name: flavor.name.clone(),
            manifest: Some(flavor.clone()),
            library: LibraryFile {
                file: file.to_owned(),
                version: manifest.version.clone(),
                api: manifest.api.clone(),
                license: manifest.license.clone(),
                repository: manifest.repository.clone(),
                rustc: manifest.built.rustc.clone(),
                sha256: None,
                size_bytes: Some(inspection.size_bytes),
                accepted_at: None,
            },
            origin,
            status,
            pinned: false,
        }
    }
}

/// Whether a flavor of the registry can be used. A file that was touched is read, to tell whether it changed.
fn status_of(record: &FlavorRecord) -> Status {
    if record.disabled {
        return Status::Disabled;
    }
    if !record.library.exists() {
        return Status::Missing;
    }
    if let Some(quarantine) =
        record.quarantine.as_ref().filter(|quarantine| !quarantine.is_over(&record.library))
    {
        return Status::Quarantined { reason: quarantine.reason.clone(), when: quarantine.when.clone() };
    }
    // What is no regular file any more is not opened: a named pipe would be waited for without an end.
    let same = record.accepted_pin().is_none_or(|pin| {
        unchanged(&record.library, &pin)
            || record.library.is_file() && sha256_of(&record.library).is_ok_and(|now| now == pin.sha256)
    });
    if same { Status::Ready } else { Status::Changed }
}
