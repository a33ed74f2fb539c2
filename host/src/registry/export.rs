//! A stack as a document: what is needed to make it again elsewhere, without any secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::config::ConfigValues;
use super::flavor_record::FlavorSnapshot;
use super::stacks::StackRecord;
use super::stores::StoreRecord;
use super::{Registry, secrets};
use crate::error::{Error, Result};

const FORMAT: u32 = 1;

/// A stack with its artifact store. Secrets that were given in place are left out and named; references are kept.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(expecting = "what `larder stack export` writes")]
pub struct StackExport {
    /// The format of the document.
    pub larder_stack: u32,
    /// The name of the stack.
    pub name: String,
    /// The labels of the stack.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Its artifact store.
    pub artifact_store: StoreExport,
}

/// An artifact store in a document.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct StoreExport {
    /// The name.
    pub name: String,
    /// Its flavor.
    pub flavor: FlavorExport,
    /// Its root path.
    pub path: String,
    /// Its config, less the secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub config: ConfigValues,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The config keys that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets_left_out: Vec<String>,
}

/// A flavor in a document: enough to find the library that carries it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct FlavorExport {
    /// The name.
    pub name: String,
    /// The name of the library's package, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    /// The version of the library's package, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What to do otherwise than the document says.
#[derive(Clone, Default)]
pub struct ImportOptions {
    /// Another name for the stack.
    pub stack: Option<String>,
    /// Another name for the artifact store.
    pub store: Option<String>,
    /// Config values that are added, such as the secrets that were left out.
    pub config: ConfigValues,
}

/// What an import made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The name of the stack.
    pub stack: String,
    /// The name of the artifact store.
    pub store: String,
    /// Whether an equal artifact store of this name was there already.
    pub store_was_there: bool,
    /// Secrets that were left out of the document and are still to be given.
    pub secrets_to_give: Vec<String>,
}

impl Registry {
    /// The document of a stack. `snapshot` is what the library of the flavor says of itself now, when it is at hand;
    /// else what the registry remembers counts, and without that every value is left out that may be a secret.
    ///
    /// # Errors
    ///
    /// *Not found* for the stack or its artifact store; *registry* when one is broken.
    pub fn export_stack(&self, name: &str, snapshot: Option<&FlavorSnapshot>) -> Result<StackExport> {
        let stack = self.stack(name)?;
        let store = self.store(&stack.artifact_store)?;
        let remembered = self.flavor(&store.flavor).ok().and_then(|flavor| flavor.manifest.as_ref());
        let snapshot = snapshot.or(remembered);
        let manifest = snapshot.map(|snapshot| &snapshot.flavor);
        let (config, secrets): (ConfigValues, ConfigValues) = store
            .config
            .clone()
            .into_iter()
            .partition(|(key, value)| secrets::is_printable(key, value, manifest));
        Ok(StackExport {
            larder_stack: FORMAT,
            name: stack.name.clone(),
            labels: stack.labels.clone(),
            artifact_store: StoreExport {
                name: store.name.clone(),
                flavor: FlavorExport {
                    name: store.flavor.clone(),
                    library: snapshot.map(|snapshot| snapshot.library.clone()),
                    version: snapshot.map(|snapshot| snapshot.version.clone()),
                },
                path: store.path.clone(),
                config,
                labels: store.labels.clone(),
                secrets_left_out: secrets.into_keys().collect(),
            },
        })
    }

    /// Makes the stack of a document, and its artifact store unless an equal one of that name is there.
    ///
    /// # Errors
    ///
    /// *Already exists* for the stack, or for another artifact store of that name; *usage* for a newer format or a name
    /// that is not allowed.
    pub fn import_stack(&mut self, document: &StackExport, options: &ImportOptions) -> Result<Imported> {
        if document.larder_stack != FORMAT {
            let found = document.larder_stack;
            return Err(Error::usage(format!(
                "the stack document has format {found}, this larder knows format {FORMAT}"
            )));
        }
        let from = &document.artifact_store;
        let stack = options.stack.as_ref().unwrap_or(&document.name);
        let mut store =
            StoreRecord::new(options.store.as_ref().unwrap_or(&from.name), &from.flavor.name, &from.path)
                .with_config(from.config.clone())
                .with_labels(from.labels.clone());
        store.config.extend(options.config.clone());
        let known = self.store(&store.name).ok();
        let store_was_there = known.is_some();
        if let Some(known) = known {
            must_be_equal(known, &store, &from.secrets_left_out)?;
            store.config.clone_from(&known.config);
        } else {
            self.register_store(&store)?;
        }
        let mut record = StackRecord::new(stack, &store.name);
        record.labels.clone_from(&document.labels);
        self.register_stack(&record)?;
        let to_give = from.secrets_left_out.iter().filter(|key| !store.config.contains_key(*key));
        Ok(Imported {
            stack: stack.clone(),
            secrets_to_give: to_give.cloned().collect(),
            store: store.name,
            store_was_there,
        })
    }
}

/// A store that is there serves when it differs at most in the secrets that the document does not have.
fn must_be_equal(known: &StoreRecord, wanted: &StoreRecord, left_out: &[String]) -> Result<()> {
    let mut config = known.config.clone();
    config.retain(|key, _| wanted.config.contains_key(key) || !left_out.contains(key));
    let difference = if known.flavor != wanted.flavor {
        "flavor"
    } else if known.path != wanted.path {
        "root path"
    } else if config != wanted.config {
        "config"
    } else {
        return Ok(());
    };
    Err(Error::already_exists(format!(
        "artifact store `{}` already exists with another {difference}",
        known.name
    ))
    .with_hint("import the artifact store under another name"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::registry::tests::{registry, snapshot};
    use serde_json::json;

    #[test]
    fn secrets_are_left_out_and_named_and_references_stay() {
        let mut registry = registry();
        let refer = |store: &mut StoreRecord| {
            store.config.insert("other_token".to_owned(), json!("env:TOKEN"));
            Ok(())
        };
        registry.update_store("mine", refer).unwrap();
        let document = registry.export_stack("dev", Some(&snapshot())).unwrap();
        let expected = json!({
            "larder_stack": 1,
            "name": "dev",
            "artifact_store": {
                "name": "mine",
                "flavor": {"name": "local", "library": "test-flavors", "version": "1.2.3"},
                "path": "/data/mine",
                "config": {"fsync": true, "other_token": "env:TOKEN"},
                "secrets_left_out": ["token"]
            }
        });
        assert_eq!(json!(document), expected);
        assert_eq!(serde_json::from_value::<StackExport>(expected).unwrap(), document);
    }

    #[test]
    fn without_a_manifest_no_value_that_may_be_secret_is_exported() {
        let mut registry = registry();
        let change = |store: &mut StoreRecord| {
            store.config.insert("mode".to_owned(), json!("safe"));
            Ok(())
        };
        registry.update_store("mine", change).unwrap();
        let document = registry.export_stack("dev", None).unwrap();
        assert_eq!(document.artifact_store.secrets_left_out, ["mode", "token"]);
    }

    #[test]
    fn an_import_makes_what_was_exported() {
        let document = registry().export_stack("dev", Some(&snapshot())).unwrap();
        let mut empty = Registry::parse(None, std::path::Path::new("")).unwrap();
        let imported = empty.import_stack(&document, &ImportOptions::default()).unwrap();
        assert_eq!(imported.secrets_to_give, ["token"]);
        assert_eq!(empty.store("mine").unwrap().path, "/data/mine");
        let again = empty.import_stack(&document, &ImportOptions::default()).unwrap_err();
        assert_eq!(again.to_string(), "stack `dev` already exists");
    }

    #[test]
    fn an_import_uses_an_equal_store_and_refuses_another_one() {
        let mut registry = registry();
        let mut document = registry.export_stack("dev", Some(&snapshot())).unwrap();
        let options = ImportOptions { stack: Some("twin".to_owned()), ..ImportOptions::default() };
        let imported = registry.import_stack(&document, &options).unwrap();
        assert!(imported.store_was_there && imported.secrets_to_give.is_empty());
        document.artifact_store.path.push('x');
        let options = ImportOptions { stack: Some("third".to_owned()), ..ImportOptions::default() };
        let error = registry.import_stack(&document, &options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(error.to_string(), "artifact store `mine` already exists with another root path");
        let options = ImportOptions { store: Some("new".to_owned()), ..options };
        assert_eq!(registry.import_stack(&document, &options).unwrap().store, "new");
    }
}
