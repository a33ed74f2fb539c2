//! That the command is there and says what it is. Its being here also makes `cargo test` build the command, which the
//! tests of the command line run.

use std::process::Command;

#[test]
fn says_its_own_version_and_that_of_the_plugin_api() {
    let output = Command::new(env!("CARGO_BIN_EXE_larder")).arg("--version").output().expect("it starts");
    let expected =
        format!("larder {} (plugin API {})\n", env!("CARGO_PKG_VERSION"), larder_plugin_api::API_VERSION);
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
