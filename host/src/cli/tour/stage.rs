//! Where the tour takes place: a temporary home, a host for it, and the printing of steps.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};
use std::time::Instant;

use larder::{Error, Home, Host, HostOptions};
use serde_json::json;
use tempfile::TempDir;

use super::super::context::{Context, probe_command};
use super::super::failure::Outcome;
use super::super::printer::Rows;
use super::super::time::took;

pub struct Stage<'a> {
    pub context: &'a Context,
    pub host: Host,
    /// What is copied, as the user named it.
    pub directory: &'a Path,
    /// The library of the local flavor.
    pub library: PathBuf,
    /// How many files came back different, or not at all.
    pub differences: u64,
    temporary: TempDir,
    rows: Option<Rows<'a>>,
    begun: Instant,
}

impl<'a> Stage<'a> {
    /// Makes the home and finds the library.
    pub fn set(context: &'a Context, directory: &'a Path) -> Outcome<Self> {
        let library = find_library()?;
        let temporary = tempfile::Builder::new()
            .prefix("larder-tour-")
            .tempdir()
            .map_err(|error| Error::io("no temporary directory can be made", error))?;
        let options = HostOptions {
            probe: probe_command(),
            cancellation: context.cancellation.clone(),
            ..HostOptions::at(Home::at(temporary.path().join("home")))?
        };
        let stage = Self {
            context,
            host: Host::open(options),
            directory,
            library,
            differences: 0,
            temporary,
            rows: Rows::structured(&context.printer, &["command", "said", "took_ms"]),
            begun: Instant::now(),
        };
        stage.print(&format!("$ export LARDER_HOME={}", stage.host.home().config.display()))?;
        Ok(stage)
    }

    /// The root path of the store.
    pub fn root(&self) -> PathBuf {
        self.temporary.path().join("artifacts")
    }

    /// Where files come back to.
    pub fn back(&self) -> PathBuf {
        self.temporary.path().join("back")
    }

    /// One step: the command, then what `act` says it did.
    pub fn step(&mut self, command: &str, act: impl FnOnce(&mut Self) -> Outcome<String>) -> Outcome {
        super::super::each::check_cancelled(self.context)?;
        self.print(&format!("$ {command}"))?;
        let begun = Instant::now();
        let said = act(self)?;
        let duration = begun.elapsed();
        if let Some(rows) = &mut self.rows {
            let took_ms = (duration.as_secs_f64() * 10_000.0).round() / 10.0;
            return rows.row(&json!({"command": command, "said": said, "took_ms": took_ms}));
        }
        self.print(&format!("  {said}   ({})", took(duration)))
    }

    fn print(&self, text: &str) -> Outcome {
        if self.rows.is_some() {
            return Ok(());
        }
        self.context.printer.line(text)?;
        // Somebody watches the steps one after another.
        Ok(std::io::Write::flush(&mut *self.context.printer.out())?)
    }

    /// Removes the home, and ends the output.
    pub fn strike(self) -> Outcome {
        let place = self.temporary.path().to_owned();
        self.print(&format!("$ rm -r {}", place.display()))?;
        let begun = self.begun;
        self.temporary.close().map_err(|error| {
            Error::io(format!("the temporary directory `{}` cannot be removed", place.display()), error)
        })?;
        if let Some(rows) = self.rows {
            return rows.end();
        }
        self.context.printer.line(&format!("  the whole tour took {}", took(begun.elapsed())))
    }
}

/// The library stands beside the executable after a build, and below `../lib` after an installation.
fn find_library() -> larder::Result<PathBuf> {
    let name = format!("{DLL_PREFIX}larder_flavor_local{DLL_SUFFIX}");
    let executable =
        std::env::current_exe().map_err(|error| Error::io("this executable is not found", error))?;
    let own = executable.parent().unwrap_or(Path::new("/"));
    let places =
        [own.join(&name), own.join("../lib/larder/plugins").join(&name), own.join("deps").join(&name)];
    places.iter().find_map(|place| place.canonicalize().ok()).ok_or_else(|| {
        Error::library(format!("the library `{name}` is not in `{}`", own.display()))
            .with_hint("build everything first: cargo build --release")
    })
}
