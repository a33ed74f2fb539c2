//! A check that is ready to run: the temporary home that it lives in, and the secrets that it must not tell.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::{ChildCommand, Outcome, Report, Runner, Subject};
use crate::library::manifest::FlavorManifest;
use crate::registry::secrets::REDACTED;
use crate::{Cancellation, Error, Home, Host, HostOptions, Result};

/// The name of the store in the temporary home.
pub const STORE: &str = "checked";

/// A check that is ready to run, with the temporary home that it lives in.
#[derive(Debug)]
pub struct PreparedCheck {
    pub(super) temporary: TempDir,
    pub(super) host: Host,
    pub(super) flavor: String,
    pub(super) root: String,
    pub(super) sha256: String,
    pub(super) root_is_given: bool,
    pub(super) secrets: Secrets,
}

impl PreparedCheck {
    /// The directory that a child process gives to [`serve_home`].
    pub fn home(&self) -> PathBuf {
        self.temporary.path().join("home")
    }

    /// The name of the flavor.
    pub fn flavor(&self) -> &str {
        &self.flavor
    }

    /// The root path.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The SHA-256 of the library.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What is checked; the library is loaded into this process.
    ///
    /// # Errors
    ///
    /// Why it cannot be loaded.
    pub fn subject(&self) -> Result<Subject> {
        self.host.check_subject(STORE)
    }

    /// What is checked, in child processes alone. They are started by the command and call [`serve_home`].
    pub fn isolated_subject(&self, child: ChildCommand) -> Subject {
        Subject::new(|_| Err(Error::library("the library is used in child processes alone")))
            .with_child(child)
    }

    /// Runs the cases. No value of a secret config key is in the report or in an error, whatever the flavor says.
    ///
    /// # Errors
    ///
    /// Those of [`Runner::run`]; when nobody chose the root, they say that it can be chosen.
    pub fn run(&self, runner: &Runner, subject: &Subject) -> Result<Report> {
        match runner.run(subject) {
            Ok(mut report) => {
                self.secrets.hide_in_report(&mut report);
                Ok(report)
            }
            Err(error) => {
                let error = self.secrets.hide_in_error(error);
                if self.root_is_given || error.hint().is_some() {
                    return Err(error);
                }
                let (root, flavor) = (&self.root, &self.flavor);
                Err(error.with_hint(format!(
                    "`{root}` is only a guess: give the root of an empty store of flavor `{flavor}` with `--path`"
                )))
            }
        }
    }
}

/// The values of the config that nobody may see.
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Those of a config as it crosses the ABI, with all references resolved.
    pub fn of(manifest: &FlavorManifest, config: &str) -> Self {
        let config: BTreeMap<String, Value> = serde_json::from_str(config).unwrap_or_default();
        let secret = |key: &String| manifest.key(key).is_none_or(|key| key.secret);
        let values = config.into_iter().filter(|(key, _)| secret(key)).map(|(_, value)| match value {
            Value::String(text) => text,
            value => value.to_string(),
        });
        // An error may show a value as it would stand in a program.
        let spellings = values.flat_map(|value| [value.escape_debug().to_string(), value]);
        Self(spellings.filter(|value| !value.is_empty()).collect())
    }

    fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), REDACTED))
    }

    fn hide_in_report(&self, report: &mut Report) {
        for result in &mut report.results {
            if let Outcome::Failed { expected, got } = &mut result.outcome {
                (*expected, *got) = (self.hide(expected), self.hide(got));
            }
        }
        report.left_behind = report.left_behind.as_ref().map(|text| self.hide(text));
    }

    fn hide_in_error(&self, error: Error) -> Error {
        let texts: Vec<String> = std::iter::once(error.to_string()).chain(error.causes()).collect();
        let hidden: Vec<String> = texts.iter().map(|text| self.hide(text)).collect();
        if texts == hidden {
            return error;
        }
        let safe = Error::new(error.kind(), &hidden[0]).with_source(hidden[1..].join(": "));
        error.hint().map(|hint| self.hide(hint)).into_iter().fold(safe, Error::with_hint)
    }
}

/// Nothing of what it hides.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// Serves a check from a child process, given the [home](PreparedCheck::home) of the check and the command that starts
/// one more such process, for the cases that kill one.
///
/// # Errors
///
/// When the library cannot be loaded, or the check has gone.
pub fn serve_home(home: &Path, child: ChildCommand) -> Result<()> {
    let subject = Host::open(options(home)?).check_subject(STORE)?.with_child(child);
    super::serve(&subject).map_err(|error| Error::io("the check does not listen", error))
}

/// Nothing but what is in the home is known, and nothing is tried: the check has done that.
pub fn options(home: &Path) -> Result<HostOptions> {
    let options = HostOptions::at(Home::at(home))?;
    Ok(HostOptions { plugin_directories: Vec::new(), cancellation: Cancellation::new(), ..options })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn secrets(config: &str) -> Secrets {
        let manifest = serde_json::json!({
            "component_type": "artifact_store",
            "type": "artifact_store",
            "name": "test",
            "schemes": ["test://"],
            "config": [{"name": "token", "type": "text", "secret": true}, {"name": "mode", "type": "text"}]
        });
        Secrets::of(&serde_json::from_value(manifest).expect("a manifest"), config)
    }

    #[test]
    fn hides_the_values_of_secret_keys_however_they_are_spelled() {
        let secrets = secrets(r#"{"token": "hu\"sh", "mode": "fast"}"#);
        assert_eq!(secrets.hide(r#"mode fast, token hu"sh or "hu\"sh""#), r#"mode fast, token *** or "***""#);
    }

    #[test]
    fn hides_them_in_errors_and_their_causes() {
        let error = Error::library("no hush here").with_source("hush was refused").with_hint("not hush");
        let safe = secrets(r#"{"token": "hush"}"#).hide_in_error(error);
        assert_eq!((safe.kind(), safe.to_string().as_str()), (ErrorKind::Library, "no *** here"));
        assert_eq!(safe.causes().collect::<Vec<_>>(), ["*** was refused"]);
        assert_eq!(safe.hint(), Some("not ***"));
    }
}
