//! Config keys and capabilities, read from the built library as `flavor describe` reads them, without running it.

use larder::RegisterFlavor;
use larder::library::manifest::{ConfigKeyManifest, FlavorManifest};
use larder_plugin_api::Capability;
use larder_tests::{TestHome, library};

use crate::page::{assert_says, table};

fn manifest(flavor: &str) -> FlavorManifest {
    let home = TestHome::new();
    let host = home.host();
    host.register_flavor(&library(flavor), RegisterFlavor::default()).expect("it is taken");
    host.flavor(flavor).expect("it is known").manifest.expect("it was read")
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn row(key: &ConfigKeyManifest) -> [String; 6] {
    let kind = if key.choices.is_empty() { key.value_type.clone() } else { names(&key.choices) };
    let default = key.default.as_ref().map(|value| format!("`{value}`")).unwrap_or_default();
    let secret = if key.secret { "yes" } else { "" };
    let help = key.help.replace('|', "\\|");
    [format!("`{}`", key.name), kind, default, names(&key.aliases), secret.to_owned(), help]
}

#[track_caller]
fn assert_keys(flavor: &str) {
    let rows = manifest(flavor).config;
    let head = ["key", "type", "default", "aliases", "secret", "what it does"];
    assert_says(flavor, "config keys", &table(head, rows.iter().map(row)));
}

/// What a capability comes to on an object store, where that is more than its promise.
fn here(capability: Capability) -> &'static str {
    match capability {
        Capability::Append => "the file is written anew, with what it had before",
        Capability::Exclusive => "by a condition on the upload or the copy",
        Capability::Copyfile | Capability::NativeCopy => "the service copies",
        Capability::Rename => "a copy, then a removal",
        Capability::RenameDirectory => "a copy of each file, then the removals",
        Capability::Mkdir => "an empty object with the key `directory/`",
        Capability::AtomicRename | Capability::AtomicRenameDirectory => {
            "an object has one key, and no service gives it another"
        }
        Capability::RangedRead => "one request for a range",
        Capability::ModifiedTime => "in whole seconds",
        Capability::RemoveDirectory => "the empty object with the key `directory/`",
        Capability::Etag => "the service's own; of Cloud Storage the generation",
        Capability::Durable => "an upload is answered when the service keeps it",
        _ => "",
    }
}

#[track_caller]
fn assert_capabilities(flavor: &str) {
    let claimed = manifest(flavor).capabilities;
    let rows = Capability::ALL.iter().map(|capability| {
        let name = capability.as_str();
        let is_claimed = if claimed.iter().any(|claimed| claimed == name) { "yes" } else { "no" };
        let promise = capability.help().trim().to_owned();
        [format!("`{name}`"), is_claimed.to_owned(), promise, here(*capability).to_owned()]
    });
    assert_says(flavor, "capabilities", &table(["capability", "claimed", "promise", "here"], rows));
}

#[test]
fn the_page_of_s3_has_the_config_keys_of_the_library() {
    assert_keys("s3");
}

#[test]
fn the_page_of_gcs_has_the_config_keys_of_the_library() {
    assert_keys("gcs");
}

#[test]
fn the_page_of_azure_has_the_config_keys_of_the_library() {
    assert_keys("azure");
}

#[test]
fn the_page_of_s3_has_the_capabilities_of_the_library() {
    assert_capabilities("s3");
}

#[test]
fn the_page_of_gcs_has_the_capabilities_of_the_library() {
    assert_capabilities("gcs");
}

#[test]
fn the_page_of_azure_has_the_capabilities_of_the_library() {
    assert_capabilities("azure");
}
