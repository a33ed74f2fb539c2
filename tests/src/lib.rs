//! What the test files share: where the built libraries and the command are, a home of one's own, running the command.

mod command;
mod home;

use std::env;
use std::path::PathBuf;

pub use command::{Larder, Outcome};
pub use home::TestHome;

/// The library of a flavor of this workspace, as cargo has built it for these tests.
///
/// # Panics
///
/// When it is not there, saying how to build it.
pub fn library(flavor: &str) -> PathBuf {
    let name = format!("{}larder_flavor_{flavor}{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let path = beside_the_test().join(&name);
    assert!(path.exists(), "`{}` is not built: run `cargo test --workspace`", path.display());
    path
}

/// The `larder` command, as cargo has built it.
///
/// # Panics
///
/// When it is not there, saying how to build it.
pub fn command() -> PathBuf {
    let directory = beside_the_test();
    let path = directory.parent().unwrap_or(&directory).join(format!("larder{}", env::consts::EXE_SUFFIX));
    assert!(path.exists(), "`{}` is not built: run `cargo build -p larder`", path.display());
    path
}

/// `target/<profile>/deps`, where a test binary and the libraries that it names stand.
fn beside_the_test() -> PathBuf {
    let test = env::current_exe().expect("a test knows where it is");
    test.parent().expect("a file is in a directory").to_owned()
}
