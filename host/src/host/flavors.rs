//! Flavors come into the registry, are accepted again when they changed, are tried again, and go.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use larder_plugin_api::abi::module::ModuleRef;

use super::Host;
use crate::error::{Error, Result};
use crate::library::inspect::Inspection;
use crate::library::life::{LifeError, Pin, Refused};
use crate::registry::{FlavorRecord, FlavorSnapshot, Quarantine, Registry};

/// How a library is registered.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegisterFlavor {
    /// For an author's edit-build-run loop: a changed file is inspected and tried again, and then used, rather than
    /// refused.
    pub unpinned: bool,
}

/// A library that was accepted.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The file.
    pub library: PathBuf,
    /// The names of its flavors.
    pub flavors: Vec<String>,
    /// The digest that was accepted before, when it is another.
    pub replaced: Option<String>,
    /// The digest that is accepted now.
    pub sha256: String,
}

impl Host {
    /// Registers every flavor of a library: inspects it, pins it, tries it in a child process, writes it down.
    ///
    /// A library that fails its trial is written down too, in quarantine, so that the list can say why.
    ///
    /// # Errors
    ///
    /// When the file is no library that can be used, fails its trial, or a flavor of that name is registered from
    /// another file, which stays in use. Then no flavor of it is usable.
    pub fn register_flavor(&self, source: &Path, options: RegisterFlavor) -> Result<Accepted> {
        let library = std::path::absolute(self.directory().join(source))
            .map_err(|error| Error::io(format!("`{}` is no path", source.display()), error))?;
        let way_in = WayIn { pinned: !options.unpinned, discovered: false, accepted: None };
        let accepted = self.accept(&library, &way_in, |record, registry| {
            match registry.flavor(&record.name) {
                // Registering the same file again accepts what is in it now.
                Ok(known) if known.library == record.library => registry.replace_flavor(record),
                // One that was only found, or is gone, gives way to one that is named.
                Ok(known) if known.discovered || !known.library.exists() => registry.replace_flavor(record),
                _ => registry.add_flavor(record),
            }
        });
        Ok(accepted?)
    }

    /// Accepts the library of a flavor as it is now, and tries it.
    ///
    /// # Errors
    ///
    /// As [`register_flavor`](Self::register_flavor); the old digest stays accepted then.
    pub fn update_flavor(&self, name: &str) -> Result<Accepted> {
        let registry = self.registry()?;
        if !registry.has_flavor(name) {
            let library = self.find_dropped_in(name)?;
            return self.adopt(&library);
        }
        self.accept_again(registry.flavor(name)?, None)
    }

    /// Tries a quarantined flavor again and lifts the quarantine when it passes.
    ///
    /// # Errors
    ///
    /// As [`update_flavor`](Self::update_flavor). A file that changed since it was accepted is not accepted by this.
    pub fn retry_flavor(&self, name: &str) -> Result<Accepted> {
        let registry = self.registry()?;
        let record = registry.flavor(name)?;
        if record.quarantine.is_none() {
            return Err(Error::usage(format!("flavor `{name}` is not in quarantine")));
        }
        self.accept_again(record, record.accepted_pin())
    }

    /// Takes in the library of a known flavor; only these bytes, where some are given.
    fn accept_again(&self, before: &FlavorRecord, only: Option<Pin>) -> Result<Accepted> {
        let way_in = WayIn { pinned: before.pinned, discovered: before.discovered, accepted: only };
        let accepted = self.accept(&before.library, &way_in, |record, registry| {
            match registry.flavor(&record.name) {
                Ok(known) if known.library == record.library => {
                    known.registered_at.clone_into(&mut record.registered_at);
                    registry.replace_flavor(record)
                }
                Ok(known) if known.discovered => registry.replace_flavor(record),
                // A new version of a library may carry a flavor that another library has.
                _ => registry.add_flavor(record),
            }
        });
        let mut accepted = accepted.map_err(|error| match error {
            Unaccepted::Changed(error) => refused_change(before, error),
            Unaccepted::Other(error) => error,
        })?;
        if !accepted.flavors.contains(&before.name) {
            let (name, library) = (&before.name, before.library.display());
            let message = format!("library `{library}` does not carry flavor `{name}` any more");
            return Err(Error::library(message).with_hint(format!("larder flavor delete {name}")));
        }
        accepted.replaced = before.sha256.clone().filter(|sha256| *sha256 != accepted.sha256);
        Ok(accepted)
    }

    /// Takes a flavor out of the registry. The library file is left alone.
    ///
    /// # Errors
    ///
    /// *In use*, naming its stores; *not found*, naming the library when the flavor was merely dropped in.
    pub fn delete_flavor(&self, name: &str) -> Result<()> {
        if !self.registry()?.has_flavor(name)
            && let Ok(library) = self.find_dropped_in(name)
        {
            let library = library.display();
            let error =
                Error::not_found(format!("flavor `{name}` is not registered: `{library}` was dropped in"));
            return Err(error.with_hint(format!("take the library away: rm {library}")));
        }
        self.update(|registry| registry.delete_flavor(name))
    }

    /// Removes what the cache holds for no registered flavor, and says what was removed.
    ///
    /// # Errors
    ///
    /// Those of the registry and of the cache directory.
    pub fn collect_garbage(&self) -> Result<Vec<PathBuf>> {
        let registry = self.registry()?;
        let pins: Vec<Pin> = registry.flavors().filter_map(FlavorRecord::pin).collect();
        let cache = self.home().cache.display();
        let failed = |error: io::Error| Error::io(format!("the cache `{cache}` cannot be cleared"), error);
        self.life.collect_garbage(pins.iter()).map_err(failed)
    }

    /// The record of a flavor that a store asks for; a library that was merely dropped in is pinned now.
    pub(super) fn flavor_record(&self, registry: &Registry, name: &str) -> Result<FlavorRecord> {
        if let Some(record) = settled(registry, name)? {
            return Ok(record);
        }
        let _one_at_a_time = self.taking_in.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster.
        if let Some(record) = settled(&self.registry()?, name)? {
            return Ok(record);
        }
        let library = self.find_dropped_in(name)?;
        self.adopt(&library)?;
        self.registry()?.flavor(name).cloned()
    }

    fn adopt(&self, library: &Path) -> Result<Accepted> {
        let way_in = WayIn { pinned: true, discovered: true, accepted: None };
        Ok(self.accept(library, &way_in, |record, registry| match registry.flavor(&record.name) {
            Ok(known) if !known.discovered || known.library.exists() => Ok(()),
            _ => registry.replace_flavor(record),
        })?)
    }

    /// Loads the library of a flavor, when it is what was accepted.
    pub(super) fn module_of(&self, record: &FlavorRecord) -> Result<ModuleRef> {
        if record.disabled {
            return Err(Error::library(format!("flavor `{}` is switched off", record.name)));
        }
        if record.quarantine.as_ref().is_some_and(|quarantine| !quarantine.is_over(&record.library)) {
            return Err(quarantined(record));
        }
        let Some(pin) = record.pin().filter(|_| record.quarantine.is_none()) else {
            return self.module_anew(record);
        };
        match self.life.ready(&record.library, &pin) {
            Ok((module, None)) => Ok(module),
            Ok((module, Some(renewed))) => {
                self.renew(record, &renewed);
                Ok(module)
            }
            Err(LifeError::Changed { .. }) if !record.pinned => {
                log::info!("flavor `{}` changed, and is not pinned: it is tried again", record.name);
                self.module_anew(record)
            }
            Err(error @ LifeError::Changed { .. }) => Err(refused_change(record, error)),
            Err(error @ LifeError::Probe { .. }) => {
                self.quarantine(std::slice::from_ref(record), &error);
                Err(with_retry(error.into(), &record.name))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the library in again, and loads it.
    fn module_anew(&self, record: &FlavorRecord) -> Result<ModuleRef> {
        self.accept_again(record, record.accepted_pin())?;
        let record = self.registry()?.flavor(&record.name)?.clone();
        let pin = record.pin().ok_or_else(|| quarantined(&record))?;
        Ok(self.life.ready(&record.library, &pin)?.0)
    }

    /// Remembers the identity of a file that was touched and has not changed. It only saves reading it again.
    fn renew(&self, record: &FlavorRecord, renewed: &Pin) {
        let written = self.update(|registry| {
            registry.update_flavor(&record.name, |known| {
                if known.sha256.as_ref() == Some(&renewed.sha256) {
                    known.set_pin(renewed);
                }
                Ok(())
            })
        });
        if let Err(error) = written {
            log::debug!("flavor `{}`: the new identity was not written down: {error}", record.name);
        }
    }

    /// Inspects, stages and tries a library, then puts a record of each flavor into the registry.
    fn accept(
        &self,
        library: &Path,
        way_in: &WayIn,
        put: impl Fn(&mut FlavorRecord, &mut Registry) -> Result<()>,
    ) -> Result<Accepted, Unaccepted> {
        match self.life.take_in(library, way_in.accepted.as_ref()) {
            Ok((inspection, pin)) => {
                let mut records = records_of(library, way_in, &inspection, &pin);
                self.update(|registry| records.iter_mut().try_for_each(|record| put(record, registry)))?;
                Ok(Accepted {
                    library: library.to_owned(),
                    flavors: records.into_iter().map(|record| record.name).collect(),
                    replaced: None,
                    sha256: pin.sha256,
                })
            }
            Err(Refused { error: error @ LifeError::Changed { .. }, .. }) => Err(Unaccepted::Changed(error)),
            Err(Refused { error, known: None }) => Err(Error::from(error).into()),
            Err(Refused { error, known: Some(known) }) => {
                let (inspection, pin) = *known;
                let records = records_of(library, way_in, &inspection, &pin);
                self.quarantine(&records, &error);
                let name = records.first().map_or("<NAME>", |record| record.name.as_str());
                Err(with_retry(error.into(), name).into())
            }
        }
    }

    /// Writes down that a library must not be loaded. A flavor of another library keeps its record; what was accepted
    /// of this one before stays so.
    fn quarantine(&self, tried: &[FlavorRecord], error: &LifeError) {
        let LifeError::Probe { source, .. } = error else { return };
        let written = self.update(|registry| {
            for record in tried {
                let quarantine = Some(Quarantine::new(source.to_string(), record.pin().as_ref()));
                let known = registry.flavor(&record.name).ok().cloned();
                let quarantined = match known {
                    Some(known) if known.library != record.library => continue,
                    Some(known) if known.accepted_at.is_some() => FlavorRecord { quarantine, ..known },
                    _ => FlavorRecord { quarantine, accepted_at: None, ..record.clone() },
                };
                registry.replace_flavor(&quarantined)?;
            }
            Ok(())
        });
        if let Err(error) = written {
            log::warn!("the quarantine was not written down: {error}");
        }
    }
}

/// The record of a flavor, unless it has none, or has one of a dropped-in library that is there no more.
fn settled(registry: &Registry, name: &str) -> Result<Option<FlavorRecord>> {
    if !registry.has_flavor(name) {
        return Ok(None);
    }
    let record = registry.flavor(name)?;
    Ok((!record.discovered || record.library.exists()).then(|| record.clone()))
}

/// How a library comes in.
struct WayIn {
    pinned: bool,
    discovered: bool,
    /// The only bytes that may.
    accepted: Option<Pin>,
}

/// Why a library did not come in.
enum Unaccepted {
    Changed(LifeError),
    Other(Error),
}

impl From<Error> for Unaccepted {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Unaccepted> for Error {
    fn from(unaccepted: Unaccepted) -> Self {
        match unaccepted {
            Unaccepted::Changed(error) => error.into(),
            Unaccepted::Other(error) => error,
        }
    }
}

fn records_of(library: &Path, way_in: &WayIn, inspection: &Inspection, pin: &Pin) -> Vec<FlavorRecord> {
    let manifest = &inspection.manifest;
    let record_of = |name: &str| {
        let mut record = FlavorRecord::new(name, library);
        record.manifest = FlavorSnapshot::of(manifest, name);
        (record.pinned, record.discovered) = (way_in.pinned, way_in.discovered);
        record.accept(pin);
        record
    };
    manifest.flavors.iter().map(|flavor| record_of(&flavor.name)).collect()
}

/// What to do about a library in quarantine, where the error itself does not say.
fn with_retry(error: Error, name: &str) -> Error {
    if error.hint().is_some() {
        return error;
    }
    error.with_hint(format!("when it is mended: larder flavor retry {name}"))
}

fn refused_change(record: &FlavorRecord, error: LifeError) -> Error {
    let since = record.accepted_at.as_deref().unwrap_or("its registration");
    Error::from(error)
        .context(format!(
            "flavor `{}` is not loaded: its library is not the one accepted on {since}",
            record.name
        ))
        .with_hint(format!("if you trust the change: larder flavor update {}", record.name))
}

fn quarantined(record: &FlavorRecord) -> Error {
    let name = &record.name;
    let error = match &record.quarantine {
        Some(Quarantine { reason, when, .. }) => Error::library(format!(
            "flavor `{name}` is in quarantine since {when}: library `{}` is not loaded",
            record.library.display()
        ))
        .with_source(reason.clone()),
        None => Error::library(format!("flavor `{name}` was never accepted")),
    };
    with_retry(error, name)
}
