//! Artifact stores are registered and changed, each config checked by the host and by the flavor itself.

use larder_plugin_api::Root;
use larder_plugin_api::abi::error::from_abi;
use serde_json::Value;

use super::Host;
use crate::error::{Error, Result};
use crate::library::manifest::FlavorManifest;
use crate::registry::{FlavorRecord, Registry, StoreRecord, config};
use crate::store::Store;

/// An artifact store to be registered.
#[derive(Clone, Debug, Default)]
pub struct NewStore {
    /// Its name.
    pub name: String,
    /// The name of its flavor.
    pub flavor: String,
    /// Its root path: a URI, or a local path, which may be relative.
    pub root: String,
    /// Keys and values of its config, as a user writes them.
    pub config: Vec<(String, String)>,
    /// Its labels.
    pub labels: Vec<(String, String)>,
}

/// What is to change about an artifact store. What is not named stays.
#[derive(Clone, Debug, Default)]
pub struct StoreChange {
    /// Another root path.
    pub root: Option<String>,
    /// Keys of its config that get another value.
    pub config: Vec<(String, String)>,
    /// Labels that are added or get another value.
    pub labels: Vec<(String, String)>,
    /// Keys of its config that get their default again.
    pub remove_attributes: Vec<String>,
    /// Labels that go.
    pub remove_labels: Vec<String>,
}

impl Host {
    /// Registers an artifact store. Nothing is made at its root.
    ///
    /// # Errors
    ///
    /// When the name is taken or not allowed, the flavor is not known or cannot be used, or the root or the config is
    /// wrong, naming the key, what was wrong and what is allowed.
    pub fn register_store(&self, new: &NewStore) -> Result<StoreRecord> {
        let registry = self.registry()?;
        registry.check_new_store(&new.name)?;
        let flavor = self.flavor_record(&registry, &new.flavor)?;
        let manifest = manifest_of(&flavor)?;
        let root = config::check_root(manifest, &self.absolute(&new.root)?)?;
        let values = config::accept(manifest, as_json(&new.config))?;
        config::complete(manifest, &values)?;
        let record = StoreRecord::new(&new.name, &flavor.name, root.to_string())
            .with_config(values)
            .with_labels(new.labels.iter().cloned());
        self.ask_flavor(&flavor, &record)?;
        self.update(|registry| registry.register_store(&record))?;
        Ok(record)
    }

    /// Changes an artifact store.
    ///
    /// # Errors
    ///
    /// As [`register_store`](Self::register_store); then nothing is changed.
    pub fn update_store(&self, name: &str, change: &StoreChange) -> Result<StoreRecord> {
        let registry = self.registry()?;
        let flavor = self.flavor_record(&registry, &registry.store(name)?.flavor)?;
        let manifest = manifest_of(&flavor)?;
        let values = config::accept(manifest, as_json(&change.config))?;
        let root = match &change.root {
            Some(root) => Some(config::check_root(manifest, &self.absolute(root)?)?),
            None => None,
        };
        let apply = |registry: &mut Registry| {
            let removed: Vec<&str> = change.remove_attributes.iter().map(String::as_str).collect();
            if !removed.is_empty() {
                registry.remove_attributes(name, &removed, Some(manifest))?;
            }
            registry.update_store(name, |store| {
                store.config.extend(values.clone());
                store.labels.extend(change.labels.iter().cloned());
                for label in &change.remove_labels {
                    if store.labels.remove(label).is_none() {
                        return Err(Error::unknown("label", label, store.labels.keys().map(String::as_str)));
                    }
                }
                if let Some(root) = &root {
                    store.path = root.to_string();
                }
                Ok(store.clone())
            })
        };
        // Tried on a copy first: the flavor is not asked under the lock of the registry.
        let after = apply(&mut self.registry()?)?;
        let for_flavor =
            change.root.is_some() || !change.config.is_empty() || !change.remove_attributes.is_empty();
        // Labels are none of its business: they can be changed without its library.
        if for_flavor {
            self.ask_flavor(&flavor, &after)?;
        }
        self.update(apply)
    }

    pub(super) fn make_new_store(&self, registry: &Registry, record: &StoreRecord) -> Result<Store> {
        let context =
            |error: Error| error.context(format!("artifact store `{}` cannot be used", record.name));
        let flavor = self.flavor_record(registry, &record.flavor).map_err(context)?;
        let module = self.module_of(&flavor).map_err(context)?;
        let manifest = manifest_of(&flavor).map_err(context)?;
        let json = config::to_abi(manifest, &record.config).map_err(context)?;
        let root = Root::parse(&record.path).map_err(Error::from).map_err(context)?;
        let made = Store::make(module, &flavor.name, &record.name, &root, &json, self.cancellation());
        made.map_err(|error| context(error.into()))
    }

    /// A root path as it is written down: a local one is absolute.
    fn absolute(&self, text: &str) -> Result<String> {
        if text.is_empty() {
            return Err(Error::invalid_config("the root path is empty"));
        }
        if Root::split_scheme(text).0.is_some() {
            return Ok(text.to_owned());
        }
        let absolute = self.directory().join(text).into_os_string().into_string();
        absolute.map_err(|path| Error::invalid_config(format!("root path `{}` is not UTF-8", path.display())))
    }

    /// Lets the flavor look at a root and a config before they are written down.
    fn ask_flavor(&self, flavor: &FlavorRecord, record: &StoreRecord) -> Result<()> {
        let module = self.module_of(flavor)?;
        let json = config::to_abi(manifest_of(flavor)?, &record.config)?;
        let answer =
            module.validate()(flavor.name.as_str().into(), record.path.as_str().into(), json.as_str().into());
        from_abi(answer).map_err(|error| {
            let message = format!("flavor `{}` refuses artifact store `{}`", flavor.name, record.name);
            Error::invalid_config(message).with_source(error)
        })
    }
}

pub(super) fn manifest_of(flavor: &FlavorRecord) -> Result<&FlavorManifest> {
    let snapshot = flavor.manifest.as_ref().ok_or_else(|| {
        Error::registry(format!("the registry has no description of flavor `{}`", flavor.name))
            .with_hint(format!("larder flavor update {}", flavor.name))
    })?;
    Ok(&snapshot.flavor)
}

fn as_json(given: &[(String, String)]) -> impl Iterator<Item = (String, Value)> {
    given.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str())))
}
