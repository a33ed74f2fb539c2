//! The stacks of the registry.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::items::Record;
use super::{Registry, names, now};
use crate::error::Result;

/// A stack: a named choice of components. Its one component here is an artifact store.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct StackRecord {
    /// The name.
    #[serde(skip)]
    pub name: String,
    /// The name of its artifact store.
    pub artifact_store: String,
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

impl StackRecord {
    /// A stack that is made now.
    pub fn new(name: impl Into<String>, artifact_store: impl Into<String>) -> Self {
        let now = now();
        Self {
            name: name.into(),
            artifact_store: artifact_store.into(),
            labels: BTreeMap::new(),
            created_at: now.clone(),
            updated_at: now,
        }
    }
}

impl Record for StackRecord {
    const WHAT: &'static str = "stack";

    fn set_name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }
}

/// What went with a stack that was deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeletedStack {
    /// Whether it was the active stack; none is active now.
    pub was_active: bool,
    /// The directories that had it as their active stack; they have none now.
    pub directories: Vec<String>,
    /// The artifact store that was deleted with it.
    pub deleted_store: Option<String>,
    /// The artifact store that was to be deleted with it and is still used, and the stacks that use it.
    pub kept_store: Option<(String, Vec<String>)>,
}

impl Registry {
    /// The stacks, by name.
    pub fn stacks(&self) -> impl Iterator<Item = &StackRecord> {
        self.stacks.iter()
    }

    /// The stack of this name.
    ///
    /// # Errors
    ///
    /// *Not found*, suggesting the closest name; *registry* when the item is broken.
    pub fn stack(&self, name: &str) -> Result<&StackRecord> {
        self.stacks.get(name)
    }

    /// Adds a stack.
    ///
    /// # Errors
    ///
    /// *Already exists*; *not found* for its artifact store; *usage* for a name that is not allowed.
    pub fn register_stack(&mut self, record: &StackRecord) -> Result<()> {
        names::check("stack", &record.name)?;
        self.stacks.must_be_free(&record.name)?;
        self.store(&record.artifact_store)?;
        self.stacks.put(&record.name, record)
    }

    /// Changes a stack; the name stays, see [`rename_stack`](Self::rename_stack).
    ///
    /// # Errors
    ///
    /// Those of [`stack`](Self::stack) and of `change`; *not found* for its artifact store.
    pub fn update_stack<R>(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut StackRecord) -> Result<R>,
    ) -> Result<R> {
        let stores = &self.stores;
        self.stacks.change(name, |record| {
            let answer = change(record)?;
            stores.get(&record.artifact_store)?;
            record.updated_at = now();
            Ok(answer)
        })
    }

    /// Renames a stack, also where it is the active one.
    ///
    /// # Errors
    ///
    /// *Not found*; *already exists*; *usage* for a name that is not allowed.
    pub fn rename_stack(&mut self, from: &str, to: &str) -> Result<()> {
        names::check("stack", to)?;
        self.stacks.rename(from, to)?;
        if self.active_stack.as_deref() == Some(from) {
            self.active_stack = Some(to.to_owned());
        }
        for directory in self.directories_of_stack(from) {
            self.directories.change(&directory, |record| {
                to.clone_into(&mut record.stack);
                Ok(())
            })?;
        }
        self.stacks.change(to, |record| {
            record.updated_at = now();
            Ok(())
        })
    }

    /// Adds a stack that is like another one.
    ///
    /// # Errors
    ///
    /// *Not found*; *already exists*; *usage* for a name that is not allowed.
    pub fn copy_stack(&mut self, from: &str, to: &str) -> Result<()> {
        names::check("stack", to)?;
        self.stacks.copy(from, to)?;
        self.stacks.change(to, |record| {
            record.created_at = now();
            record.updated_at.clone_from(&record.created_at);
            Ok(())
        })
    }

    /// Takes a stack out, also one whose item is broken, and with `recursive` its artifact store too, unless another
    /// stack uses that. Where the stack was the active one, none is.
    ///
    /// # Errors
    ///
    /// *Not found*.
    pub fn delete_stack(&mut self, name: &str, recursive: bool) -> Result<DeletedStack> {
        let store = self.stack(name).ok().map(|stack| stack.artifact_store.clone());
        self.stacks.remove(name)?;
        let mut deleted = DeletedStack {
            was_active: self.active_stack.take_if(|active| active == name).is_some(),
            directories: self.directories_of_stack(name),
            ..DeletedStack::default()
        };
        for directory in &deleted.directories {
            self.directories.remove(directory)?;
        }
        if let Some(store) = store.filter(|store| recursive && self.stores.contains(store)) {
            let users: Vec<String> = self.stacks_of_store(&store).map(str::to_owned).collect();
            if users.is_empty() {
                self.stores.remove(&store)?;
                deleted.deleted_store = Some(store);
            } else {
                deleted.kept_store = Some((store, users));
            }
        }
        Ok(deleted)
    }

    fn directories_of_stack(&self, name: &str) -> Vec<String> {
        self.directories
            .iter()
            .filter(|record| record.stack == name)
            .map(|record| record.path.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::registry::tests::registry;
    use std::path::Path;

    #[test]
    fn a_stack_needs_its_store() {
        let mut registry = registry();
        let error = registry.register_stack(&StackRecord::new("new", "mien")).unwrap_err();
        assert_eq!(error.to_string(), "no artifact store is named `mien`");
        assert_eq!(error.hint(), Some("did you mean `mine`?"));
        let to_unknown = |stack: &mut StackRecord| {
            stack.artifact_store = "none".to_owned();
            Ok(())
        };
        assert_eq!(registry.update_stack("dev", to_unknown).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(registry.stack("dev").unwrap().artifact_store, "mine");
    }

    #[test]
    fn a_stack_that_goes_takes_its_marks_along() {
        let mut registry = registry();
        registry.set_active_stack(Some("dev")).unwrap();
        registry.set_directory_stack(Path::new("/work"), Some("dev")).unwrap();
        let deleted = registry.delete_stack("dev", false).unwrap();
        let expected = DeletedStack {
            was_active: true,
            directories: vec!["/work".to_owned()],
            ..DeletedStack::default()
        };
        assert_eq!(deleted, expected);
        assert_eq!(registry.active_stack(None, Path::new("/work")), None);
        assert!(registry.store("mine").is_ok());
    }

    #[test]
    fn a_recursive_delete_spares_a_store_that_another_stack_uses() {
        let mut registry = registry();
        registry.copy_stack("dev", "prod").unwrap();
        let deleted = registry.delete_stack("dev", true).unwrap();
        assert_eq!(deleted.kept_store, Some(("mine".to_owned(), vec!["prod".to_owned()])));
        let deleted = registry.delete_stack("prod", true).unwrap();
        assert_eq!(deleted.deleted_store.as_deref(), Some("mine"));
        assert!(registry.store("mine").is_err());
    }

    #[test]
    fn a_new_name_reaches_where_the_stack_is_active() {
        let mut registry = registry();
        registry.set_active_stack(Some("dev")).unwrap();
        registry.set_directory_stack(Path::new("/work"), Some("dev")).unwrap();
        registry.rename_stack("dev", "prod").unwrap();
        for directory in ["/", "/work/deep"] {
            assert_eq!(registry.active_stack(None, Path::new(directory)).unwrap().name, "prod");
        }
        assert_eq!(registry.rename_stack("dev", "x").unwrap_err().kind(), ErrorKind::NotFound);
    }
}
