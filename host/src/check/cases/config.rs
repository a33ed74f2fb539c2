//! The config: its keys are in order, what is wrong is refused by name, what is secret stays so.

use larder_plugin_api::{Error, ErrorKind, Result, ValueType};
use serde_json::{Map, Value, json};

use crate::check::case::error_text;
use crate::check::expect::{fails, that, words};
use crate::check::{Case, Checked, LibrarySubject, Stop};
use crate::library::manifest::ConfigKeyManifest;

const OPERATION: &str = "config";

pub const CASES: &[Case] = &[
    Case::library(
        OPERATION,
        "config_keys_are_in_order",
        "Keys and aliases are different, types known, defaults and choices of the type.",
        keys,
    ),
    Case::library(
        OPERATION,
        "a_valid_config_is_accepted",
        "The config of the store that is checked is valid.",
        |library| Ok(library.validate(&library.config)?),
    ),
    Case::library(
        OPERATION,
        "validation_can_be_repeated",
        "To validate makes nothing that a second validation would meet.",
        |library| {
            library.validate(&library.config)?;
            Ok(library.validate(&library.config)?)
        },
    ),
    Case::library(
        OPERATION,
        "an_unknown_key_is_refused",
        "A key that the flavor does not have is *invalid argument*, and named.",
        |library| names_the_key(library, "no_such_key", &with(library, "no_such_key", json!("x"))),
    ),
    Case::library(
        OPERATION,
        "a_missing_required_key_is_refused",
        "Each required key that is missing is *invalid argument*, and named.",
        |library| {
            let required = some_keys(library, "no key is required", |key| key.required)?;
            required.iter().try_for_each(|key| names_the_key(library, &key.name, &without(library, key)))
        },
    ),
    Case::library(
        OPERATION,
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
        OPERATION,
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
        OPERATION,
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
        OPERATION,
        "a_config_that_is_no_object_is_refused",
        "A config that is no JSON object is *invalid argument*.",
        |library| {
            ["", "[]", "null", "{"]
                .into_iter()
                .try_for_each(|config| fails(ErrorKind::InvalidArgument, library.validate_text(config)))
        },
    ),
    Case::library(OPERATION, "secrets_are_in_no_error", "The value of a secret key is in no error.", secrets),
];

/// The keys with a property; skips the case when there are none.
fn some_keys<'a>(
    library: &'a LibrarySubject,
    none: &str,
    property: impl Fn(&ConfigKeyManifest) -> bool,
) -> Checked<Vec<&'a ConfigKeyManifest>> {
    let keys: Vec<_> = library.flavor_manifest()?.config.iter().filter(|key| property(key)).collect();
    if keys.is_empty() { Err(Stop::Skipped(none.to_owned())) } else { Ok(keys) }
}

fn with(library: &LibrarySubject, key: &str, value: Value) -> Map<String, Value> {
    let mut config = match library.flavor_manifest().ok().and_then(|flavor| flavor.key(key)) {
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

/// Validation and making both refuse a config, and say which key it is.
fn names_the_key(library: &LibrarySubject, key: &str, config: &Map<String, Value>) -> Checked {
    for refused in [library.validate(config), library.make(config).map(|_| ())] {
        let text = refused.as_ref().err().map(error_text).unwrap_or_default();
        fails(ErrorKind::InvalidArgument, refused)?;
        that(text.contains(key), &format!("an error that names `{key}`"), || text)?;
    }
    Ok(())
}

fn keys(library: &LibrarySubject) -> Checked {
    library.manifest.flavors.iter().try_for_each(|flavor| {
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
    let made = library.make(config).and_then(|store| store.stat("larder-check-no-such-file").map(|_| ()));
    [library.validate(config), made].into_iter().filter_map(Result::err).collect()
}
