//! The names that users give: which are allowed, and labels.

use crate::error::{Error, Result};

const MAX_LEN: usize = 64;

/// Checks the name of a flavor, an artifact store or a stack.
///
/// The rule keeps `:` and `/` out, so that `name:path` can be told from a URI and from a local path.
pub(super) fn check(what: &str, name: &str) -> Result<()> {
    let wrong = if name.is_empty() {
        "is empty"
    } else if name.len() > MAX_LEN {
        "is longer than 64 characters"
    } else if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        "does not start with a letter or a digit"
    } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) {
        "has a character that is not allowed"
    } else {
        return Ok(());
    };
    Err(Error::usage(format!("the name {name:?} for {} {what} {wrong}", article(what)))
        .with_hint("a name has letters, digits, `.`, `_` and `-`, starts with a letter or a digit, and has at most 64 characters"))
}

fn article(what: &str) -> &'static str {
    if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// The names of some things of one sort, for a sentence.
pub(super) fn list(what: &str, names: &[&str]) -> String {
    let plural = if names.len() == 1 { "" } else { "s" };
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("{what}{plural} {}", names.join(", "))
}

/// Takes a label apart, as a user writes it: `team=vision`. The value may be empty.
///
/// # Errors
///
/// No `=`, an empty key, or a control character.
pub fn parse_label(text: &str) -> Result<(String, String)> {
    let (key, value) = text.split_once('=').ok_or_else(|| {
        Error::usage(format!("label {text:?} has no `=`")).with_hint("write a label as key=value")
    })?;
    let key = key.trim();
    if key.is_empty() {
        return Err(
            Error::usage(format!("label {text:?} has no key")).with_hint("write a label as key=value")
        );
    }
    if text.chars().any(char::is_control) {
        return Err(Error::usage(format!("label {text:?} has a control character")));
    }
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_be_taken_for_a_uri_or_a_path() {
        for name in ["mine", "a", "7", "my-store_2.old", &"x".repeat(64)] {
            check("stack", name).expect(name);
        }
        for name in ["", "-x", ".x", "a:b", "a/b", "a b", "é", "s3://", "a\n", &"x".repeat(65)] {
            assert!(check("stack", name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_name() {
        let error = check("artifact store", "a:b").unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"the name "a:b" for an artifact store has a character that is not allowed"#
        );
    }

    #[test]
    fn a_label_is_a_key_and_a_value() {
        assert_eq!(parse_label("team=a=b").unwrap(), ("team".to_owned(), "a=b".to_owned()));
        assert_eq!(parse_label("team=").unwrap().1, "");
        for text in ["team", "=x", " =x", "a=\u{1b}"] {
            assert!(parse_label(text).is_err(), "{text:?}");
        }
    }
}
