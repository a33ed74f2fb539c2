//! The library: its manifest is in order and true, and a config that is wrong is refused by name.

use larder_plugin_api::abi::error::from_abi;
use larder_plugin_api::{API_VERSION, Error, ErrorKind, Result, Root, ValueType};
use serde_json::{Map, Value, json};

use crate::check::case::error_text;
use crate::check::expect::{equal, fails, that, words};
use crate::check::{Case, Checked, LibrarySubject, Stop};
use crate::library::manifest::{ConfigKeyManifest, FlavorManifest, Manifest};
use crate::{Cancellation, Store};

pub const CASES: &[Case] = &[
    Case::library(
        "the_running_manifest_is_that_of_the_file",
        "The library says of itself what stands in its file.",
        |library| equal("the manifest", &running_manifest(library)?, &library.manifest),
    ),
    Case::library(
        "the_manifest_is_the_same_each_time",
        "The manifest is the same each time it is asked for.",
        |library| {
            let ask = || library.module.manifest()().as_str().to_owned();
            equal("the manifest", &ask(), &ask())
        },
    ),
    Case::library(
        "the_manifest_has_a_version_and_a_name",
        "A library has a name and a version.",
        |library| {
            let Manifest { library: name, version, .. } = &library.manifest;
            that(!name.is_empty() && !version.is_empty(), "a name and a version", || words(&(name, version)))
        },
    ),
    Case::library(
        "the_api_is_of_this_major_version",
        "A library is built for the major version of the API of this host.",
        |library| {
            let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
            equal("the major version of the API", &major(&library.manifest.api), &major(API_VERSION))
        },
    ),
    Case::library(
        "panics_unwind",
        "A library is built so that a panic unwinds: the shim needs it.",
        |library| equal("what a panic does", &library.manifest.panic.as_str(), &"unwind"),
    ),
    Case::library("flavors_are_artifact_stores", "Each flavor is of type `artifact_store`.", |library| {
        each_flavor(library, |flavor| equal("the type", &flavor.component_type.as_str(), &"artifact_store"))
    }),
    Case::library(
        "names_are_well_formed",
        "A name is of lower case letters, digits, `-` and `_`, and begins with a letter.",
        |library| {
            each_flavor(library, |flavor| {
                let name = &flavor.name;
                let tail = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
                let good = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(tail);
                that(good, "a well-formed name", || words(name))
            })
        },
    ),
    Case::library("names_are_different", "No two flavors of a library have one name.", |library| {
        let mut names: Vec<_> = library.manifest.flavors.iter().map(|flavor| flavor.name.as_str()).collect();
        names.sort_unstable();
        that(names.windows(2).all(|pair| pair[0] != pair[1]), "different names", || words(&names))
    }),
    Case::library(
        "schemes_are_well_formed",
        "A scheme is one of RFC 3986 in lower case with `://`, or empty.",
        |library| {
            each_flavor(library, |flavor| {
                that(!flavor.schemes.is_empty(), "at least one scheme", || "none".to_owned())?;
                flavor.schemes.iter().try_for_each(|scheme| {
                    let good = scheme.is_empty() || Root::split_scheme(scheme) == (Some(scheme.clone()), "");
                    that(good, "a well-formed scheme", || words(scheme))
                })
            })
        },
    ),
    Case::library(
        "config_keys_are_in_order",
        "Keys and aliases are different, types known, defaults and choices of the type.",
        keys,
    ),
    Case::library(
        "claims_no_more_than_its_manifest",
        "A store claims nothing that its flavor does not.",
        |library| {
            let claimed = &flavor(library)?.capabilities;
            let store = make(library, &library.config)?;
            let more: Vec<_> = store
                .capabilities()?
                .into_iter()
                .filter(|capability| !claimed.contains(capability))
                .collect();
            that(more.is_empty(), "capabilities of the manifest", || format!("also {}", words(&more)))
        },
    ),
    Case::library(
        "a_valid_config_is_accepted",
        "The config of the store that is checked is valid.",
        |library| Ok(validate(library, &library.config)?),
    ),
    Case::library(
        "validation_can_be_repeated",
        "To validate makes nothing that a second validation would meet.",
        |library| {
            validate(library, &library.config)?;
            Ok(validate(library, &library.config)?)
        },
    ),
    Case::library(
        "an_unknown_flavor_is_refused",
        "A flavor that the library does not have is *not found*.",
        |library| {
            let unknown = LibrarySubject { flavor: "no-such-flavor".to_owned(), ..library.clone() };
            fails(ErrorKind::NotFound, validate(&unknown, &library.config))?;
            fails(ErrorKind::NotFound, make(&unknown, &library.config))
        },
    ),
    Case::library(
        "a_foreign_scheme_is_refused",
        "A root of a scheme that the flavor does not name is *invalid path*.",
        |library| {
            let foreign = LibrarySubject { root: "no-such-scheme://a/b".to_owned(), ..library.clone() };
            fails(ErrorKind::InvalidPath, validate(&foreign, &library.config))?;
            fails(ErrorKind::InvalidPath, make(&foreign, &library.config))
        },
    ),
    Case::library(
        "a_root_with_a_parent_component_is_refused",
        "A root with a `..` component is *invalid path*.",
        |library| {
            let outside = LibrarySubject { root: format!("{}/../x", library.root), ..library.clone() };
            fails(ErrorKind::InvalidPath, validate(&outside, &library.config))
        },
    ),
    Case::library(
        "an_unknown_key_is_refused",
        "A key that the flavor does not have is *invalid argument*, and named.",
        |library| names_the_key(library, "no_such_key", &with(library, "no_such_key", json!("x"))),
    ),
    Case::library(
        "a_missing_required_key_is_refused",
        "Each required key that is missing is *invalid argument*, and named.",
        |library| {
            let required = some_keys(library, "no key is required", |key| key.required)?;
            required.iter().try_for_each(|key| names_the_key(library, &key.name, &without(library, key)))
        },
    ),
    Case::library(
        "a_value_of_the_wrong_type_is_refused",
        "A value of another type is *invalid argument*, and its key named.",
        |library| {
            let keys = some_keys(library, "there is no config key", |_| true)?;
            keys.iter().try_for_each(|key| {
                [json!(["list"]), json!({"an": "object"}), Value::Null]
                    .into_iter()
                    .try_for_each(|wrong| names_the_key(library, &key.name, &with(library, &key.name, wrong)))
            })
        },
    ),
    Case::library(
        "a_text_for_a_number_is_refused",
        "A text that is no value of the type is *invalid argument*, and its key named.",
        |library| {
            let typed = some_keys(library, "all config keys are texts", |key| key.value_type != "text")?;
            typed.iter().try_for_each(|key| {
                names_the_key(library, &key.name, &with(library, &key.name, json!("never")))
            })
        },
    ),
    Case::library(
        "a_value_that_is_no_choice_is_refused",
        "A value that is not among the choices is *invalid argument*, and its key named.",
        |library| {
            let chosen = some_keys(library, "no config key has choices", |key| !key.choices.is_empty())?;
            chosen.iter().try_for_each(|key| {
                names_the_key(library, &key.name, &with(library, &key.name, json!("no such choice")))
            })
        },
    ),
    Case::library(
        "a_config_that_is_no_object_is_refused",
        "A config that is no JSON object is *invalid argument*.",
        |library| {
            ["", "[]", "null", "{"]
                .into_iter()
                .try_for_each(|config| fails(ErrorKind::InvalidArgument, validate_text(library, config)))
        },
    ),
    Case::library("secrets_are_in_no_error", "The value of a secret key is in no error.", secrets),
];

fn running_manifest(library: &LibrarySubject) -> Checked<Manifest> {
    serde_json::from_str(library.module.manifest()().as_str())
        .map_err(|error| Stop::failed("a manifest that is JSON", error.to_string()))
}

fn flavor(library: &LibrarySubject) -> Checked<&FlavorManifest> {
    let missing = || Stop::failed(format!("flavor `{}` in the manifest", library.flavor), "it is not there");
    library.flavor_manifest().ok_or_else(missing)
}

fn each_flavor(library: &LibrarySubject, check: impl Fn(&FlavorManifest) -> Checked) -> Checked {
    library.manifest.flavors.iter().try_for_each(check)
}

/// The keys with a property; skips the case when there are none.
fn some_keys<'a>(
    library: &'a LibrarySubject,
    none: &str,
    property: impl Fn(&ConfigKeyManifest) -> bool,
) -> Checked<Vec<&'a ConfigKeyManifest>> {
    let keys: Vec<_> = flavor(library)?.config.iter().filter(|key| property(key)).collect();
    if keys.is_empty() { Err(Stop::Skipped(none.to_owned())) } else { Ok(keys) }
}

fn with(library: &LibrarySubject, key: &str, value: Value) -> Map<String, Value> {
    let mut config = match library.flavor_manifest().and_then(|flavor| flavor.key(key)) {
        Some(key) => without(library, key),
        None => library.config.clone(),
    };
    config.insert(key.to_owned(), value);
    config
}

fn without(library: &LibrarySubject, key: &ConfigKeyManifest) -> Map<String, Value> {
    let mut config = library.config.clone();
    config.retain(|name, _| *name != key.name && !key.aliases.contains(name));
    config
}

fn validate(library: &LibrarySubject, config: &Map<String, Value>) -> Result<()> {
    validate_text(library, &Value::Object(config.clone()).to_string())
}

fn validate_text(library: &LibrarySubject, config: &str) -> Result<()> {
    let LibrarySubject { module, flavor, root, .. } = library;
    from_abi(module.validate()(flavor.as_str().into(), root.as_str().into(), config.into()))
}

fn make(library: &LibrarySubject, config: &Map<String, Value>) -> Result<Store> {
    let (root, config) = (Root::parse(&library.root)?, Value::Object(config.clone()).to_string());
    Store::make(library.module, &library.flavor, "check", &root, &config, &Cancellation::new())
}

/// Validation and making both refuse a config, and say which key it is.
fn names_the_key(library: &LibrarySubject, key: &str, config: &Map<String, Value>) -> Checked {
    for refused in [validate(library, config), make(library, config).map(|_| ())] {
        let text = refused.as_ref().err().map(error_text).unwrap_or_default();
        fails(ErrorKind::InvalidArgument, refused)?;
        that(text.contains(key), &format!("an error that names `{key}`"), || text)?;
    }
    Ok(())
}

fn keys(library: &LibrarySubject) -> Checked {
    each_flavor(library, |flavor| {
        let mut names: Vec<&str> = flavor
            .config
            .iter()
            .flat_map(|key| key.aliases.iter().chain([&key.name]))
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        that(names.windows(2).all(|pair| pair[0] != pair[1]), "different keys and aliases", || {
            words(&names)
        })?;
        flavor.config.iter().try_for_each(key_in_order)
    })
}

fn key_in_order(key: &ConfigKeyManifest) -> Checked {
    let Some(value_type) = ValueType::from_name(&key.value_type) else {
        return Err(Stop::failed(format!("a type for `{}`", key.name), words(&key.value_type)));
    };
    for value in key.default.iter().chain(&key.choices) {
        let of_the_type = value_type.normalise(&json!(value)).is_ok();
        that(of_the_type, &format!("{} for `{}`", value_type.expected(), key.name), || words(value))?;
    }
    let allowed = |default: &String| key.choices.is_empty() || key.choices.contains(default);
    that(
        key.default.as_ref().is_none_or(allowed),
        &format!("a default of `{}` among its choices", key.name),
        || words(&key.default),
    )?;
    that(
        !(key.required && key.default.is_some()),
        &format!("no default for `{}`, which is required", key.name),
        || words(&key.default),
    )
}

/// Provokes errors with a secret in the config, and looks for it in all they say.
fn secrets(library: &LibrarySubject) -> Checked {
    const SECRET: &str = "hush-7f3a9c-larder-check";
    let secret_keys = some_keys(library, "no config key is secret", |key| key.secret)?;
    for key in secret_keys {
        let mut config = with(library, &key.name, json!(SECRET));
        let mut errors = provoke(library, &config);
        config.insert("no_such_key".to_owned(), json!("x"));
        errors.extend(provoke(library, &config));
        for wrong in [json!([SECRET]), json!({"secret": SECRET})] {
            errors.extend(provoke(library, &with(library, &key.name, wrong)));
        }
        for error in errors {
            let text = format!("{} {error:?}", error_text(&error));
            that(!text.contains(SECRET), &format!("errors without the value of `{}`", key.name), || {
                text.replace(SECRET, "<the value>")
            })?;
        }
    }
    Ok(())
}

fn provoke(library: &LibrarySubject, config: &Map<String, Value>) -> Vec<Error> {
    let made = make(library, config).and_then(|store| store.stat("larder-check-no-such-file").map(|_| ()));
    [validate(library, config), made].into_iter().filter_map(Result::err).collect()
}
