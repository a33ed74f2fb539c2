//! Which stack is active: by the environment, for a directory, or for the user.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Registry;
use super::items::Record;
use super::stores::StoreRecord;
use crate::error::{Error, Result};

/// A directory that has a stack of its own.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct DirectoryRecord {
    /// The directory, absolute.
    #[serde(skip)]
    pub path: String,
    /// The name of the stack that is active in it and below.
    pub stack: String,
}

impl Record for DirectoryRecord {
    const WHAT: &'static str = "directory";

    fn set_name(&mut self, name: &str) {
        name.clone_into(&mut self.path);
    }
}

/// The name of the active stack, and what made it the active one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveStack {
    /// The name; it may name no stack, when it comes from the environment or from an edited file.
    pub name: String,
    /// What made it the active one.
    pub source: ActiveStackSource,
}

/// What makes a stack the active one, strongest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActiveStackSource {
    /// The variable `LARDER_ACTIVE_STACK`.
    Environment,
    /// The nearest directory, from the current one upwards, that has a stack.
    Directory(PathBuf),
    /// The user's choice for everywhere.
    Global,
}

impl fmt::Display for ActiveStackSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("LARDER_ACTIVE_STACK"),
            Self::Directory(path) => write!(f, "directory `{}`", path.display()),
            Self::Global => f.write_str("the registry"),
        }
    }
}

impl Registry {
    /// The name of the active stack. `environment` is the value of `LARDER_ACTIVE_STACK`, of which an empty one counts as
    /// none; `directory` is the current directory, absolute.
    pub fn active_stack(&self, environment: Option<&str>, directory: &Path) -> Option<ActiveStack> {
        if let Some(name) = environment.filter(|name| !name.is_empty()) {
            return Some(ActiveStack { name: name.to_owned(), source: ActiveStackSource::Environment });
        }
        for path in without_trailing_slash(directory).ancestors() {
            let Some(record) = path.to_str().and_then(|path| self.directories.find(path)) else { continue };
            let source = ActiveStackSource::Directory(path.to_path_buf());
            return Some(ActiveStack { name: record.stack.clone(), source });
        }
        let name = self.active_stack.clone()?;
        Some(ActiveStack { name, source: ActiveStackSource::Global })
    }

    /// The artifact store of the active stack; `None` when no stack is active.
    ///
    /// # Errors
    ///
    /// *Not found* when the active stack does not exist, or names an artifact store that does not, saying what made it
    /// the active one.
    pub fn active_store(&self, environment: Option<&str>, directory: &Path) -> Result<Option<&StoreRecord>> {
        let Some(active) = self.active_stack(environment, directory) else { return Ok(None) };
        let store = self.stack(&active.name).and_then(|stack| self.store(&stack.artifact_store));
        let context = |error: Error| {
            error.context(format!(
                "the active stack `{}`, set by {}, cannot be used",
                active.name, active.source
            ))
        };
        store.map(Some).map_err(context)
    }

    /// Sets the active stack for everywhere, or with `None` unsets it.
    ///
    /// # Errors
    ///
    /// *Not found*.
    pub fn set_active_stack(&mut self, name: Option<&str>) -> Result<()> {
        if let Some(name) = name {
            self.stack(name)?;
        }
        self.active_stack = name.map(str::to_owned);
        Ok(())
    }

    /// Sets the active stack for a directory and what is below, or with `None` unsets it. The path is kept as it is
    /// given; [`active_stack`](Self::active_stack) should be asked with paths made in the same way.
    ///
    /// # Errors
    ///
    /// *Not found* for the stack, or for the directory that has none to unset; *usage* for a path that is not absolute
    /// or not UTF-8.
    pub fn set_directory_stack(&mut self, directory: &Path, name: Option<&str>) -> Result<()> {
        let directory = without_trailing_slash(directory);
        let path = directory.to_str().filter(|_| directory.is_absolute()).ok_or_else(|| {
            Error::usage(format!("directory `{}` is not an absolute path in UTF-8", directory.display()))
        })?;
        let Some(name) = name else { return self.directories.remove(path) };
        self.stack(name)?;
        let record = DirectoryRecord { path: path.to_owned(), stack: name.to_owned() };
        self.directories.put(path, &record)
    }

    /// The directories that have a stack of their own.
    pub fn directories(&self) -> impl Iterator<Item = &DirectoryRecord> {
        self.directories.iter()
    }
}

fn without_trailing_slash(directory: &Path) -> &Path {
    directory.components().as_path()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::StackRecord;
    use crate::registry::tests::registry;

    fn with_three_stacks() -> Registry {
        let mut registry = registry();
        registry.register_stack(&StackRecord::new("outer", "mine")).unwrap();
        registry.register_stack(&StackRecord::new("inner", "other")).unwrap();
        registry.set_active_stack(Some("dev")).unwrap();
        registry.set_directory_stack(Path::new("/a"), Some("outer")).unwrap();
        registry.set_directory_stack(Path::new("/a/b/"), Some("inner")).unwrap();
        registry
    }

    #[test]
    fn environment_then_nearest_directory_then_global() {
        let registry = with_three_stacks();
        for (environment, directory, name, source) in [
            (Some("env"), "/a/b", "env", "LARDER_ACTIVE_STACK"),
            (Some(""), "/a/b/c", "inner", "directory `/a/b`"),
            (None, "/a/b/", "inner", "directory `/a/b`"),
            (None, "/a/bc", "outer", "directory `/a`"),
            (None, "/ab", "dev", "the registry"),
        ] {
            let active = registry.active_stack(environment, Path::new(directory)).unwrap();
            assert_eq!((active.name.as_str(), active.source.to_string().as_str()), (name, source));
        }
    }

    #[test]
    fn says_what_named_a_stack_that_does_not_exist() {
        let registry = with_three_stacks();
        assert_eq!(registry.active_store(None, Path::new("/a/b")).unwrap().unwrap().name, "other");
        let error = registry.active_store(Some("inne"), Path::new("/")).unwrap_err();
        assert_eq!(error.to_string(), "the active stack `inne`, set by LARDER_ACTIVE_STACK, cannot be used");
        assert_eq!(error.causes().collect::<Vec<_>>(), ["no stack is named `inne`"]);
        assert_eq!(error.hint(), Some("did you mean `inner`?"));
    }

    #[test]
    fn what_was_set_can_be_unset() {
        let mut registry = with_three_stacks();
        registry.set_directory_stack(Path::new("/a/b"), None).unwrap();
        assert_eq!(registry.active_stack(None, Path::new("/a/b")).unwrap().name, "outer");
        assert!(registry.set_directory_stack(Path::new("/a/b"), None).is_err());
        assert!(registry.set_directory_stack(Path::new("relative"), Some("dev")).is_err());
        registry.set_active_stack(None).unwrap();
        assert_eq!(registry.active_stack(None, Path::new("/")), None);
        assert!(registry.set_active_stack(Some("none")).is_err());
    }
}
