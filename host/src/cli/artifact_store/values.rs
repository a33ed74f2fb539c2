//! Config values as they are typed: `key=value`, where `@file` is what the file holds.

use std::fs;
use std::str::FromStr;

use larder::Error;
use larder::library::manifest::FlavorManifest;

use super::super::failure::Outcome;

/// `key=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub key: String,
    pub value: String,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Ok(Self { key: key.to_owned(), value: value.to_owned() })
            }
            _ => Err("expected key=value".to_owned()),
        }
    }
}

/// The values as they are meant: files read, keys in the spelling of the flavor.
pub fn read(assignments: &[Assignment], manifest: Option<&FlavorManifest>) -> Outcome<Vec<(String, String)>> {
    let read = |assignment: &Assignment| Ok((key_of(&assignment.key, manifest), value_of(assignment)?));
    assignments.iter().map(read).collect()
}

/// Options are often written with dashes, keys with underscores.
fn key_of(key: &str, manifest: Option<&FlavorManifest>) -> String {
    let spelled = key.replace('-', "_");
    match manifest {
        Some(manifest) if manifest.key(key).is_none() && manifest.key(&spelled).is_some() => spelled,
        _ => key.to_owned(),
    }
}

/// `@file` is what the file holds, less one line break at its end; `@@` stands for one `@`.
fn value_of(assignment: &Assignment) -> Outcome<String> {
    let Some(rest) = assignment.value.strip_prefix('@') else { return Ok(assignment.value.clone()) };
    if rest.starts_with('@') {
        return Ok(rest.to_owned());
    }
    let mut text = fs::read_to_string(rest).map_err(|error| {
        let key = &assignment.key;
        Error::io(format!("the file `{rest}` with the value of `{key}` cannot be read"), error)
            .with_hint(format!("for a value that begins with `@` write --{key}=@@..."))
    })?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Outcome<String> {
        value_of(&text.parse().expect("an assignment"))
    }

    #[test]
    fn an_assignment_has_a_key() {
        assert_eq!("a=b=c".parse(), Ok(Assignment { key: "a".into(), value: "b=c".into() }));
        for text in ["a", "=b", ""] {
            assert!(text.parse::<Assignment>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_at_sign_reads_a_file_and_two_are_one() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("secret");
        fs::write(&file, "hush\r\n").expect("a file");
        assert_eq!(value(&format!("token=@{}", file.display())).expect("it reads"), "hush");
        assert_eq!(value("token=@@x").expect("no file"), "@x");
        assert_eq!(value("token=x@y").expect("no file"), "x@y");
        assert!(value("token=@/nonexistent/secret").is_err());
    }
}
