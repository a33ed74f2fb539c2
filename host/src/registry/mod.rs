//! The registry: which flavors, artifact stores and stacks a user has, in one JSON file.
//!
//! ```json
//! {
//!   "format": 1,
//!   "active_stack": "dev",
//!   "flavors": {"local": {"library": "/usr/lib/larder/plugins/liblarder_flavor_local.so", "sha256": "..."}},
//!   "artifact_stores": {"mine": {"flavor": "local", "path": "/data/artifacts", "config": {"fsync": true}}},
//!   "stacks": {"dev": {"artifact_store": "mine"}},
//!   "directories": {"/home/me/project": {"stack": "dev"}}
//! }
//! ```
//!
//! A person may edit it. What this version does not know, at the top or inside an item, is still there after a rewrite; so
//! is an item that cannot be read, which is reported ([`Registry::problems`]) and leaves the others usable.

mod active;
pub mod config;
mod document;
mod export;
mod file;
mod flavor_record;
mod flavors;
mod items;
mod names;
pub mod secrets;
mod sections;
mod stacks;
mod stores;

use std::fmt;

pub use active::{ActiveStack, ActiveStackSource, DirectoryRecord};
pub use config::ConfigValues;
pub use export::{FlavorExport, ImportOptions, Imported, StackExport, StoreExport};
pub use flavor_record::{FlavorRecord, FlavorSnapshot, Quarantine};
pub use names::parse_label;
pub use stacks::{DeletedStack, StackRecord};
pub use stores::StoreRecord;

use crate::error::{Error, Result};
use crate::home::Home;
use crate::store::Cancellation;
use items::Items;
use sections::Entry;

/// The contents of the registry file at one moment.
///
/// [`open`](Self::open) reads it, without a lock: a writer replaces the file in one step. What changes it goes through
/// [`update`](Self::update); a change made to an opened registry stays in memory. Items are parsed when they are asked
/// for.
#[derive(Clone)]
pub struct Registry {
    active_stack: Option<String>,
    flavors: Items<FlavorRecord>,
    stores: Items<StoreRecord>,
    stacks: Items<StackRecord>,
    directories: Items<DirectoryRecord>,
    other: Vec<Entry>,
}

impl Registry {
    /// Reads the registry. One that was never written is empty.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, is no JSON (naming line and column), has a newer format than this version knows, or can
    /// be written by every user. It is left as it is.
    pub fn open(home: &Home) -> Result<Self> {
        let file = home.registry();
        let text = file::read(&file)?;
        Self::parse(text.as_deref(), &file)
    }

    /// Changes the registry: takes the lock, reads the file, lets `change` work on it, and replaces the file in one step.
    ///
    /// When `change` fails, or has changed nothing, the file is left as it is. Callers in other processes and threads
    /// wait for each other, so nothing is lost; a call inside `change` would wait for itself.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open), of `change`, and a file or directory that cannot be written.
    pub fn update<T>(home: &Home, change: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        Self::update_unless(&Cancellation::new(), home, change)
    }

    /// The same; a caller that cancels waits for the lock no longer.
    ///
    /// # Errors
    ///
    /// Those of [`update`](Self::update); *interrupted*.
    pub fn update_unless<T>(
        cancellation: &Cancellation,
        home: &Home,
        change: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let file = home.registry();
        let lock = file::Lock::take(home, cancellation)?;
        let text = file::read(&file)?;
        let mut registry = Self::parse(text.as_deref(), &file)?;
        let before = if text.is_some() { text } else { Some(registry.to_text()) };
        let answer = change(&mut registry)?;
        let after = registry.to_text();
        if before.as_deref() != Some(after.as_str()) {
            lock.write(&file, &after)?;
        }
        Ok(answer)
    }

    /// The items that cannot be read, an error each. All others are usable.
    pub fn problems(&self) -> Vec<Error> {
        let mut problems = self.flavors.problems();
        problems.extend(self.stores.problems());
        problems.extend(self.stacks.problems());
        problems.extend(self.directories.problems());
        problems
    }
}

/// Shows the names only: a config may hold secrets.
impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("active_stack", &self.active_stack)
            .field("flavors", &self.flavors)
            .field("stores", &self.stores)
            .field("stacks", &self.stacks)
            .finish_non_exhaustive()
    }
}

fn now() -> String {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A registry with the flavor `local`, the stores `mine` and `other`, and the stack `dev` of `mine`.
    pub(super) fn registry() -> Registry {
        let mut registry = Registry::parse(None, std::path::Path::new("/home/registry.json")).unwrap();
        registry.add_flavor(&FlavorRecord::new("local", "/lib/a.so")).unwrap();
        let config = [("fsync", json!(true)), ("token", json!("hush"))];
        let config = config.map(|(key, value)| (key.to_owned(), value));
        let mine = StoreRecord::new("mine", "local", "/data/mine").with_config(config.into());
        registry.register_store(&mine).unwrap();
        registry.register_store(&StoreRecord::new("other", "local", "/data/other")).unwrap();
        registry.register_stack(&StackRecord::new("dev", "mine")).unwrap();
        registry
    }

    pub(super) fn snapshot() -> FlavorSnapshot {
        FlavorSnapshot {
            library: "test-flavors".to_owned(),
            version: "1.2.3".to_owned(),
            api: "1.0.0".to_owned(),
            license: String::new(),
            repository: String::new(),
            built: crate::library::manifest::Built::default(),
            flavor: config::tests::manifest(),
        }
    }

    #[test]
    fn debug_shows_names_and_no_value() {
        let text = format!("{:?}", registry());
        assert!(text.contains("mine") && !text.contains("hush"), "{text}");
    }
}
