//! Copies of this workspace's crates in a directory of their own, changed and built by a cargo of their own.
//!
//! The directories stay between runs, below the target directory, so that only what changed is built again.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// The root of this repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the repository")
}

/// Where everything that these tests build is.
pub fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("compatibility")
}

/// A workspace with copies of some crates of this one.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Copies these crates, and the versions of what they depend on.
    pub fn of(name: &str, crates: &[&str]) -> Self {
        let workspace = Self { root: scratch().join(name) };
        for one in crates {
            copy(&repository().join(one), &workspace.root.join(one));
        }
        workspace.members(crates);
        workspace.file("Cargo.lock", &text_of("Cargo.lock"));
        workspace
    }

    /// Names the crates of the workspace.
    pub fn members(&self, crates: &[&str]) {
        let manifest = text_of("Cargo.toml");
        let (before, rest) = manifest.split_once("members = [").expect("the workspace has members");
        let (_, after) = rest.split_once(']').expect("the members end");
        let members: Vec<String> = crates.iter().map(|one| format!("\"{one}\"")).collect();
        self.file("Cargo.toml", &format!("{before}members = [{}]{after}", members.join(", ")));
    }

    /// Adds a crate, or a file of one.
    pub fn file(&self, path: &str, text: &str) {
        write(&self.root.join(path), text.as_bytes());
    }

    /// Replaces a text that stands in a file exactly once.
    pub fn patch(&self, path: &str, from: &str, to: &str) {
        // The copy may have been patched by an earlier run already.
        let text = text_of(path);
        let patched = fs::read_to_string(self.root.join(path)).expect("the file is there");
        let current = if patched.contains(to) && !text.contains(to) { return } else { patched };
        assert_eq!(current.matches(from).count(), 1, "`{from}` stands once in {path}");
        self.file(path, &current.replace(from, to));
    }

    /// Builds a package with these settings, and keeps a copy of what was built under a name of its own.
    pub fn build(&self, package: &str, build: &Build, file: &str, name: &str) -> PathBuf {
        // Cargo goes by the paths relative to the workspace, so that it takes the crates of one copy for those of
        // another: one build at a time, and each of them anew.
        static BUILDING: Mutex<()> = Mutex::new(());
        let _one_at_a_time = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
        for source in ["plugin-api/src/lib.rs", "plugins/memory/src/lib.rs", "host/src/lib.rs"] {
            touch(&self.root.join(source));
        }
        let output = self.cargo(package, build).output().expect("cargo can be started");
        assert!(output.status.success(), "{package}: {}", String::from_utf8_lossy(&output.stderr));
        let profile = if build.release { "release" } else { "debug" };
        let made = target(build.target).join(profile).join(file);
        let kept = scratch().join("built").join(name);
        fs::create_dir_all(kept.with_file_name("")).expect("a directory");
        let _ = fs::remove_file(&kept);
        fs::copy(made, &kept).expect("it is built");
        kept
    }

    fn cargo(&self, package: &str, build: &Build) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_") && text != "CARGO_HOME" && text != "CARGO_NET_OFFLINE" {
                command.env_remove(name);
            }
        }
        command.current_dir(&self.root).env("CARGO_PROFILE_DEV_DEBUG", "0");
        command.args(["build", "--quiet", "--offline", "--package", package]);
        command.arg("--target-dir").arg(target(build.target));
        command.args(build.release.then_some("--release"));
        for setting in &build.settings {
            command.args(["--config", setting]);
        }
        if let Some(compiler) = &build.compiler {
            command.env("RUSTC", compiler);
        }
        command
    }

    /// The library of flavor `memory`.
    pub fn memory(&self, build: &Build, name: &str) -> PathBuf {
        self.build("larder-flavor-memory", build, "liblarder_flavor_memory.so", name)
    }
}

/// How something is built.
#[derive(Clone, Debug)]
pub struct Build {
    /// The name of the target directory.
    pub target: &'static str,
    /// Whether it is built in profile `release`.
    pub release: bool,
    /// Settings of cargo, as of `--config`.
    pub settings: Vec<String>,
    /// Another compiler.
    pub compiler: Option<PathBuf>,
}

impl Build {
    pub fn debug() -> Self {
        Self { target: "target", release: false, settings: Vec::new(), compiler: None }
    }

    pub fn release() -> Self {
        Self { release: true, ..Self::debug() }
    }

    pub fn with(mut self, setting: &str) -> Self {
        self.settings.push(setting.to_owned());
        self
    }
}

fn touch(source: &Path) {
    if let Ok(file) = File::options().append(true).open(source) {
        file.set_modified(SystemTime::now()).expect("the copy is ours");
    }
}

fn target(name: &str) -> PathBuf {
    scratch().join(name)
}

/// The text of a file of this repository.
pub fn text_of(path: &str) -> String {
    fs::read_to_string(repository().join(path)).expect("the file is in the repository")
}

/// Writes a file unless it is the same already: cargo goes by the time.
fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a file is in a directory")).expect("a directory");
    if fs::read(path).is_ok_and(|known| known == bytes) {
        return;
    }
    let _ = fs::remove_file(path);
    fs::write(path, bytes).expect("it can be written");
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match from.is_dir() {
            true if entry.file_name() == "target" => {}
            true => copy(&from, &to),
            false => write(&to, &fs::read(&from).expect("the file can be read")),
        }
    }
}
