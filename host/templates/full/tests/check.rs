//! Runs the whole check on the built library, when the `larder` command is there: on `PATH`, or named by `LARDER`.
//! An empty `LARDER` switches it off.
//!
//! Without the command: `larder = { version = "0.1", default-features = false }` as a dev-dependency, and
//! `larder::check::LibraryCheck` in the place of what is below.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn keeps_the_contract() {
    let Some(larder) = find_larder() else {
        eprintln!("skipped: LARDER names no command, and none is on PATH");
        return;
    };
    let directory = tempfile::tempdir().expect("a fresh directory");
    let artifacts = directory.path().join("artifacts");
    let root = format!("{{scheme}}{}", artifacts.display());
    let checked = Command::new(larder)
        .args(["flavor", "check"])
        .arg(library())
        .args(["--path", &root])
        .env("LARDER_HOME", directory.path().join("home"))
        .output()
        .expect("the command can be started");
    let report = String::from_utf8_lossy(&checked.stdout);
    let errors = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{report}\n{errors}");
}

fn find_larder() -> Option<PathBuf> {
    if let Some(named) = env::var_os("LARDER") {
        return (!named.is_empty()).then(|| named.into());
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|directory| directory.join("larder"))
        .find(|file| file.is_file())
}

/// Cargo builds the library before this test, and puts it beside the test or one directory above.
fn library() -> PathBuf {
    let name = format!(
        "{}{{library}}{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    let test = env::current_exe().expect("a test knows where it is");
    let places = test.ancestors().skip(1).take(2);
    let candidates: Vec<PathBuf> = places
        .map(|directory: &Path| directory.join(&name))
        .collect();
    let find = || candidates.iter().find(|file| file.exists()).cloned();
    let built = || Command::new(env!("CARGO")).arg("build").status().is_ok();
    let library = find().or_else(|| built().then(find).flatten());
    library.unwrap_or_else(|| panic!("{name} is missing: run `cargo build` first"))
}
