//! The rules that the values of a manifest keep.

use std::collections::HashSet;

use serde_json::Value;

use super::defect::Defect;
use super::text::{excerpt, is_unprintable};
use crate::library::manifest::{FlavorManifest, Manifest};

const NAME_CHARACTERS: usize = 64;

/// Checks every value.
pub fn check(manifest: &Manifest) -> Result<(), Defect> {
    if let Ok(value) = serde_json::to_value(manifest) {
        printable_texts("", &value)?;
    }
    match manifest.panic.as_str() {
        "unwind" => {}
        "abort" => return Err(Defect::PanicAborts),
        other => return Err(wrong("panic", other, "`unwind` or `abort`")),
    }
    if manifest.flavors.is_empty() {
        return Err(Defect::NoFlavors);
    }
    let mut names = HashSet::new();
    for (index, flavor) in manifest.flavors.iter().enumerate() {
        let field = format!("flavors[{index}]");
        check_flavor(&field, flavor)?;
        if !names.insert(flavor.name.as_str()) {
            return Err(duplicate("flavors", &flavor.name, format!("{field}.name")));
        }
    }
    Ok(())
}

fn check_flavor(field: &str, flavor: &FlavorManifest) -> Result<(), Defect> {
    if !is_flavor_name(&flavor.name) {
        let expected = "a lower case letter, then at most 63 lower case letters, digits, `-` or `_`";
        return Err(wrong(&format!("{field}.name"), &flavor.name, expected));
    }
    if flavor.schemes.is_empty() {
        return Err(wrong(&format!("{field}.schemes"), "[]", "at least one scheme"));
    }
    for (index, scheme) in flavor.schemes.iter().enumerate() {
        if !is_scheme(scheme) {
            let expected = "a scheme such as `s3://`, or an empty text for plain absolute paths";
            return Err(wrong(&format!("{field}.schemes[{index}]"), scheme, expected));
        }
    }
    let mut names = HashSet::new();
    for (index, key) in flavor.config.iter().enumerate() {
        let field = format!("{field}.config[{index}]");
        for (name, field) in std::iter::once((&key.name, format!("{field}.name"))).chain(
            key.aliases.iter().enumerate().map(|(alias, name)| (name, format!("{field}.aliases[{alias}]"))),
        ) {
            if !is_key_name(name) {
                let expected = "a letter or `_`, then letters, digits, `-`, `_` or `.`";
                return Err(wrong(&field, name, expected));
            }
            if !names.insert(name.as_str()) {
                return Err(duplicate("config keys", name, field));
            }
        }
    }
    Ok(())
}

fn printable_texts(field: &str, value: &Value) -> Result<(), Defect> {
    match value {
        Value::String(text) if text.chars().any(is_unprintable) => {
            Err(Defect::ControlCharacter { field: field.to_owned(), value: excerpt(text, 80) })
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| printable_texts(&format!("{field}[{index}]"), item)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, item)| {
            let dot = if field.is_empty() { "" } else { "." };
            printable_texts(&format!("{field}{dot}{name}"), item)
        }),
        _ => Ok(()),
    }
}

fn is_flavor_name(name: &str) -> bool {
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    name.len() <= NAME_CHARACTERS
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(rest)
}

/// After RFC 3986, section 3.1, in lower case; the empty scheme stands for plain absolute paths.
fn is_scheme(scheme: &str) -> bool {
    let Some(name) = scheme.strip_suffix("://") else { return scheme.is_empty() };
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
    name.len() <= NAME_CHARACTERS
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(rest)
}

fn is_key_name(name: &str) -> bool {
    let rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.len() <= NAME_CHARACTERS
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(rest)
}

fn wrong(field: &str, value: &str, expected: &'static str) -> Defect {
    Defect::ManifestValue { field: field.to_owned(), value: excerpt(value, 80), expected }
}

fn duplicate(what: &'static str, name: &str, field: String) -> Defect {
    Defect::Duplicate { what, name: name.to_owned(), field }
}
