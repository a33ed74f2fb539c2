//! Secrets in a config: given in place or referred to, resolved when a store is made, never printed.
//!
//! Which keys are secret, the flavor's manifest says. Of such a key, the value `env:NAME` refers to an environment variable
//! and `file:/path` (or `file:///path`) to a file, of which one line break at the end does not count. Any other value is
//! the secret itself. A secret that happens to look like a reference is given through a file. Of a key that is not secret
//! every value is meant as it stands.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use serde_json::Value;

use super::config::ConfigValues;
use super::stores::StoreRecord;
use crate::error::{Error, Result};
use crate::library::manifest::FlavorManifest;

/// What stands in the place of a secret.
pub const REDACTED: &str = "***";

/// More than any key or token needs; what is longer is a wrong file.
const MAX_LEN_BYTES: u64 = 1 << 20;

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// In the environment variable of this name.
    Environment(String),
    /// In this file.
    File(PathBuf),
}

impl Reference {
    /// The reference that a value is; `None` when it is the secret itself.
    pub fn parse(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        if let Some(name) = text.strip_prefix("env:") {
            let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            let is_name = starts && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            return is_name.then(|| Self::Environment(name.to_owned()));
        }
        let path = text.strip_prefix("file:")?;
        let path = path.strip_prefix("//").filter(|path| path.starts_with('/')).unwrap_or(path);
        (path.starts_with('/') && !path.starts_with("//")).then(|| Self::File(path.into()))
    }

    /// The secret.
    ///
    /// # Errors
    ///
    /// *Invalid config* when the variable is not set or not UTF-8, or the file cannot be read, is not UTF-8 or longer
    /// than 1 MiB.
    pub fn resolve(&self) -> Result<String> {
        match self {
            Self::Environment(name) => std::env::var(name).map_err(|error| {
                let what = match error {
                    std::env::VarError::NotPresent => "is not set",
                    std::env::VarError::NotUnicode(_) => "is not UTF-8",
                };
                Error::invalid_config(format!("environment variable `{name}` {what}"))
            }),
            Self::File(path) => {
                let wrong = |source| {
                    Error::invalid_config(format!("secret file `{}` cannot be read", path.display()))
                        .with_source(source)
                };
                let mut text = String::new();
                let file = File::open(path).map_err(wrong)?;
                file.take(MAX_LEN_BYTES + 1).read_to_string(&mut text).map_err(wrong)?;
                if text.len() as u64 > MAX_LEN_BYTES {
                    let message = format!("secret file `{}` is longer than 1 MiB", path.display());
                    return Err(Error::invalid_config(message));
                }
                let without_break = text.strip_suffix('\n').unwrap_or(&text);
                Ok(without_break.strip_suffix('\r').unwrap_or(without_break).to_owned())
            }
        }
    }
}

/// The config of a store as it may be printed: references as they are, secrets given in place as `***`.
///
/// What is not known not to be a secret counts as one: of a flavor without a manifest, and of a key that the manifest does
/// not have, no value is shown but references and `true` and `false`.
pub fn redacted(store: &StoreRecord, manifest: Option<&FlavorManifest>) -> ConfigValues {
    let show = |(key, value): (&String, &Value)| {
        let shown = if is_printable(key, value, manifest) { value.clone() } else { REDACTED.into() };
        (key.clone(), shown)
    };
    store.config.iter().map(show).collect()
}

pub(super) fn is_printable(key: &str, value: &Value, manifest: Option<&FlavorManifest>) -> bool {
    match manifest.and_then(|manifest| manifest.key(key)) {
        Some(key) if !key.secret => true,
        Some(_) => Reference::parse(value).is_some(),
        None => Reference::parse(value).is_some() || value.is_boolean(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::config::tests::manifest;
    use serde_json::json;

    fn store() -> StoreRecord {
        let config = [
            ("token", json!("hush")),
            ("other_token", json!("env:TOKEN")),
            ("mode", json!("safe")),
            ("fsync", json!(true)),
            ("not_known", json!(1234)),
        ];
        let config = config.map(|(key, value)| (key.to_owned(), value));
        StoreRecord::new("mine", "test", "/data").with_config(config.into())
    }

    #[test]
    fn a_reference_is_told_from_a_secret() {
        let reference = |text: &str| Reference::parse(&text.into());
        assert_eq!(reference("env:A_1"), Some(Reference::Environment("A_1".to_owned())));
        assert_eq!(reference("file:/run/s"), Some(Reference::File("/run/s".into())));
        assert_eq!(reference("file:///run/s"), Some(Reference::File("/run/s".into())));
        for text in ["env:", "env:1A", "env:a-b", "file:", "file:a", "file://host/a", "hush", "ENV:A"] {
            assert_eq!(reference(text), None, "{text}");
        }
    }

    #[test]
    fn a_file_gives_its_text_without_the_last_line_break() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secret");
        for (text, expected) in [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a", " a"), ("", "")] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(Reference::File(file.clone()).resolve().unwrap(), expected);
        }
    }

    #[test]
    fn says_which_reference_leads_nowhere() {
        let error = Reference::Environment("LARDER_TEST_NOT_SET".to_owned()).resolve().unwrap_err();
        assert_eq!(error.to_string(), "environment variable `LARDER_TEST_NOT_SET` is not set");
        let error = Reference::File("/nonexistent/secret".into()).resolve().unwrap_err();
        assert_eq!(error.to_string(), "secret file `/nonexistent/secret` cannot be read");
    }

    #[test]
    fn a_secret_is_never_shown_and_a_reference_is() {
        let shown = serde_json::to_value(redacted(&store(), Some(&manifest()))).unwrap();
        let expected = json!({
            "token": "***", "other_token": "env:TOKEN", "mode": "safe", "fsync": true, "not_known": "***"
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn without_a_manifest_anything_may_be_a_secret() {
        let shown = serde_json::to_value(redacted(&store(), None)).unwrap();
        let expected = json!({
            "token": "***", "other_token": "env:TOKEN", "mode": "***", "fsync": true, "not_known": "***"
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn debug_shows_no_value() {
        let text = format!("{:?}", store());
        assert!(text.contains("token") && !text.contains("hush"), "{text}");
    }
}
