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
