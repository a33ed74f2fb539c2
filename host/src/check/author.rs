//! The check in the author's own `cargo test`: one line, without the command.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use super::{ChildCommand, LibraryCheck, Report, Runner, serve_home, write_text};
use crate::Result;

/// In a child process of a test: the home of the check.
const HOME: &str = "LARDER_CHECK_HOME";

/// Panics with the report when a flavor does not keep the contract: the check in one line of an author's `cargo test`.
///
/// The library must have one flavor, which needs no config; otherwise see [`LibraryCheck::assert_passes`].
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
    LibraryCheck::new(library.as_ref()).assert_passes();
}

impl LibraryCheck {
    /// Panics with the report when the flavor does not keep the contract.
    ///
    /// It is called by a test function and by nothing else: the cases run in child processes, which are this test again, so
    /// that a library that crashes fails one case, and what must survive a kill can be looked at. With `--test-threads=1`
    /// the function has no way to know its own name; then all runs in this process, and the cases that kill one are skipped.
    ///
    /// ```no_run
    /// use larder::check::{LibraryCheck, built_library};
    ///
    /// #[test]
    /// fn keeps_the_contract() {
    ///     LibraryCheck::new(built_library("larder_flavor_shelf"))
    ///         .with_root("shelf://test")
    ///         .with_config("token", "env:SHELF_TOKEN")
    ///         .assert_passes();
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// When a case fails, when none was run, and when the library cannot be checked at all.
    pub fn assert_passes(&self) {
        match self.run_in_a_test(&Runner::default()) {
            Ok(Some(report)) => assert!(report.passed(), "{}", in_words(self.library(), &report)),
            // A child has done what the check asked for.
            Ok(None) => {}
            Err(error) => {
                let texts: Vec<String> = std::iter::once(error.to_string()).chain(error.causes()).collect();
                let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
                panic!("the library cannot be checked: {}{hint}", texts.join("\ncaused by: "));
            }
        }
    }

    fn run_in_a_test(&self, runner: &Runner) -> Result<Option<Report>> {
        let Some(test) = thread::current().name().filter(|name| *name != "main").map(str::to_owned) else {
            return self.run(runner).map(Some);
        };
        if let Some(home) = env::var_os(HOME).map(PathBuf::from) {
            serve_home(&home, this_test(test, home.clone()))?;
            return Ok(None);
        }
        let prepared = self.prepare()?;
        let subject = prepared.isolated_subject(this_test(test, prepared.home()));
        prepared.run(runner, &subject).map(Some)
    }
}

/// Starts this test again, alone. The test harness names the thread after the test.
fn this_test(test: String, home: PathBuf) -> ChildCommand {
    ChildCommand::new(move || {
        let mut command = Command::new(env::current_exe().unwrap_or_default());
        command.args([&test, "--exact", "--include-ignored", "--nocapture", "--test-threads=2"]);
        command.env(HOME, &home);
        command
    })
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
