//! What the check needs of an artifact store: new instances of it, and its library.

use larder_plugin_api::Root;
use serde_json::{Map, Value};

use super::Host;
use super::stores::manifest_of;
use crate::check::{LibrarySubject, Subject};
use crate::error::{Error, Result};
use crate::library::inspect::inspect;
use crate::library::life::LifeError;
use crate::registry::{StoreRecord, config};
use crate::store::Store;

impl Host {
    /// The artifact store of this name as something that can be checked. Its library is loaded.
    ///
    /// # Errors
    ///
    /// Those of [`store`](Self::store), but for those of making it: they are for the check to find.
    pub fn check_subject(&self, name: &str) -> Result<Subject> {
        let registry = self.registry()?;
        let record = registry.store(name)?.clone();
        let flavor = self.flavor_record(&registry, &record.flavor)?;
        let config = config::to_abi(manifest_of(&flavor)?, &record.config)?;
        let root = Root::parse(&record.path)?;
        let library = LibrarySubject {
            module: self.module_of(&flavor)?,
            manifest: inspect(&flavor.library).map_err(LifeError::from)?.manifest,
            flavor: record.flavor.clone(),
            root: root.to_string(),
            config: as_object(&config)?,
        };
        let module = library.module;
        let open = move |cancellation: &_| {
            let StoreRecord { name, flavor, .. } = &record;
            Ok(Store::make(module, flavor, name, &root, &config, cancellation)?)
        };
        Ok(Subject::new(open).with_library(library))
    }
}

fn as_object(json: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(json)
        .map_err(|error| Error::invalid_config("the config is no JSON object").with_source(error))
}
