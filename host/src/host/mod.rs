//! The host: one user's flavors, artifact stores and stacks, and the way from a path to a store that answers.

mod catalog;
mod checked;
mod flavors;
mod stores;

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

pub use catalog::{Catalog, KnownFlavor, LibraryFile, Origin, Status};
pub use flavors::{Accepted, RegisterFlavor};
pub use stores::{NewStore, StoreChange};

use crate::error::{Error, Result};
use crate::fileio::Place;
use crate::home::Home;
use crate::library::find::{PluginDirectory, plugin_directories};
use crate::library::life::Life;
use crate::library::probe::ProbeCommand;
use crate::registry::{ActiveStack, Registry, StoreRecord};
use crate::store::{Cancellation, Store};

/// What a host is opened with.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// Where the registry, the user's plugins and the cache are.
    pub home: Home,
    /// The directories that are looked through for libraries, first one first.
    pub plugin_directories: Vec<PluginDirectory>,
    /// How a library that is new or changed is tried in a child process before it is loaded. Without it, which is what
    /// an embedder gets, libraries are inspected and pinned, and then loaded untried.
    pub probe: Option<ProbeCommand>,
    /// Stops what the stores are doing.
    pub cancellation: Cancellation,
    /// The directory whose stack is active, and that relative paths begin at.
    pub directory: PathBuf,
    /// The stack that is active whatever the registry says: `LARDER_ACTIVE_STACK`.
    pub active_stack: Option<String>,
}

impl HostOptions {
    /// What the environment says.
    ///
    /// # Errors
    ///
    /// When there is no home directory or no current directory.
    pub fn from_env() -> Result<Self> {
        let options = Self::at(Home::from_env()?)?;
        Ok(Self { active_stack: env::var("LARDER_ACTIVE_STACK").ok(), ..options })
    }

    /// A host with a home of its own; everything else as usual.
    ///
    /// # Errors
    ///
    /// When there is no current directory.
    pub fn at(home: Home) -> Result<Self> {
        let directory =
            env::current_dir().map_err(|error| Error::io("the current directory is gone", error))?;
        Ok(Self {
            plugin_directories: plugin_directories(&home.plugins),
            home,
            probe: None,
            cancellation: Cancellation::new(),
            directory,
            active_stack: None,
        })
    }
}

/// One user's flavors, artifact stores and stacks. Opening it reads one file and loads nothing.
///
/// It can be used from many threads. What other processes change in the registry is seen by the next call.
#[derive(Debug)]
pub struct Host {
    options: HostOptions,
    life: Life,
    /// Held while a library that was dropped in is taken in, so that many threads try it once.
    taking_in: Mutex<()>,
    /// The stores that were made, each with the record it was made from.
    open: Mutex<HashMap<String, (StoreRecord, Store)>>,
}

impl Host {
    /// Opens the host that the environment describes.
    ///
    /// # Errors
    ///
    /// Those of [`HostOptions::from_env`].
    pub fn from_env() -> Result<Self> {
        Ok(Self::open(HostOptions::from_env()?))
    }

    /// Opens a host.
    pub fn open(options: HostOptions) -> Self {
        let life = Life::new(&options.home.cache, options.probe.clone());
        Self { options, life, taking_in: Mutex::default(), open: Mutex::default() }
    }

    /// Where its files are.
    pub fn home(&self) -> &Home {
        &self.options.home
    }

    /// Stops what its stores are doing.
    pub fn cancellation(&self) -> &Cancellation {
        &self.options.cancellation
    }

    /// The directories that are looked through for libraries.
    pub fn plugin_directories(&self) -> &[PluginDirectory] {
        &self.options.plugin_directories
    }

    /// The registry as it is now.
    ///
    /// # Errors
    ///
    /// Those of [`Registry::open`].
    pub fn registry(&self) -> Result<Registry> {
        Registry::open(self.home())
    }

    /// Changes the registry, all of it or nothing: stacks, names, labels, whatever needs no library.
    ///
    /// # Errors
    ///
    /// Those of `change` and of [`Registry::update`].
    pub fn update<T>(&self, change: impl FnOnce(&mut Registry) -> Result<T>) -> Result<T> {
        Registry::update_unless(self.cancellation(), self.home(), change)
    }

    /// The active stack: by `LARDER_ACTIVE_STACK`, for the nearest directory upwards, or for the user.
    ///
    /// # Errors
    ///
    /// Those of [`Registry::open`].
    pub fn active_stack(&self) -> Result<Option<ActiveStack>> {
        Ok(self.registry()?.active_stack(self.options.active_stack.as_deref(), &self.options.directory))
    }

    /// The artifact store of this name, ready to use. Its library is loaded when it was not before.
    ///
    /// # Errors
    ///
    /// When no store has the name, or its flavor, its library or its config cannot be used.
    pub fn store(&self, name: &str) -> Result<Store> {
        let registry = self.registry()?;
        self.make_store(&registry, registry.store(name)?)
    }

    /// The place that a user names: a URI, `store-name:path`, or a local path in a store.
    ///
    /// A URI belongs to the store with the longest root that contains it, by component; on a tie to the active stack's.
    ///
    /// # Errors
    ///
    /// When the text is no path, is outside every store, or its store cannot be used.
    pub fn resolve(&self, address: &str) -> Result<Place> {
        let registry = self.registry()?;
        let active = registry.active_store(self.options.active_stack.as_deref(), &self.options.directory);
        // A stack that cannot be used must not keep a user from paths that need none.
        let active = active.ok().flatten().map(|store| store.name.as_str());
        let (record, path) = crate::fileio::locate(&registry, active, address)?;
        Ok(Place { store: self.make_store(&registry, record)?, path })
    }

    fn make_store(&self, registry: &Registry, record: &StoreRecord) -> Result<Store> {
        let known = |open: &HashMap<String, (StoreRecord, Store)>| {
            open.get(&record.name)
                .filter(|(made_from, _)| made_from == record)
                .map(|(_, store)| store.clone())
        };
        if let Some(store) = known(&self.open.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(store);
        }
        let store = self.make_new_store(registry, record)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(record.name.clone(), (record.clone(), store.clone()));
        Ok(store)
    }

    fn directory(&self) -> &Path {
        &self.options.directory
    }
}
