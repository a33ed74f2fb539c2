//! A flavor from outside: a crate that knows nothing of this workspace but plugin-api, dropped into the plugins directory.

use std::fs;
use std::path::Path;
use std::process::Command;

use larder_tests::TestHome;

use crate::nested::{repository, scratch, text_of};

#[test]
fn a_flavor_from_outside_is_dropped_in_and_used_at_once() {
    let place = scratch().join("outside");
    fs::create_dir_all(place.join("src")).expect("a directory");
    let api = repository().join("plugin-api");
    let manifest = format!(
        "[package]\nname = \"handbook\"\nversion = \"3.1.4\"\nedition = \"2024\"\nlicense = \"MIT\"\n\n\
         [lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\nlarder-plugin-api = {{ path = {:?} }}\n\n[workspace]\n",
        api.to_string_lossy()
    );
    fs::write(place.join("Cargo.toml"), manifest).expect("it can be written");
    fs::write(place.join("src/lib.rs"), text_of("plugin-api/examples/tiny.rs")).expect("it can be written");
    // Its own from here on: cargo takes out what it does not need.
    fs::write(place.join("Cargo.lock"), text_of("Cargo.lock")).expect("it can be written");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(&place).args(["build", "--quiet", "--offline"]).env_remove("CARGO_TARGET_DIR");
    let output = command.env("CARGO_PROFILE_DEV_DEBUG", "0").output().expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let home = TestHome::new();
    let plugins = home.larder_home().join("plugins");
    fs::create_dir_all(&plugins).expect("a directory");
    fs::copy(place.join("target/debug/libhandbook.so"), plugins.join("libhandbook.so")).expect("a copy");
    use_it(&home, &plugins);
}

fn use_it(home: &TestHome, plugins: &Path) {
    let list = home.larder(["flavor", "list"]).ok();
    assert!(list.contains("handbook") && list.contains("3.1.4"), "{list}");
    let register = ["artifact-store", "register", "h", "--flavor", "handbook", "--path", "handbook://h"];
    home.larder(register).ok();
    assert_eq!(home.larder(["ls", "h:"]).ok(), "license.txt\nmodel-card.md\n");
    assert!(home.larder(["cat", "h:model-card.md"]).ok().contains("# Model card"));
    let described = home.larder(["flavor", "describe", "handbook"]).ok();
    assert!(described.contains(&*plugins.to_string_lossy()) || described.contains("[TMP]"), "{described}");
}
