//! A flavor built with a fork of plugin-api that changed what crosses: refused in a few lines that name the field.

use larder::library::probe::ProbeCommand;
use larder::{Home, Host, HostOptions, RegisterFlavor};
use larder_tests::TestHome;

use crate::nested::{Build, Workspace};

/// What registering a flavor says that was built with a changed plugin-api.
fn text_for(name: &str, changes: &[(&str, &str, &str)]) -> Vec<String> {
    let workspace = Workspace::of(name, &["plugin-api", "plugins/memory"]);
    for (path, from, to) in changes {
        workspace.patch(path, from, to);
    }
    let library = workspace.memory(&Build::debug(), &format!("lib{name}.so"));
    let home = TestHome::new();
    let probe = ProbeCommand { program: larder_tests::command(), limit: std::time::Duration::from_secs(20) };
    let options = HostOptions::at(Home::at(home.larder_home())).expect("there is a current directory");
    let host = Host::open(HostOptions { probe: Some(probe), ..options });
    let refused = host.register_flavor(&library, RegisterFlavor::default());
    let error = refused.expect_err("its types are others");
    let mut lines = vec![error.to_string().replace(&*library.to_string_lossy(), "[LIBRARY]")];
    lines.extend(error.causes());
    lines.extend(error.hint().map(str::to_owned));
    assert!(lines.iter().map(|text| text.lines().count()).sum::<usize>() <= 5, "{lines:?}");
    lines
}

#[test]
fn a_field_of_another_type() {
    let size = (
        "plugin-api/src/abi/entries.rs",
        "    pub size_bytes: u64,\n    /// Nanoseconds",
        "    pub size_bytes: u32,\n    /// Nanoseconds",
    );
    let cut = (
        "plugin-api/src/abi/entries.rs",
        "size_bytes: entry.size.unwrap_or_default(),",
        "size_bytes: u32::try_from(entry.size.unwrap_or_default()).unwrap_or(u32::MAX),",
    );
    let wide = (
        "plugin-api/src/abi/entries.rs",
        "(record.flags & HAS_SIZE != 0).then_some(record.size_bytes)",
        "(record.flags & HAS_SIZE != 0).then_some(record.size_bytes.into())",
    );
    assert_eq!(
        text_for("forked-field", &[size, cut, wide]),
        [
            "library `[LIBRARY]` failed its trial",
            "it does not fit plugin-api 1.0.0: field `glob.next_batch.records.size_bytes` is `u32`, `u64` was expected",
            "build it again with an unchanged larder-plugin-api of major version 1"
        ]
    );
}

#[test]
fn a_method_with_another_argument() {
    let method =
        ("plugin-api/src/abi/store.rs", "fn isdir(&self, path: RStr<'_>)", "fn isdir(&self, path: RString)");
    let guarded = (
        "plugin-api/src/abi/guard.rs",
        "fn isdir(&self, path: RStr<'_>) -> AbiResult<bool> {\n        self.run(\"isdir\", path,",
        "fn isdir(&self, path: RString) -> AbiResult<bool> {\n        self.run(\"isdir\", path.as_rstr(),",
    );
    assert_eq!(
        text_for("forked-method", &[method, guarded]),
        [
            "library `[LIBRARY]` failed its trial",
            "it does not fit plugin-api 1.0.0: field `make.isdir.param_1` is `RString`, `RStr<'a>` was expected",
            "build it again with an unchanged larder-plugin-api of major version 1"
        ]
    );
}

#[test]
fn a_field_with_another_name() {
    let name = ("plugin-api/src/abi/error.rs", "    pub retryable: bool,", "    pub transient: bool,");
    let made = (
        "plugin-api/src/abi/error.rs",
        "retryable: error.is_retryable(),",
        "transient: error.is_retryable(),",
    );
    let read = ("plugin-api/src/abi/error.rs", "fields.retryable", "fields.transient");
    assert_eq!(
        text_for("forked-name", &[name, made, read]),
        [
            "library `[LIBRARY]` failed its trial",
            "it does not fit plugin-api 1.0.0: field `validate.retryable` is named `transient` in the library",
            "build it again with an unchanged larder-plugin-api of major version 1"
        ]
    );
}
