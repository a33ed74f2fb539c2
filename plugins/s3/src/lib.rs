//! The `s3` flavor: Amazon S3, or in a server that speaks its protocol.
//!
//! - [`options`]: its config keys and credentials. [`dialect`]: its own requests.
//! - [`region`]: what the environment says where the config is silent.
//!
//! What a store does with it is in the crate that the flavors for object stores share.

mod dialect;
mod options;
mod region;

use larder_object_store::{CAPABILITIES, ObjectStore};
use larder_plugin_api::{Capability, Config, ConfigKey, Flavor, Result, Root, Services, export_flavors};

use crate::options::Options;

export_flavors!(S3);

/// The flavor.
struct S3;

impl Flavor for S3 {
    const FLAVOR: &'static str = "s3";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["s3://"];
    const ABOUT: &'static str = "keeps artifacts in Amazon S3, or in a server that speaks its protocol";
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
