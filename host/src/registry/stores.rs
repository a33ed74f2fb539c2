//! The artifact stores of the registry.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::config::{self, ConfigValues};
use super::items::Record;
use super::{Registry, names, now};
use crate::error::{Error, Result};
use crate::library::manifest::FlavorManifest;

/// An artifact store: a flavor, a root path and a config under a name.
#[derive(Clone, Deserialize, Serialize, PartialEq)]
pub struct StoreRecord {
    /// The name.
    #[serde(skip)]
    pub name: String,
    /// The name of its flavor.
    pub flavor: String,
    /// Its root path: a URI or an absolute local path.
    pub path: String,
    /// Its config, as it was given. Print it through [`redacted`](super::secrets::redacted) only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub config: ConfigValues,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// When it was registered, after RFC 3339.
    #[serde(default)]
    pub created_at: String,
    /// When it was last changed, after RFC 3339.
    #[serde(default)]
    pub updated_at: String,
}

impl StoreRecord {
    /// An artifact store that is made now.
    pub fn new(name: impl Into<String>, flavor: impl Into<String>, path: impl Into<String>) -> Self {
        let now = now();
        Self {
            name: name.into(),
            flavor: flavor.into(),
            path: path.into(),
            config: BTreeMap::new(),
            labels: BTreeMap::new(),
            created_at: now.clone(),
            updated_at: now,
        }
    }

    /// With this config, which [`config::accept`] has checked.
    #[must_use]
    pub fn with_config(mut self, config: ConfigValues) -> Self {
        self.config = config;
        self
    }

    /// With these labels.
    #[must_use]
    pub fn with_labels(mut self, labels: impl IntoIterator<Item = (String, String)>) -> Self {
        self.labels.extend(labels);
        self
    }
}

/// Shows the keys of the config and no value: any of them may be a secret.
impl fmt::Debug for StoreRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreRecord")
            .field("name", &self.name)
            .field("flavor", &self.flavor)
            .field("path", &self.path)
            .field("config", &self.config.keys())
            .field("labels", &self.labels)
            .finish_non_exhaustive()
    }
}

impl Record for StoreRecord {
    const WHAT: &'static str = "artifact store";

    fn set_name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }
}

impl Registry {
    /// The artifact stores, by name.
    pub fn stores(&self) -> impl Iterator<Item = &StoreRecord> {
        self.stores.iter()
    }

    /// The artifact store of this name.
    ///
    /// # Errors
    ///
    /// *Not found*, suggesting the closest name; *registry* when the item is broken.
    pub fn store(&self, name: &str) -> Result<&StoreRecord> {
        self.stores.get(name)
    }

    /// Adds an artifact store. Its flavor need not be in the registry: a library that was dropped in is not.
    ///
    /// # Errors
    ///
    /// *Already exists*; *usage* for a name that is not allowed.
    pub fn register_store(&mut self, record: &StoreRecord) -> Result<()> {
        self.check_new_store(&record.name)?;
        self.stores.put(&record.name, record)
    }

    /// Changes an artifact store; the name stays, see [`rename_store`](Self::rename_store).
    ///
    /// # Errors
    ///
    /// Those of [`store`](Self::store) and of `change`.
    pub fn update_store<R>(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut StoreRecord) -> Result<R>,
    ) -> Result<R> {
        self.stores.change(name, |record| {
            let answer = change(record)?;
            record.updated_at = now();
            Ok(answer)
        })
    }

    /// Takes config keys out of an artifact store, so that their defaults hold again. With the manifest of its flavor
    /// keys are known by their other names too, and one that is required stays.
    ///
    /// # Errors
    ///
    /// *Invalid config* for a required key; *not found* for a store, or a key that is not set; then none is removed.
    pub fn remove_attributes(
        &mut self,
        name: &str,
        keys: &[&str],
        manifest: Option<&FlavorManifest>,
    ) -> Result<()> {
        self.update_store(name, |store| {
            for given in keys {
                let known = manifest.and_then(|manifest| manifest.key(given));
                let key = known.map_or(*given, |key| key.name.as_str());
                if !store.config.contains_key(key) {
                    let set = store.config.keys().map(String::as_str);
                    return Err(Error::unknown("attribute that is set", given, set)
                        .context(format!("artifact store `{name}` was not changed")));
                }
                if known.is_some_and(|key| key.required) {
                    return Err(config::required(key, &store.flavor));
                }
                store.config.remove(key);
            }
            Ok(())
        })
    }

    /// Renames an artifact store, also in the stacks that name it, and answers with their names.
    ///
    /// # Errors
    ///
    /// *Not found*; *already exists*; *usage* for a name that is not allowed.
    pub fn rename_store(&mut self, from: &str, to: &str) -> Result<Vec<String>> {
        self.store(from)?;
        self.check_new_store(to)?;
        self.stores.rename(from, to)?;
        let stacks: Vec<String> = self.stacks_of_store(from).map(str::to_owned).collect();
        for stack in &stacks {
            self.stacks.change(stack, |record| {
                to.clone_into(&mut record.artifact_store);
                Ok(())
            })?;
        }
        self.update_store(to, |_| Ok(()))?;
        Ok(stacks)
    }

    /// Adds an artifact store that is like another one. Both have the same root path.
    ///
    /// # Errors
    ///
    /// *Not found*; *already exists*; *usage* for a name that is not allowed.
    pub fn copy_store(&mut self, from: &str, to: &str) -> Result<()> {
        self.store(from)?;
        self.check_new_store(to)?;
        self.stores.copy(from, to)?;
        self.update_store(to, |store| {
            store.created_at = now();
            Ok(())
        })
    }

    /// Takes an artifact store out of the registry, also one whose item is broken. Its artifacts are left alone.
    ///
    /// # Errors
    ///
    /// *In use*, naming the stacks; *not found*.
    pub fn delete_store(&mut self, name: &str) -> Result<()> {
        let stacks: Vec<&str> = self.stacks_of_store(name).collect();
        if self.stores.contains(name) && !stacks.is_empty() {
            return Err(Error::in_use(format!(
                "artifact store `{name}` is used by {}",
                names::list("stack", &stacks)
            ))
            .with_hint("delete the stacks first, or give them another artifact store"));
        }
        self.stores.remove(name)
    }

    /// The names of the stacks that name this artifact store.
    pub fn stacks_of_store(&self, name: &str) -> impl Iterator<Item = &str> {
        self.stacks.iter().filter(move |stack| stack.artifact_store == name).map(|stack| stack.name.as_str())
    }

    /// Checks that a new artifact store may have this name.
    ///
    /// # Errors
    ///
    /// *Already exists*; *usage* for a name that is not allowed.
    pub fn check_new_store(&self, name: &str) -> Result<()> {
        names::check("artifact store", name)?;
        if name.eq_ignore_ascii_case("file") {
            let message = format!("the name {name:?} for an artifact store cannot be told from a file: URI");
            return Err(Error::usage(message).with_hint("`file:/path` is a local path; choose another name"));
        }
        self.stores.must_be_free(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::registry::tests::registry;
    use serde_json::json;

    #[test]
    fn a_name_is_given_once() {
        let error = registry().register_store(&StoreRecord::new("mine", "local", "/x")).unwrap_err();
        assert_eq!(error.to_string(), "artifact store `mine` already exists");
        let error = registry().register_store(&StoreRecord::new("file", "local", "/x")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
    }

    #[test]
    fn a_new_name_reaches_the_stacks() {
        let mut registry = registry();
        assert_eq!(registry.rename_store("mine", "ours").unwrap(), ["dev"]);
        assert_eq!(registry.stack("dev").unwrap().artifact_store, "ours");
        assert_eq!(registry.store("ours").unwrap().config["fsync"], true);
        assert!(registry.store("mine").is_err());
        assert_eq!(registry.rename_store("ours", "other").unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(registry.rename_store("ours", "a:b").unwrap_err().kind(), ErrorKind::Usage);
    }

    #[test]
    fn a_store_that_a_stack_uses_is_kept() {
        let mut registry = registry();
        let error = registry.delete_store("mine").unwrap_err();
        assert_eq!(error.to_string(), "artifact store `mine` is used by stack `dev`");
        registry.delete_store("other").unwrap();
        let error = registry.delete_store("other").unwrap_err();
        assert_eq!(error.to_string(), "no artifact store is named `other`");
    }

    #[test]
    fn a_copy_is_a_store_of_its_own() {
        let mut registry = registry();
        registry.copy_store("mine", "twin").unwrap();
        registry
            .update_store("twin", |store| {
                store.config.clear();
                Ok(())
            })
            .unwrap();
        assert_eq!(registry.store("mine").unwrap().config.len(), 2);
        assert_eq!(registry.stacks_of_store("twin").count(), 0);
    }

    #[test]
    fn attributes_are_removed_all_or_none() {
        let mut registry = registry();
        let error = registry.remove_attributes("mine", &["fsync", "modee"], None).unwrap_err();
        assert_eq!(error.to_string(), "artifact store `mine` was not changed");
        assert_eq!(error.causes().collect::<Vec<_>>(), ["no attribute that is set is named `modee`"]);
        assert!(registry.store("mine").unwrap().config.contains_key("fsync"));
        registry.remove_attributes("mine", &["fsync"], None).unwrap();
        assert_eq!(json!(registry.store("mine").unwrap().config), json!({"token": "hush"}));
    }

    #[test]
    fn a_required_attribute_stays_and_other_names_are_known() {
        let mut manifest = crate::registry::config::tests::manifest();
        for key in &mut manifest.config {
            key.required = key.name == "token";
            if key.name == "fsync" {
                key.aliases.push("sync".to_owned());
            }
        }
        let mut registry = registry();
        registry.remove_attributes("mine", &["sync"], Some(&manifest)).unwrap();
        let error = registry.remove_attributes("mine", &["token"], Some(&manifest)).unwrap_err();
        assert_eq!(error.to_string(), "config key `token` is required by flavor `local`");
    }
}
