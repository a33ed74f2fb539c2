//! What a flavor is: its name, schemes, config keys and capabilities, and how a store of it is made.

use crate::capability::Capability;
use crate::config::{Config, ConfigKey};
use crate::error::Result;
use crate::root::Root;
use crate::services::Services;
use crate::store::ArtifactStore;

/// A kind of artifact store.
///
/// The constants make the manifest, which a host reads without running any code of the library. `TYPE`, `FLAVOR` and
/// `SUPPORTED_SCHEMES` are the words of ZenML's base abstraction.
pub trait Flavor: 'static {
    /// The type of stack component.
    const TYPE: &'static str = "artifact_store";

    /// The name of the flavor: lower case letters, digits, `-` and `_`, starting with a letter.
    const FLAVOR: &'static str;

    /// The schemes of the root paths it takes, each with its `://`, such as `s3://`. The empty scheme stands for plain
    /// absolute paths. Schemes of one flavor are different spellings of the same place.
    const SUPPORTED_SCHEMES: &'static [&'static str];

    /// What it is, in a line.
    const ABOUT: &'static str = "";

    /// What it can do beyond reading. The default claims nothing but `Write`.
    const CAPABILITIES: &'static [Capability] = &[Capability::Write];

    /// The keys of its config. The root path is not among them: every store has one.
    const CONFIG: &'static [ConfigKey] = &[];

    /// The store it makes.
    type Store: ArtifactStore;

    /// Looks whether a store could be made, without making anything and without asking a server. Called when a store
    /// is registered or updated, after the config was checked against [`CONFIG`](Self::CONFIG).
    ///
    /// # Errors
    ///
    /// *Invalid argument* or *invalid path*, naming the key or the root, what was wrong and what is allowed.
    fn validate(root: &Root, config: &Config) -> Result<()> {
        let _ = (root, config);
        Ok(())
    }

    /// Makes a store. It should be cheap and change nothing: connections, threads and directories wait for the first
    /// operation. A host also makes stores just to see whether the library works, with a made-up root and no config, and
    /// drops them.
    ///
    /// # Errors
    ///
    /// Whatever keeps the store from working at all.
    fn make(root: &Root, config: &Config, services: &Services) -> Result<Self::Store>;
}
