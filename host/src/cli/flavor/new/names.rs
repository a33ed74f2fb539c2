//! The names of a new flavor: which are allowed, and what follows from them.

use larder::{Error, Result};

/// A name and a scheme may have this many characters, as in a manifest.
const MAX_CHARACTERS: usize = 64;

/// The flavors that come with Larder: a second one of the name could not be registered beside them.
const TAKEN: &[&str] = &["local", "memory", "s3", "gcs", "azure", "sqlite"];

const NAME_RULE: &str = "a lower case letter, then at most 63 lower case letters, digits, `-` or `_`";
const SCHEME_RULE: &str =
    "a lower case letter, then lower case letters, digits, `+`, `-` or `.`, such as `shelf://`";

/// The names that stand in the new crate.
#[derive(Debug, PartialEq, Eq)]
pub struct Names {
    /// Of the flavor.
    pub flavor: String,
    /// Of its root paths, with `://`.
    pub scheme: String,
    /// Of the package.
    pub package: String,
    /// Of the library, without `lib` and the ending.
    pub library: String,
}

impl Names {
    /// Checks the name of a flavor and its scheme, which follows from the name when it is not given.
    pub fn new(flavor: &str, scheme: Option<&str>) -> Result<Self> {
        check_name(flavor)?;
        let package = format!("larder-flavor-{flavor}");
        Ok(Self {
            flavor: flavor.to_owned(),
            scheme: scheme.map_or_else(|| Ok(scheme_of(flavor)), checked_scheme)?,
            library: package.replace('-', "_"),
            package,
        })
    }
}

fn check_name(name: &str) -> Result<()> {
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !starts || !name.chars().all(rest) || name.len() > MAX_CHARACTERS {
        let error = Error::usage(format!("{name:?} cannot be the name of a flavor: expected {NAME_RULE}"));
        return Err(match likely_name(name) {
            Some(likely) => error.with_hint(format!("did you mean `{likely}`?")),
            None => error.with_hint("a name such as `shelf` or `my-appliance`"),
        });
    }
    if TAKEN.contains(&name) {
        return Err(Error::usage(format!("flavor `{name}` comes with Larder"))
            .with_hint(format!("give yours a name of its own, such as `my-{name}`")));
    }
    Ok(())
}

/// A name that is allowed and looks like the one that is not.
fn likely_name(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let tame = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let tamed: String = lower.chars().map(tame).collect();
    let tamed = tamed.trim_start_matches(|c: char| !c.is_ascii_lowercase()).trim_end_matches('-');
    let likely: String = tamed.chars().take(MAX_CHARACTERS).collect();
    (!likely.is_empty()).then_some(likely)
}

/// A scheme has no `_`.
fn scheme_of(name: &str) -> String {
    format!("{}://", name.replace('_', "-"))
}

fn checked_scheme(text: &str) -> Result<String> {
    let scheme = text.strip_suffix("://").unwrap_or(text);
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
    let starts = scheme.starts_with(|c: char| c.is_ascii_lowercase());
    if starts && scheme.chars().all(rest) && scheme.len() <= MAX_CHARACTERS {
        return Ok(format!("{scheme}://"));
    }
    let error = Error::usage(format!("{text:?} is no scheme: expected {SCHEME_RULE}"));
    Err(match likely_name(scheme) {
        Some(likely) => error.with_hint(format!("did you mean `{}`?", scheme_of(&likely))),
        // Plain paths have the empty scheme; the local flavor takes them.
        None => error.with_hint("leave --scheme out for one that is made of the name"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(flavor: &str, scheme: Option<&str>) -> (String, String) {
        let error = Names::new(flavor, scheme).expect_err(flavor);
        (error.to_string(), error.hint().unwrap_or_default().to_owned())
    }

    #[test]
    fn the_other_names_follow_from_the_name() {
        let names = Names::new("tape_robot-2", None).expect("the name is allowed");
        assert_eq!(names.scheme, "tape-robot-2://");
        assert_eq!(names.package, "larder-flavor-tape_robot-2");
        assert_eq!(names.library, "larder_flavor_tape_robot_2");
    }

    #[test]
    fn words_of_the_language_are_names_like_others() {
        for name in ["fn", "self", "std", "test", "core", "build", "x"] {
            Names::new(name, None).expect(name);
        }
        Names::new(&"x".repeat(64), None).expect("64 characters");
    }

    #[test]
    fn a_bad_name_is_refused_with_a_better_one() {
        for (name, better) in
            [("Shelf", "shelf"), ("my shelf", "my-shelf"), ("2shelf", "shelf"), ("a/b", "a-b")]
        {
            assert_eq!(refused(name, None).1, format!("did you mean `{better}`?"));
        }
        for name in ["", "7", "_", "É", "../.."] {
            assert_eq!(refused(name, None).1, "a name such as `shelf` or `my-appliance`", "{name}");
        }
        assert_eq!(refused(&"x".repeat(65), None).1, format!("did you mean `{}`?", "x".repeat(64)));
    }

    #[test]
    fn the_flavors_of_larder_have_their_names() {
        let (message, hint) = refused("s3", None);
        assert_eq!(message, "flavor `s3` comes with Larder");
        assert_eq!(hint, "give yours a name of its own, such as `my-s3`");
    }

    #[test]
    fn a_scheme_may_be_given_with_or_without_its_slashes() {
        for scheme in ["shelf+v1.2", "shelf+v1.2://"] {
            assert_eq!(Names::new("x", Some(scheme)).expect(scheme).scheme, "shelf+v1.2://");
        }
        assert_eq!(refused("x", Some("My_Shelf://")).1, "did you mean `my-shelf://`?");
        for scheme in ["", "/", "://", "1"] {
            assert!(refused("x", Some(scheme)).0.contains("is no scheme"), "{scheme}");
        }
    }
}
