//! The `gcs` flavor: Google Cloud Storage.
//!
//! - [`options`]: its config keys and credentials. [`dialect`]: its own requests.
//!
//! What a store does with it is in the crate that the flavors for object stores share.

mod dialect;
mod options;

use larder_object_store::{CAPABILITIES, ObjectStore};
use larder_plugin_api::{Capability, Config, ConfigKey, Flavor, Result, Root, Services, export_flavors};

use crate::options::Options;

export_flavors!(Gcs);

/// The flavor.
struct Gcs;

impl Flavor for Gcs {
    const FLAVOR: &'static str = "gcs";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["gs://"];
    const ABOUT: &'static str = "keeps artifacts in Google Cloud Storage";
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
