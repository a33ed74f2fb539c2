//! A library that is checked without being registered: everything happens in a temporary home that goes with the check.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{ChildCommand, Report, Runner, Subject, write_text};
use crate::library::manifest::FlavorManifest;
use crate::library::probe::ProbeCommand;
use crate::registry::{Registry, StoreRecord, config};
use crate::{Cancellation, Error, Home, Host, HostOptions, RegisterFlavor, Result};

/// The name of the store in the temporary home.
const STORE: &str = "checked";

/// A library that is to be checked: a flavor of it, at a root path, with a config.
///
/// With nothing but the library this is the check of a flavor that needs no config, in the test of its author:
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
/// A test that only wants to know uses [`assert_keeps_contract`].
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
        let accepted = host.register_flavor(&self.library, RegisterFlavor::default())?;
        let flavor = self.flavor_of(&accepted.flavors)?;
        let registry = host.registry()?;
        let known = registry.flavor(&flavor)?.manifest.as_ref();
        let manifest = &known.ok_or_else(|| Error::library("the manifest was not kept"))?.flavor;
        let root = match &self.root {
            Some(root) => absolute(root)?,
            None => default_root(manifest, temporary.path())?,
        };
        let record = self.record(manifest, &root)?;
        host.update(|registry: &mut Registry| registry.register_store(&record))?;
        let root = record.path;
        let sha256 = accepted.sha256;
        Ok(PreparedCheck { temporary, host, flavor, root, sha256, root_is_given: self.root.is_some() })
    }

    fn flavor_of(&self, flavors: &[String]) -> Result<String> {
        let library = self.library.display();
        match (&self.flavor, flavors) {
            (Some(flavor), flavors) if flavors.contains(flavor) => Ok(flavor.clone()),
            (Some(flavor), flavors) => {
                Err(Error::unknown("flavor of this library", flavor, flavors.iter().map(String::as_str)))
            }
            (None, [flavor]) => Ok(flavor.clone()),
            (None, flavors) => {
                let names = flavors.join("`, `");
                let message = format!("library `{library}` has more than one flavor: `{names}`");
                Err(Error::usage(message).with_hint("name the one to check"))
            }
        }
    }

    fn record(&self, manifest: &FlavorManifest, root: &str) -> Result<StoreRecord> {
        let root = config::check_root(manifest, root)?;
        let given = self.config.iter().map(|(key, value)| (key.clone(), value.as_str().into()));
        let values = config::accept(manifest, given)?;
        // A reference that leads nowhere is found now rather than by each case.
        config::to_abi(manifest, &values)?;
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

/// A check that is ready to run, with the temporary home that it lives in.
#[derive(Debug)]
pub struct PreparedCheck {
    temporary: TempDir,
    host: Host,
    flavor: String,
    root: String,
    sha256: String,
    root_is_given: bool,
}

impl PreparedCheck {
    /// The directory that a child process gives to [`serve_home`].
    pub fn home(&self) -> PathBuf {
        self.temporary.path().join("home")
    }

    /// The name of the flavor.
    pub fn flavor(&self) -> &str {
        &self.flavor
    }

    /// The root path.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The SHA-256 of the library.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What is checked; the library is loaded into this process.
    ///
    /// # Errors
    ///
    /// Why it cannot be loaded.
    pub fn subject(&self) -> Result<Subject> {
        self.host.check_subject(STORE)
    }

    /// What is checked, in child processes alone. They are started by the command and call [`serve_home`].
    pub fn isolated_subject(&self, child: ChildCommand) -> Subject {
        Subject::new(|_| Err(Error::library("the library is used in child processes alone")))
            .with_child(child)
    }

    /// Runs the cases.
    ///
    /// # Errors
    ///
    /// Those of [`Runner::run`]; when nobody chose the root, they say that it can be chosen.
    pub fn run(&self, runner: &Runner, subject: &Subject) -> Result<Report> {
        runner.run(subject).map_err(|error| match error.hint() {
            None if !self.root_is_given => error.with_hint(format!(
                "`{}` is only a guess: give the root of an empty store of flavor `{}` with `--path`",
                self.root, self.flavor
            )),
            _ => error,
        })
    }
}

/// Serves a check from a child process, given the [home](PreparedCheck::home) of the check and the command that starts
/// one more such process, for the cases that kill one.
///
/// # Errors
///
/// When the library cannot be loaded, or the check has gone.
pub fn serve_home(home: &Path, child: ChildCommand) -> Result<()> {
    let subject = Host::open(options(home)?).check_subject(STORE)?.with_child(child);
    super::serve(&subject).map_err(|error| Error::io("the check does not listen", error))
}

/// Nothing but what is in the home is known, and nothing is tried: the check has done that.
fn options(home: &Path) -> Result<HostOptions> {
    let options = HostOptions::at(Home::at(home))?;
    Ok(HostOptions { plugin_directories: Vec::new(), cancellation: Cancellation::new(), ..options })
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

/// Panics with the report when a flavor does not keep the contract: the check in one line of an author's `cargo test`.
///
/// The library must have one flavor, which needs no config. What more there is to say, [`LibraryCheck`] takes.
///
/// ```no_run
/// // tests/contract.rs of the flavor `shelf`
/// #[test]
/// fn keeps_the_contract() {
///     larder::check::assert_keeps_contract(larder::check::built_library("larder_flavor_shelf"));
/// }
/// ```
///
/// In Cargo.toml, without the command line of the host:
///
/// ```toml
/// [dev-dependencies]
/// larder = { version = "0.1", default-features = false }
/// ```
///
/// # Panics
///
/// When a case fails, when none was run, and when the library cannot be checked at all.
pub fn assert_keeps_contract(library: impl AsRef<Path>) {
    let library = library.as_ref();
    match LibraryCheck::new(library).run(&Runner::default()) {
        Ok(report) => assert!(report.passed(), "{}", in_words(library, &report)),
        Err(error) => {
            let texts: Vec<String> = std::iter::once(error.to_string()).chain(error.causes()).collect();
            let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
            panic!("the library cannot be checked: {}{hint}", texts.join("\ncaused by: "));
        }
    }
}

fn in_words(library: &Path, report: &Report) -> String {
    let again = |case: &str| format!("larder flavor check {} --filter {case}", library.display());
    let mut text = Vec::new();
    match write_text(report, &again, &mut text) {
        Ok(()) => format!("the contract is not kept:\n{}", String::from_utf8_lossy(&text)),
        Err(error) => format!("the contract is not kept, and the report cannot be written: {error}"),
    }
}

/// The library of a package as `cargo test` has built it: it stands beside the test. The name is that of the package's
/// library target, with `_` for `-`.
///
/// # Panics
///
/// When it is not there.
pub fn built_library(name: &str) -> PathBuf {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    let file = format!("{DLL_PREFIX}{}{DLL_SUFFIX}", name.replace('-', "_"));
    let test = std::env::current_exe().unwrap_or_default();
    let places: Vec<PathBuf> = test.ancestors().skip(1).take(2).map(|place| place.join(&file)).collect();
    match places.iter().find(|place| place.exists()) {
        Some(library) => library.clone(),
        None => panic!("`{file}` does not stand beside the test `{}`: is it built?", test.display()),
    }
}
