//! What is checked: how its stores are opened, its library, and how another process of it is started.

use std::fmt;
use std::sync::Arc;

use larder_plugin_api::abi::error::from_abi;
use larder_plugin_api::abi::module::ModuleRef;
use larder_plugin_api::{self as api, Root};
use serde_json::{Map, Value};

use super::{Checked, ChildCommand, Stop};
use crate::library::manifest::{FlavorManifest, Manifest};
use crate::{Cancellation, Result, Store};

/// Opens one more instance of the store that is checked, which obeys the cancellation.
pub type Opener = Arc<dyn Fn(&Cancellation) -> Result<Store> + Send + Sync>;

/// What is checked.
#[derive(Clone)]
pub struct Subject {
    /// Opens its stores; all have the same root.
    pub open: Opener,
    /// Its library; without it the cases of the library are skipped.
    pub library: Option<Arc<LibrarySubject>>,
    /// Starts a process that checks the same; without it the cases that kill one are skipped.
    pub child: Option<ChildCommand>,
}

impl Subject {
    /// A store that can be opened, and nothing else.
    pub fn new(open: impl Fn(&Cancellation) -> Result<Store> + Send + Sync + 'static) -> Self {
        Self { open: Arc::new(open), library: None, child: None }
    }

    /// Adds the library.
    #[must_use]
    pub fn with_library(mut self, library: LibrarySubject) -> Self {
        self.library = Some(Arc::new(library));
        self
    }

    /// Adds the command that starts another process of the same check.
    #[must_use]
    pub fn with_child(mut self, child: ChildCommand) -> Self {
        self.child = Some(child);
        self
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("library", &self.library).finish_non_exhaustive()
    }
}

/// A loaded library, and the store of it that is checked.
#[derive(Clone)]
pub struct LibrarySubject {
    /// The library.
    pub module: ModuleRef,
    /// What was read from its file.
    pub manifest: Manifest,
    /// The name of the flavor that is checked.
    pub flavor: String,
    /// The root path of the store that is checked.
    pub root: String,
    /// Its config, complete and valid.
    pub config: Map<String, Value>,
}

impl LibrarySubject {
    /// The manifest of the flavor that is checked.
    pub(super) fn flavor_manifest(&self) -> Checked<&FlavorManifest> {
        let found = self.manifest.flavors.iter().find(|flavor| flavor.name == self.flavor);
        found.ok_or_else(|| {
            Stop::failed(format!("flavor `{}` in the manifest", self.flavor), "it is not there")
        })
    }

    /// The same library with a root below this one.
    pub(super) fn below(&self, directory: &str) -> Self {
        Self { root: format!("{}/{directory}", self.root.trim_end_matches('/')), ..self.clone() }
    }

    /// Asks the library whether a store could be made with this config.
    pub(super) fn validate(&self, config: &Map<String, Value>) -> api::Result<()> {
        self.validate_text(&Value::Object(config.clone()).to_string())
    }

    pub(super) fn validate_text(&self, config: &str) -> api::Result<()> {
        let Self { module, flavor, root, .. } = self;
        from_abi(module.validate()(flavor.as_str().into(), root.as_str().into(), config.into()))
    }

    /// Makes a store with this config.
    pub(super) fn make(&self, config: &Map<String, Value>) -> api::Result<Store> {
        let (root, config) = (Root::parse(&self.root)?, Value::Object(config.clone()).to_string());
        Store::make(self.module, &self.flavor, "check", &root, &config, &Cancellation::new())
    }
}

/// Without the config, which may hold secrets.
impl fmt::Debug for LibrarySubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LibrarySubject")
            .field("library", &self.manifest.library)
            .field("flavor", &self.flavor)
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}
