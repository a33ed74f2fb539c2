//! The config of a store against the keys its flavor declares: what is accepted, what is kept, what crosses the ABI.

use std::collections::BTreeMap;

use larder_plugin_api::{Root, ValueType};
use serde_json::{Map, Value};

use super::secrets::{Reference, is_printable};
use crate::error::{Error, Result, suggestion};
use crate::library::manifest::{ConfigKeyManifest, FlavorManifest};

/// The config of a store, by key, as it was given.
pub type ConfigValues = BTreeMap<String, Value>;

/// Checks values that were given for a store of this flavor, and answers with what to keep of them: under the key's own
/// name, spelled as it was given (`8MiB`), but truth values and whole numbers as such. A missing key is no error here, see
/// [`complete`].
///
/// # Errors
///
/// *Invalid config*, naming the key, what was wrong and what is allowed, for a key that the flavor does not have (with
/// the closest one that it has), one that is given twice, and a value of the wrong type or not among the choices. The
/// value of a secret is not in the message.
pub fn accept(
    manifest: &FlavorManifest,
    given: impl IntoIterator<Item = (String, Value)>,
) -> Result<ConfigValues> {
    let mut values = ConfigValues::new();
    for (name, value) in given {
        let key = manifest.key(&name).ok_or_else(|| unknown(manifest, &name))?;
        let kept = check(manifest, key, &value)?;
        if values.insert(key.name.clone(), kept).is_some() {
            let also =
                if name == key.name { String::new() } else { format!(", the second time as `{name}`") };
            return Err(Error::invalid_config(format!("config key `{}` is given twice{also}", key.name)));
        }
    }
    Ok(values)
}

/// Checks that no required key is missing.
///
/// # Errors
///
/// *Invalid config*, naming the key.
pub fn complete(manifest: &FlavorManifest, values: &ConfigValues) -> Result<()> {
    let missing = |key: &&ConfigKeyManifest| key.required && !values.contains_key(&key.name);
    match manifest.config.iter().find(missing) {
        Some(key) => Err(required(&key.name, &manifest.name)),
        None => Ok(()),
    }
}

/// The JSON object that crosses the ABI: references resolved, values in the form of [`ValueType::normalise`].
///
/// # Errors
///
/// *Invalid config* for a reference that leads nowhere, and all that [`accept`] and [`complete`] refuse: the flavor may
/// have changed since.
pub fn to_abi(manifest: &FlavorManifest, values: &ConfigValues) -> Result<String> {
    complete(manifest, values)?;
    let mut object = Map::new();
    for (name, value) in values {
        let key = manifest.key(name).ok_or_else(|| unknown(manifest, name))?;
        let reference = Reference::parse(value).filter(|_| key.secret);
        let value = match reference {
            Some(reference) => {
                let context = |error: Error| error.context(format!("config key `{name}` has no value"));
                normalise(manifest, key, &reference.resolve().map_err(context)?.into())?
            }
            None => normalise(manifest, key, value)?,
        };
        object.insert(key.name.clone(), value);
    }
    Ok(Value::Object(object).to_string())
}

/// Checks the root path of a store of this flavor, and takes it apart.
///
/// # Errors
///
/// *Invalid config* for what is no URI and no absolute path, a scheme that the flavor does not support (naming those that
/// it does), and a password in a URI.
pub fn check_root(manifest: &FlavorManifest, path: &str) -> Result<Root> {
    let root =
        Root::parse(path).map_err(|error| Error::invalid_config(format!("root path {}", error.message())))?;
    if root.authority().split_once('@').is_some_and(|(user, _)| user.contains(':')) {
        return Err(Error::invalid_config("the root path has a password in it, which would be printed")
            .with_hint("give it as a secret of the config"));
    }
    if manifest.schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(root.scheme())) {
        return Ok(root);
    }
    let found = match root.scheme() {
        "" => "is a plain path".to_owned(),
        scheme => format!("has the scheme `{scheme}`"),
    };
    let schemes: Vec<String> = manifest.schemes.iter().map(|scheme| scheme_in_words(scheme)).collect();
    let (flavor, schemes) = (&manifest.name, schemes.join(", "));
    Err(Error::invalid_config(format!("root path `{path}` {found}, flavor `{flavor}` supports {schemes}")))
}

pub(super) fn required(key: &str, flavor: &str) -> Error {
    Error::invalid_config(format!("config key `{key}` is required by flavor `{flavor}`"))
}

fn scheme_in_words(scheme: &str) -> String {
    if scheme.is_empty() { "plain absolute paths".to_owned() } else { format!("`{scheme}`") }
}

fn unknown(manifest: &FlavorManifest, name: &str) -> Error {
    let known: Vec<&str> = manifest
        .config
        .iter()
        .flat_map(|key| std::iter::once(&key.name).chain(&key.aliases))
        .map(String::as_str)
        .collect();
    let error = Error::invalid_config(format!("flavor `{}` has no config key `{name}`", manifest.name));
    error.with_hint(suggestion(name, &known).unwrap_or_else(|| "it has none at all".to_owned()))
}

fn check(manifest: &FlavorManifest, key: &ConfigKeyManifest, value: &Value) -> Result<Value> {
    if key.secret && Reference::parse(value).is_some() {
        return Ok(value.clone());
    }
    let normal = normalise(manifest, key, value)?;
    let as_such = matches!(normal, Value::Bool(_)) || key.value_type == ValueType::Integer.as_str();
    Ok(if as_such { normal } else { value.clone() })
}

fn normalise(manifest: &FlavorManifest, key: &ConfigKeyManifest, value: &Value) -> Result<Value> {
    let wrong = |expected: &str| {
        let name = &key.name;
        let found = match value {
            value if !is_printable(name, value, Some(manifest)) => "is wrong".to_owned(),
            value => format!("is {value}"),
        };
        Error::invalid_config(format!("config key `{name}` {found}, expected {expected}"))
    };
    // A type of a newer plugin-api is the flavor's own to check.
    let Some(value_type) = ValueType::from_name(&key.value_type) else { return Ok(value.clone()) };
    let normal = value_type.normalise(value).map_err(|_| wrong(value_type.expected()))?;
    match normal.as_str() {
        Some(text) if !key.choices.is_empty() && !key.choices.iter().any(|choice| choice == text) => {
            Err(wrong(&format!("one of {}", key.choices.join(", "))))
        }
        _ => Ok(normal),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use serde_json::json;

    /// A flavor with a key of every sort.
    pub(in crate::registry) fn manifest() -> FlavorManifest {
        serde_json::from_value(json!({
            "type": "artifact_store", "name": "test", "schemes": ["", "test://"],
            "config": [
                {"name": "mode", "type": "text", "choices": ["fast", "safe"], "default": "safe"},
                {"name": "part_size", "type": "bytes", "aliases": ["chunk"]},
                {"name": "timeout", "type": "duration"},
                {"name": "fsync", "type": "boolean"},
                {"name": "retries", "type": "integer"},
                {"name": "token", "type": "text", "secret": true},
                {"name": "other_token", "type": "text", "secret": true},
                {"name": "pin", "type": "integer", "secret": true},
                {"name": "newer", "type": "colour"}
            ]
        }))
        .expect("a manifest")
    }

    fn accepted(given: &[(&str, Value)]) -> Result<ConfigValues> {
        accept(&manifest(), given.iter().map(|(key, value)| ((*key).to_owned(), value.clone())))
    }

    #[test]
    fn keeps_the_spelling_and_resolves_other_names() {
        let given = [("chunk", json!("8MiB")), ("timeout", json!("30s")), ("newer", json!("blue"))];
        let values = accepted(&given).unwrap();
        assert_eq!(json!(values), json!({"part_size": "8MiB", "timeout": "30s", "newer": "blue"}));
    }

    #[test]
    fn keeps_truth_values_and_numbers_as_such() {
        let values = accepted(&[("fsync", json!("yes")), ("retries", json!("3"))]).unwrap();
        assert_eq!(json!(values), json!({"fsync": true, "retries": 3}));
    }

    #[test]
    fn says_which_key_is_wrong_and_what_is_allowed() {
        for (key, value, expected) in [
            ("mode", json!("slow"), r#"config key `mode` is "slow", expected one of fast, safe"#),
            ("fsync", json!("maybe"), r#"config key `fsync` is "maybe", expected true or false"#),
            (
                "chunk",
                json!(-1),
                "config key `part_size` is -1, expected a number of bytes such as 1048576, 512KiB or 8MiB",
            ),
            ("retries", json!([]), "config key `retries` is [], expected a whole number, not negative"),
            ("pin", json!("hush"), "config key `pin` is wrong, expected a whole number, not negative"),
            ("fsnyc", json!(true), "flavor `test` has no config key `fsnyc`"),
        ] {
            let error = accepted(&[(key, value)]).unwrap_err();
            assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::InvalidConfig, expected));
        }
    }

    #[test]
    fn suggests_the_closest_key() {
        let error = accepted(&[("part-size", json!(1))]).unwrap_err();
        assert_eq!(error.hint(), Some("did you mean `part_size`?"));
    }

    #[test]
    fn refuses_a_key_under_two_names() {
        let error = accepted(&[("part_size", json!(1)), ("chunk", json!(2))]).unwrap_err();
        assert_eq!(error.to_string(), "config key `part_size` is given twice, the second time as `chunk`");
    }

    #[test]
    fn a_required_key_must_be_there() {
        let mut manifest = manifest();
        manifest.config[5].required = true;
        let error = complete(&manifest, &ConfigValues::new()).unwrap_err();
        assert_eq!(error.to_string(), "config key `token` is required by flavor `test`");
        let values = accepted(&[("token", json!("env:LARDER_TEST_NOT_SET"))]).unwrap();
        complete(&manifest, &values).unwrap();
    }

    #[test]
    fn what_crosses_the_abi_is_normal_and_resolved() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("pin");
        std::fs::write(&file, "12\n").unwrap();
        let reference = json!(format!("file:{}", file.display()));
        let values = accepted(&[
            ("pin", reference),
            ("part_size", json!("1KiB")),
            ("timeout", json!("2s")),
            ("mode", json!("fast")),
        ]);
        let json: Value = serde_json::from_str(&to_abi(&manifest(), &values.unwrap()).unwrap()).unwrap();
        assert_eq!(json, json!({"pin": 12, "part_size": 1024, "timeout": "2000ms", "mode": "fast"}));
    }

    #[test]
    fn a_reference_that_leads_nowhere_names_key_and_place() {
        let values = accepted(&[("token", json!("env:LARDER_TEST_NOT_SET"))]).unwrap();
        let error = to_abi(&manifest(), &values).unwrap_err();
        assert_eq!(error.to_string(), "config key `token` has no value");
        assert_eq!(
            error.causes().collect::<Vec<_>>(),
            ["environment variable `LARDER_TEST_NOT_SET` is not set"]
        );
    }

    #[test]
    fn a_value_that_is_no_secret_is_no_reference() {
        let mut manifest = manifest();
        manifest.config[0].choices.clear();
        let values = accept(&manifest, [("mode".to_owned(), json!("env:HOME"))]).unwrap();
        assert_eq!(to_abi(&manifest, &values).unwrap(), r#"{"mode":"env:HOME"}"#);
    }

    #[test]
    fn a_root_must_have_a_scheme_of_the_flavor() {
        assert_eq!(check_root(&manifest(), "TEST://a/b").unwrap().authority(), "a");
        check_root(&manifest(), "/data").unwrap();
        for (path, expected) in [
            (
                "s3://b",
                "root path `s3://b` has the scheme `s3://`, flavor `test` supports plain absolute paths, `test://`",
            ),
            ("data", "root path `data` is neither a URI nor an absolute path"),
            ("test://me:hush@host/", "the root path has a password in it, which would be printed"),
        ] {
            assert_eq!(check_root(&manifest(), path).unwrap_err().to_string(), expected);
        }
    }
}
