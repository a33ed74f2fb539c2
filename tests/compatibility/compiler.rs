//! A flavor built by another compiler than this host.
//!
//! `tests/run` unpacks one into `.cache/` and names it in `LARDER_OTHER_RUSTC`; without it there is nothing to show.

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;

use larder::library::inspect::inspect;
use larder_tests::TestHome;

use crate::core_cases;
use crate::nested::{Build, Workspace};

#[test]
fn a_flavor_of_another_compiler_works() {
    let Some(compiler) = env::var_os("LARDER_OTHER_RUSTC").map(PathBuf::from) else {
        let _ = writeln!(io::stderr(), "skipped: LARDER_OTHER_RUSTC names no other compiler (see tests/run)");
        return;
    };
    let workspace = Workspace::of("plain", &["plugin-api", "plugins/memory"]);
    let build = Build { target: "target-other-compiler", compiler: Some(compiler), ..Build::release() };
    let library = workspace.memory(&build, "libmemory-other-compiler.so");
    let other = inspect(&library).expect("it is a flavor").manifest.built.rustc;
    let own = inspect(&larder_tests::library("memory")).expect("it is a flavor").manifest.built.rustc;
    assert_ne!(other, own, "the compilers differ");
    let _ = writeln!(io::stderr(), "built by {other}, loaded beside {own}");
    let home = TestHome::new();
    core_cases::run(&core_cases::store_of(&library, &home.larder_home()));
}
