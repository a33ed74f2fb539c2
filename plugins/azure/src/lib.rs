//! The `azure` flavor: Azure Blob Storage.
//!
//! - [`options`]: its config keys and credentials. [`dialect`]: its own requests.
//!
//! What a store does with it is in the crate that the flavors for object stores share.

mod dialect;
mod options;

use larder_object_store::{CAPABILITIES, ObjectStore};
use larder_plugin_api::{Capability, Config, ConfigKey, Flavor, Result, Root, Services, export_flavors};

use crate::options::Options;

export_flavors!(Azure);

/// The flavor.
struct Azure;

impl Flavor for Azure {
    const FLAVOR: &'static str = "azure";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["az://", "abfs://"];
    const ABOUT: &'static str = "keeps artifacts in Azure Blob Storage";
    const CAPABILITIES: &'static [Capability] = CAPABILITIES;
    const CONFIG: &'static [ConfigKey] = &options::ALL;

    type Store = ObjectStore;

    fn validate(root: &Root, config: &Config) -> Result<()> {
        Options::new(root, config).map(drop)
    }

    fn make(root: &Root, config: &Config, services: &Services) -> Result<ObjectStore> {
        let Options { service, tuning } = Options::new(root, config)?;
        Ok(ObjectStore::new(service, tuning, services))
    }
}
