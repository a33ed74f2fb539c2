//! Keys and paths: a service takes nearly any text for a key, and not every key has a path.

use larder_plugin_api::{Error, ErrorKind, StorePath};

use crate::wire::listed::{Listed, Listing};

/// Where a key belongs in the tree of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The directory: the key's own when it is a marker, else the one that holds it. Of a key that has no path, the nearest
    /// directory above that has one.
    pub directory: &'a str,
    /// The name of the file in it.
    pub file: Option<&'a str>,
    /// Why the key has no path.
    pub reason: Option<&'static str>,
}

/// Finds the place of a key.
pub fn place(listed: &Listed) -> Place<'_> {
    let key = listed.key.as_str();
    let has_content = listed.kind == Listing::Object && listed.size > 0;
    let end = named_end(key);
    if end < key.len() {
        return Place { directory: &key[..end], file: None, reason: Some(reason(key, end)) };
    }
    if listed.is_directory() || key.is_empty() {
        let reason = has_content.then_some("it ends with `/` and has content");
        return Place { directory: key.strip_suffix('/').unwrap_or(key), file: None, reason };
    }
    let (directory, file) = key.rsplit_once('/').unwrap_or(("", key));
    Place { directory, file: Some(file), reason: None }
}

/// Where the beginning ends that is a path; after it there is a component that no path has, with the `/` before it.
fn named_end(key: &str) -> usize {
    let mut at = 0;
    for component in key.split('/') {
        let next = at + component.len() + usize::from(at > 0);
        let is_last_slash = component.is_empty() && at > 0 && next == key.len();
        if !is_last_slash && !is_name(component) && !key.is_empty() {
            return at;
        }
        at = next;
    }
    key.len()
}

fn is_name(component: &str) -> bool {
    !matches!(component, "" | "." | "..") && !component.contains('\0')
}

/// What is wrong with the component after the beginning that is a path.
fn reason(key: &str, end: usize) -> &'static str {
    let rest = &key[end..];
    let component = if end == 0 { rest } else { rest.strip_prefix('/').unwrap_or(rest) };
    match component.split('/').next().unwrap_or_default() {
        "." => "a component of it is `.`",
        ".." => "a component of it is `..`",
        "" if end == 0 => "it begins with `/`",
        "" => "a component of it is empty",
        _ => "it has a NUL byte",
    }
}

/// The item for a key that has no path. Its path is the key below the store's root, as it is.
pub fn nameless(key: &str, reason: &str) -> Error {
    Error::new(ErrorKind::InvalidPath, format!("no path leads to this key: {reason}")).with_path(key)
}

/// Whether an object is a directory although its key has no `/` at the end: as Azure's accounts with a hierarchical
/// namespace have it, and what Hadoop and Spark write.
pub fn is_folder(metadata: &opendal::Metadata) -> bool {
    let mut pairs = metadata.user_metadata().into_iter().flatten();
    pairs.any(|(name, value)| is_folder_mark(name, value))
}

/// The mark of such an object.
pub fn is_folder_mark(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case("hdi_isfolder") && value.eq_ignore_ascii_case("true")
}

/// Whether a path is in a directory or is the directory.
pub fn is_in(path: &str, directory: &str) -> bool {
    match (StorePath::new(path), StorePath::new(directory)) {
        (Ok(path), Ok(directory)) => path.below(directory).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str, size: u64) -> Listed {
        Listed { key: key.to_owned(), size, ..Listed::default() }
    }

    #[test]
    fn a_key_that_is_a_path_has_a_directory_and_a_name() {
        for (key, directory, file) in [
            ("a", "", Some("a")),
            ("d/a", "d", Some("a")),
            ("d/e/", "d/e", None),
            ("d/", "d", None),
            ("", "", None),
            ("d/...", "d", Some("...")),
        ] {
            let listed = object(key, 0);
            assert_eq!(place(&listed), Place { directory, file, reason: None }, "{key}");
        }
    }

    #[test]
    fn a_key_without_a_path_says_why_and_where_it_would_be() {
        for (key, directory, part) in [
            ("/x", "", "begins with `/`"),
            ("/", "", "begins with `/`"),
            ("//", "", "begins with `/`"),
            ("d//x", "d", "empty"),
            ("d//", "d", "empty"),
            ("d/../x", "d", "`..`"),
            ("d/.", "d", "`.`"),
            ("./x", "", "`.`"),
            ("..", "", "`..`"),
            ("d/e\0", "d", "NUL"),
        ] {
            let listed = object(key, 0);
            let found = place(&listed);
            assert_eq!((found.directory, found.file), (directory, None), "{key:?}");
            assert!(found.reason.is_some_and(|reason| reason.contains(part)), "{key:?}: {found:?}");
        }
    }

    #[test]
    fn content_under_a_directorys_key_has_no_path() {
        assert_eq!(place(&object("d/e/", 1)).reason, Some("it ends with `/` and has content"));
        assert_eq!(place(&Listed::prefix("d/e/")).reason, None);
    }
}
