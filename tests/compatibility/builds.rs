//! One flavor, built in every way that a release of it may be built.

use std::path::Path;

use larder::{Home, Host, HostOptions, RegisterFlavor};
use larder_tests::TestHome;

use crate::core_cases;
use crate::nested::{Build, Workspace};

fn workspace() -> Workspace {
    Workspace::of("plain", &["plugin-api", "plugins/memory"])
}

fn works(library: &Path) {
    let home = TestHome::new();
    core_cases::run(&core_cases::store_of(library, &home.larder_home()));
}

#[test]
fn a_debug_build() {
    works(&workspace().memory(&Build::debug(), "libmemory-debug.so"));
}

#[test]
fn a_release_build() {
    works(&workspace().memory(&Build::release(), "libmemory-release.so"));
}

#[test]
fn a_fat_link_time_optimised_build() {
    let build = Build::release().with("profile.release.lto=\"fat\"").with("profile.release.codegen-units=1");
    works(&workspace().memory(&build, "libmemory-fat.so"));
}

#[test]
fn a_stripped_build() {
    let build = Build::release().with("profile.release.strip=\"symbols\"");
    works(&workspace().memory(&build, "libmemory-stripped.so"));
}

/// The allocator puts a mark before each block and ends the process when it is asked to free one without: memory that
/// crosses is freed by the side that made it.
#[test]
fn a_build_with_another_allocator() {
    let workspace = Workspace::of("allocator", &["plugin-api", "plugins/memory"]);
    let source = "plugins/memory/src/lib.rs";
    let mine = "export_flavors!(Memory);\n";
    workspace.patch(source, mine, &format!("{mine}\nmod marking_allocator;\n"));
    workspace.file("plugins/memory/src/marking_allocator.rs", include_str!("marking_allocator.rs"));
    works(&workspace.memory(&Build::debug(), "libmemory-allocator.so"));
}

#[test]
fn a_build_that_aborts_on_a_panic_is_refused() {
    let build = Build::debug().with("profile.dev.panic=\"abort\"");
    let library = workspace().memory(&build, "libmemory-abort.so");
    let home = TestHome::new();
    let options = HostOptions::at(Home::at(home.larder_home())).expect("there is a current directory");
    let refused = Host::open(options).register_flavor(&library, RegisterFlavor::default());
    let error = refused.expect_err("a panic would end the host");
    let text = error.to_string().replace(&*library.to_string_lossy(), "[LIBRARY]");
    assert_eq!(text, "library `[LIBRARY]` is built with panic strategy `abort`, `unwind` was expected");
    assert_eq!(
        error.hint(),
        Some("remove `panic = \"abort\"` from the profile that the flavor is built with")
    );
}
