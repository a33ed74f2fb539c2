//! What the test files share: where the built libraries and the command are, a home of one's own, running the command,
//! servers that stand for object stores and a proxy that breaks what they say.

mod command;
pub mod fault_proxy;
mod home;
pub mod http;
mod mask;
pub mod moves;
pub mod servers;
mod session;
mod terminal;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use command::{Larder, Outcome};
pub use home::TestHome;
pub use mask::{is_time, masked};

/// The library of a flavor of this workspace, as cargo has built it for these tests.
///
/// # Panics
///
/// When it is not there, saying how to build it.
pub fn library(flavor: &str) -> PathBuf {
    built(&format!("larder_flavor_{flavor}"))
}

/// The library of a flavor that only tests want, under a name that no host finds by itself.
///
/// # Panics
///
/// As [`library`].
pub fn fixture(name: &str) -> PathBuf {
    built(&format!("larder_fixture_{name}"))
}

fn built(name: &str) -> PathBuf {
    let name = format!("{}{name}{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let path = beside_the_test().join(&name);
    assert!(path.exists(), "`{}` is not built: run `cargo test --workspace`", path.display());
    path
}

/// The `larder` command, as cargo has built it, in a directory where no library stands beside it: which flavors it
/// finds must not depend on what else was built.
///
/// # Panics
///
/// When it is not there, saying how to build it.
pub fn command() -> PathBuf {
    static COMMAND: OnceLock<PathBuf> = OnceLock::new();
    COMMAND.get_or_init(|| set_apart(&built_command())).clone()
}

fn built_command() -> PathBuf {
    let directory = beside_the_test();
    let path = directory.parent().unwrap_or(&directory).join(format!("larder{}", env::consts::EXE_SUFFIX));
    assert!(path.exists(), "`{}` is not built: run `cargo build -p larder`", path.display());
    path
}

/// A link to it in a directory of its own, made anew by each test process; the test processes may run at once.
fn set_apart(command: &Path) -> PathBuf {
    let directory = beside_the_test().join("command");
    fs::create_dir_all(&directory).expect("the directory can be made");
    let (path, new) = (directory.join("larder"), directory.join(format!("larder-{}", std::process::id())));
    link_or_copy(command, &new);
    fs::rename(&new, &path).expect("the command can be put in its place");
    // Renaming a link to another link to the same file does nothing.
    fs::remove_file(&new).ok();
    path
}

/// Puts a file of the build under another name, without copying it where that can be.
///
/// # Panics
///
/// When it cannot.
pub fn link_or_copy(file: &Path, to: &Path) {
    if fs::hard_link(file, to).is_err() {
        fs::copy(file, to).expect("the file can be copied");
    }
}

/// `target/<profile>/deps`, where a test binary and the libraries that it names stand.
fn beside_the_test() -> PathBuf {
    let test = env::current_exe().expect("a test knows where it is");
    test.parent().expect("a file is in a directory").to_owned()
}
