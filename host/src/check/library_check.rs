//! A library that is checked without being registered: everything happens in a temporary home that goes with the check.

use std::fs;
use std::path::{Path, PathBuf};

use super::prepared_check::{PreparedCheck, STORE, Secrets, options};
use super::{Report, Runner};
use crate::library::inspect::inspect;
use crate::library::life::LifeError;
use crate::library::manifest::FlavorManifest;
use crate::library::probe::ProbeCommand;
use crate::registry::{StoreRecord, config};
use crate::{Error, Host, HostOptions, RegisterFlavor, Result};

/// Of many flavors only the first are named.
const SHOWN_NAMES: usize = 6;

/// A library that is to be checked: a flavor of it, at a root path, with a config.
///
/// What the command `larder flavor check` does, as a library:
///
/// ```no_run
/// use larder::check::{LibraryCheck, Runner, built_library};
///
/// # fn main() -> larder::Result<()> {
/// let report = LibraryCheck::new(built_library("larder_flavor_shelf"))
///     .with_root("shelf://a/b")
///     .with_config("depth", "3")
///     .run(&Runner::default())?;
/// assert!(report.passed());
/// # Ok(())
/// # }
/// ```
///
/// A test that only wants to know calls [`assert_passes`](Self::assert_passes).
#[derive(Clone, Debug)]
pub struct LibraryCheck {
    library: PathBuf,
    flavor: Option<String>,
    root: Option<String>,
    config: Vec<(String, String)>,
    probe: Option<ProbeCommand>,
}

impl LibraryCheck {
    /// The check of a library file.
    pub fn new(library: impl Into<PathBuf>) -> Self {
        Self { library: library.into(), flavor: None, root: None, config: Vec::new(), probe: None }
    }

    /// Names the flavor, which a library with more than one needs.
    #[must_use]
    pub fn with_flavor(mut self, flavor: impl Into<String>) -> Self {
        self.flavor = Some(flavor.into());
        self
    }

    /// Sets the root path, which must be empty. Without it a flavor of plain paths gets a fresh directory and another one
    /// `larder-check` behind its first scheme.
    #[must_use]
    pub fn with_root(mut self, root: impl Into<String>) -> Self {
        self.root = Some(root.into());
        self
    }

    /// Adds a config key as a user writes it; `env:NAME` and `file:/path` refer to secrets.
    #[must_use]
    pub fn with_config(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.config.push((key.into(), value.into()));
        self
    }

    /// Has the library tried in a child process before it is loaded.
    #[must_use]
    pub fn with_probe(mut self, probe: Option<ProbeCommand>) -> Self {
        self.probe = probe;
        self
    }

    /// Inspects, stages and tries the library in a temporary home. It is not loaded into this process.
    ///
    /// # Errors
    ///
    /// Why the library cannot be used; *usage* when it has several flavors and none is named; *invalid config*.
    pub fn prepare(&self) -> Result<PreparedCheck> {
        let temporary = tempfile::Builder::new()
            .prefix("larder-check-")
            .tempdir()
            .map_err(|error| Error::io("no temporary directory can be made", error))?;
        let options = HostOptions { probe: self.probe.clone(), ..options(&temporary.path().join("home"))? };
        let host = Host::open(options);
        let manifest = self.manifest()?;
        let sha256 = host.register_flavor(&self.library, RegisterFlavor::default())?.sha256;
        let root = match &self.root {
            Some(root) => absolute(root)?,
            None => default_root(&manifest, temporary.path())?,
        };
        let record = self.record(&manifest, &root)?;
        host.update(|registry| registry.register_store(&record))?;
        // A reference that leads nowhere is found now rather than by each case.
        let secrets = Secrets::of(&manifest, &config::to_abi(&manifest, &record.config)?);
        let (flavor, root) = (manifest.name, record.path);
        let root_is_given = self.root.is_some();
        Ok(PreparedCheck { temporary, host, flavor, root, sha256, root_is_given, secrets })
    }

    /// The library file.
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// What the flavor says of itself in the file. Nothing of the library is run.
    ///
    /// # Errors
    ///
    /// Why the file is no library; *usage* when it has several flavors and none is named; *not found* when it does not
    /// have the one that is named.
    pub fn manifest(&self) -> Result<FlavorManifest> {
        let mut flavors = inspect(&self.library).map_err(LifeError::from)?.manifest.flavors;
        let names: Vec<String> = flavors.iter().map(|flavor| flavor.name.clone()).collect();
        let at = match &self.flavor {
            Some(flavor) => names.iter().position(|name| name == flavor).ok_or_else(|| {
                let what = format!("flavor of library `{}`", self.library.display());
                Error::unknown(&what, flavor, names.iter().map(String::as_str))
            })?,
            None if names.len() == 1 => 0,
            None => {
                let (library, count) = (self.library.display(), names.len());
                let shown = names.iter().take(SHOWN_NAMES).map(|name| format!("`{name}`"));
                let hint = format!("choose one with `--flavor`: {}", shown.collect::<Vec<_>>().join(", "));
                let more = if count > SHOWN_NAMES { ", ..." } else { "" };
                let message = format!("library `{library}` has {count} flavors");
                return Err(Error::usage(message).with_hint(hint + more));
            }
        };
        Ok(flavors.swap_remove(at))
    }

    fn record(&self, manifest: &FlavorManifest, root: &str) -> Result<StoreRecord> {
        let root = config::check_root(manifest, root)?;
        let given = self.config.iter().map(|(key, value)| (key.clone(), value.as_str().into()));
        let values = config::accept(manifest, given)?;
        Ok(StoreRecord::new(STORE, &manifest.name, root.to_string()).with_config(values))
    }

    /// Runs the check in this process, where a library that crashes takes the process along; the cases that kill a process
    /// are skipped.
    ///
    /// # Errors
    ///
    /// Those of [`prepare`](Self::prepare) and of [`Runner::run`].
    pub fn run(&self, runner: &Runner) -> Result<Report> {
        let prepared = self.prepare()?;
        prepared.run(runner, &prepared.subject()?)
    }
}

fn absolute(root: &str) -> Result<String> {
    if larder_plugin_api::Root::split_scheme(root).0.is_some() {
        return Ok(root.to_owned());
    }
    let path = std::path::absolute(root)
        .map_err(|error| Error::usage(format!("`{root}` is no root path")).with_source(error))?;
    Ok(path.to_string_lossy().into_owned())
}

fn default_root(manifest: &FlavorManifest, temporary: &Path) -> Result<String> {
    match manifest.schemes.iter().find(|scheme| !scheme.is_empty()) {
        Some(scheme) if !manifest.schemes.iter().any(String::is_empty) => Ok(format!("{scheme}larder-check")),
        _ => {
            let root = temporary.join("root");
            fs::create_dir(&root).map_err(|error| Error::io("no temporary directory can be made", error))?;
            Ok(root.to_string_lossy().into_owned())
        }
    }
}
