//! Two minor versions of plugin-api: every host with every flavor.
//!
//! Version 1.1 is made here: it has a method more, a field more in the root module, and a kind of error more.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use larder_plugin_api::ErrorKind;
use larder_tests::TestHome;

use crate::core_cases;
use crate::nested::{Build, Workspace, text_of};

const CRATES: &[&str] = &["plugin-api", "host", "plugins/memory", "driver"];

/// The flavor `memory`, built with plugin-api as it is.
pub fn flavor_1_0() -> PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let workspace = Workspace::of("plain", &["plugin-api", "plugins/memory"]);
        workspace.memory(&Build::debug(), "libmemory-1.0.so")
    };
    LIBRARY.get_or_init(build).clone()
}

fn workspace_1_1() -> Workspace {
    let workspace = Workspace::of("grown", &CRATES[..3]);
    grow_the_vtable(&workspace);
    grow_the_module(&workspace);
    grow_the_errors(&workspace);
    workspace.patch("plugin-api/Cargo.toml", "version = \"1.0.0\"", "version = \"1.1.0\"");
    add_the_driver(&workspace);
    workspace
}

fn grow_the_vtable(workspace: &Workspace) {
    let last = "fn extension(&self, id: RStr<'_>, request: RSlice<'_, u8>) -> AbiResult<RVec<u8>>;\n";
    let checksum = "    fn checksum(&self, path: RStr<'_>) -> AbiResult<RString> {
        let _ = path;
        crate::abi::error::to_abi(Err(crate::Error::unsupported(\"the flavor is older than checksums\")))
    }\n";
    workspace.patch("plugin-api/src/abi/store.rs", last, &format!("{last}{checksum}"));
    let guarded = "    fn extension(&self, id: RStr<'_>, request: RSlice<'_, u8>) -> AbiResult<RVec<u8>> {\n";
    let checksum = "    fn checksum(&self, path: RStr<'_>) -> AbiResult<RString> {
        self.run(\"checksum\", path, |store, path| store.checksum(path).map(RString::from))
    }\n\n";
    workspace.patch("plugin-api/src/abi/guard.rs", guarded, &format!("{checksum}{guarded}"));
    let method = "    fn extension(&self, id: &str, request: &[u8]) -> Result<Vec<u8>> {\n";
    let unsupported = "    fn checksum(&self, path: StorePath) -> Result<String> {
        let _ = path;
        Err(Error::unsupported(\"no checksums\"))
    }\n\n";
    workspace.patch("plugin-api/src/store.rs", method, &format!("{unsupported}{method}"));
    let exists = "    fn exists(&self, path: StorePath) -> Result<bool> {\n";
    let checksum = "    fn checksum(&self, path: StorePath) -> Result<String> {
        Ok(format!(\"of {path}\"))
    }\n\n";
    workspace.patch("plugins/memory/src/lib.rs", exists, &format!("{checksum}{exists}"));
    let extension = "    pub fn extension(&self, id: &str, request: &[u8]) -> Result<Vec<u8>> {\n";
    let checksum = "    pub fn checksum(&self, path: &str) -> Result<String> {
        self.with_path(\"checksum\", path, |abi, path| from_abi(abi.checksum(path)).map(String::from))
    }\n\n";
    workspace.patch("host/src/store/mod.rs", extension, &format!("{checksum}{extension}"));
}

fn grow_the_module(workspace: &Workspace) {
    let last = "AbiResult<StoreBox>,\n}";
    let grown = "AbiResult<StoreBox>,\n\n    pub readme: extern \"C\" fn() -> RStr<'static>,\n}";
    workspace.patch("plugin-api/src/abi/module.rs", last, grown);
    let made = "Module { manifest, validate, make }";
    let grown = "Module { manifest, validate, make, readme: manifest }";
    workspace.patch("plugin-api/src/abi/export.rs", made, grown);
}

fn grow_the_errors(workspace: &Workspace) {
    let last = "    Changed = 20, \"changed\";\n";
    let grown = format!("{last}    /// Somebody else works on it.\n    Locked = 21, \"locked\";\n");
    workspace.patch("plugin-api/src/error.rs", last, &grown);
    let exists = "        Ok(self.tree.read().exists(path))\n";
    let locked = "        if path.as_str() == \"locked\" {
            return Err(larder_plugin_api::ErrorKind::Locked.into());
        }\n";
    workspace.patch("plugins/memory/src/lib.rs", exists, &format!("{locked}{exists}"));
}

/// A host of version 1.1 as a program: it runs the core cases, then says what the grown part of the API answers.
fn add_the_driver(workspace: &Workspace) {
    let dependencies = "[package]\nname = \"driver\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
        larder = { path = \"../host\", default-features = false }\nlarder-plugin-api.workspace = true\n";
    workspace.file("driver/Cargo.toml", dependencies);
    workspace.file("driver/src/core_cases.rs", &text_of("tests/compatibility/core_cases.rs"));
    let main = "mod core_cases;
        fn main() {
            let arguments: Vec<std::path::PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
            let store = core_cases::store_of(&arguments[0], &arguments[1]);
            core_cases::run(&store);
            match store.checksum(\"a\") {
                Ok(checksum) => println!(\"{checksum}\"),
                Err(error) => println!(\"{error}\"),
            }
            match store.exists(\"locked\") {
                Ok(exists) => println!(\"{exists}\"),
                Err(error) => println!(\"{:?}\", error.kind()),
            }
        }";
    workspace.file("driver/src/main.rs", main);
    workspace.members(CRATES);
}

struct Grown {
    flavor: PathBuf,
    host: PathBuf,
}

fn grown() -> &'static Grown {
    static GROWN: OnceLock<Grown> = OnceLock::new();
    GROWN.get_or_init(|| {
        let workspace = workspace_1_1();
        let flavor = workspace.memory(&Build::debug(), "libmemory-1.1.so");
        Grown { flavor, host: workspace.build("driver", &Build::debug(), "driver", "driver-1.1") }
    })
}

/// What the host of version 1.1 says of a library.
fn driver_says(library: &Path) -> String {
    let home = TestHome::new();
    let output =
        Command::new(&grown().host).arg(library).arg(home.larder_home()).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn host_1_0_with_flavor_1_0() {
    let home = TestHome::new();
    core_cases::run(&core_cases::store_of(&flavor_1_0(), &home.larder_home()));
}

#[test]
fn host_1_0_with_flavor_1_1() {
    let home = TestHome::new();
    let store = core_cases::store_of(&grown().flavor, &home.larder_home());
    core_cases::run(&store);
    let error = store.exists("locked").expect_err("it is locked");
    assert_eq!(error.kind(), ErrorKind::Unknown(21), "a kind that this host does not know survives");
    assert_eq!(error.to_string(), "exists `locked`: error of kind 21");
}

#[test]
fn host_1_1_with_flavor_1_0_runs_the_default_of_the_new_method() {
    let said = driver_says(&flavor_1_0());
    assert_eq!(said, "unsupported: the flavor is older than checksums\nfalse\n");
}

#[test]
fn host_1_1_with_flavor_1_1_runs_the_new_method() {
    assert_eq!(driver_says(&grown().flavor), "of a\nLocked\n");
}

#[test]
fn the_two_versions_say_so_in_their_manifests() {
    let versions = [flavor_1_0(), grown().flavor.clone()]
        .map(|library| larder::library::inspect::inspect(&library).expect("it is a flavor").manifest.api);
    assert_eq!(versions, ["1.0.0", "1.1.0"]);
    assert!(fs::metadata(&grown().host).is_ok());
}
