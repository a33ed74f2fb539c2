//! The `{{name}}` flavor: artifacts are files below a directory of this machine.
//!
//! It works as it is. The directory stands for your store: put its client into the place of the file system. What each
//! operation owes stands at `ArtifactStore` in the documentation of `larder-plugin-api`; `larder flavor check` tells
//! whether it still holds.
//!
//! - [`options`]: the config keys, and what they may hold together
//! - [`session`]: the connection, made at the first operation; where paths are; one change at a time
//! - [`store`]: the operations
//! - [`changes`]: what a write, a copy, a rename and a removal do when they are done
//! - [`reader`], [`writer`], [`listing`]: open files and directories

mod changes;
mod listing;
mod options;
mod reader;
mod session;
mod store;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;

use larder_plugin_api::prelude::*;

use crate::options::{KEYS, Options};
use crate::session::Session;
use crate::store::DirectoryStore;

export_flavors!(DirectoryFlavor);

struct DirectoryFlavor;

/// What a root path begins with, such as that of `{{scheme}}/data/artifacts`.
const SCHEME: &str = "{{scheme}}";

impl Flavor for DirectoryFlavor {
    const FLAVOR: &'static str = "{{name}}";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &[SCHEME];
    const ABOUT: &'static str = "keeps artifacts as files below a directory";
    /// Promises that callers rely on: claim what the code keeps, and nothing else.
    ///
    /// `NativeCopy` is missing: not every file system copies by itself. `Etag` is missing: nothing here keeps one.
    const CAPABILITIES: &'static [Capability] = &[
        Capability::Write,
        Capability::Append,
        Capability::Exclusive,
        Capability::Copyfile,
        Capability::Rename,
        Capability::RenameDirectory,
        Capability::Mkdir,
        Capability::RemoveDirectory,
        Capability::AtomicRename,
        Capability::AtomicRenameDirectory,
        Capability::RangedRead,
        Capability::ModifiedTime,
        Capability::Durable,
        Capability::Persistent,
    ];
    const CONFIG: &'static [ConfigKey] = KEYS;
    type Store = DirectoryStore;

    fn validate(root: &Root, config: &Config) -> Result<()> {
        Options::new(root, config).map(drop)
    }

    fn make(root: &Root, config: &Config, services: &Services) -> Result<DirectoryStore> {
        let options = Options::new(root, config)?;
        Ok(DirectoryStore::new(Arc::new(Session::new(
            options,
            services.clone(),
        ))))
    }
}
