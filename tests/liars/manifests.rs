//! Manifests that are not what the library says of itself, each wrong in one more way: what the cases of the library find.

use std::collections::BTreeSet;
use std::sync::Arc;

use larder::check::{Filter, Runner, Subject};
use larder::library::manifest::{ConfigKeyManifest, Manifest};
use libtest_mimic::Failed;
use serde_json::json;

/// A manifest that was forged, and the cases that find out, beside the one that compares it with the library's own.
pub struct Forgery {
    pub name: &'static str,
    forge: fn(&mut Manifest),
    cases: &'static [&'static str],
}

const COMPARED: &str = "library::the_running_manifest_is_that_of_the_file";

pub const FORGERIES: &[Forgery] = &[
    Forgery {
        name: "another-version",
        forge: |manifest| "9.9.9".clone_into(&mut manifest.version),
        cases: &[],
    },
    Forgery {
        name: "no-version",
        forge: |manifest| manifest.version.clear(),
        cases: &["library::the_manifest_has_a_version_and_a_name"],
    },
    Forgery {
        name: "another-api",
        forge: |manifest| "2.0.0".clone_into(&mut manifest.api),
        cases: &["library::the_api_is_of_this_major_version"],
    },
    Forgery {
        name: "aborting",
        forge: |manifest| "abort".clone_into(&mut manifest.panic),
        cases: &["library::panics_unwind"],
    },
    Forgery {
        name: "orchestrator",
        forge: |manifest| "orchestrator".clone_into(&mut manifest.flavors[1].component_type),
        cases: &["library::flavors_are_artifact_stores"],
    },
    Forgery {
        name: "ill-formed-name",
        forge: |manifest| "Not A Name".clone_into(&mut manifest.flavors[1].name),
        cases: &["library::names_are_well_formed"],
    },
    Forgery {
        name: "one-name-twice",
        forge: |manifest| manifest.flavors[1].name = manifest.flavors[2].name.clone(),
        cases: &["library::names_are_different"],
    },
    Forgery {
        name: "ill-formed-scheme",
        forge: |manifest| manifest.flavors[1].schemes.push("S3:/".to_owned()),
        cases: &["library::schemes_are_well_formed"],
    },
    Forgery {
        name: "fewer-capabilities",
        forge: |manifest| manifest.flavors[0].capabilities.retain(|name| name != "append"),
        cases: &["library::claims_no_more_than_its_manifest"],
    },
    Forgery {
        name: "default-of-another-type",
        forge: |manifest| manifest.flavors[1].config.push(key("integer", "many")),
        cases: &["config::config_keys_are_in_order"],
    },
    Forgery {
        name: "one-key-twice",
        forge: |manifest| manifest.flavors[1].config.extend([key("text", "a"), key("text", "b")]),
        cases: &["config::config_keys_are_in_order"],
    },
];

fn key(value_type: &str, default: &str) -> ConfigKeyManifest {
    let key = json!({"name": "key", "type": value_type, "default": default});
    serde_json::from_value(key).expect("it is a config key")
}

/// Runs the cases that look at the library, which has an honest flavor, with a manifest that was forged.
pub fn is_found(forgery: &Forgery, honest: Subject) -> Result<(), Failed> {
    let mut library = honest.library.as_deref().ok_or("the subject has a library")?.clone();
    (forgery.forge)(&mut library.manifest);
    let subject = Subject { library: Some(Arc::new(library)), ..honest };
    let mut failed = BTreeSet::new();
    for operation in ["library::", "config::"] {
        let runner =
            Runner { filter: Filter::new(operation), jobs: 1, allow_existing: true, ..Runner::default() };
        failed.extend(runner.run(&subject)?.failed().map(|result| result.case.clone()));
    }
    let expected = forgery.cases.iter().chain([&COMPARED]).map(|case| (*case).to_owned()).collect();
    if failed == expected {
        Ok(())
    } else {
        Err(format!("failed {failed:#?}, expected {expected:#?}").into())
    }
}
