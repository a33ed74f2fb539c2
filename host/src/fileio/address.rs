//! How a user names an artifact: a URI, `store-name:relative/path`, or an ordinary local path.

use std::path::Path;

use larder_plugin_api::{Error, ErrorKind, Result, Root};

use crate::working_directory::absolute;

/// What a user wrote, taken apart but not looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `name:path`, a path within a store of that name.
    InStore {
        /// The name before the colon.
        store: String,
        /// What follows it, as it was written.
        path: String,
    },
    /// A URI, or an ordinary local path made absolute.
    Uri(Root),
}

impl Address {
    /// Takes a text apart.
    ///
    /// `scheme://…` and `file:/…` are URIs. Otherwise a colon before the first `/` ends the name of a store; write `./a:b` for a local
    /// file with a colon in its name. Everything else is a local path, relative to the current directory.
    ///
    /// # Errors
    ///
    /// *Invalid path* for an empty text or a NUL byte, *out of bounds* for a `..` component.
    pub fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::new(ErrorKind::InvalidPath, "the path is empty"));
        }
        if Root::split_scheme(text).0.is_some() {
            refuse_parents(text)?;
            return Ok(Self::Uri(Root::parse(text)?));
        }
        if let Some((store, path)) = text.split_once(':')
            && !store.is_empty()
            && !store.contains('/')
        {
            if store.eq_ignore_ascii_case("file") && path.starts_with('/') {
                refuse_parents(path)?;
                return Self::local(Path::new(path));
            }
            return Ok(Self::InStore { store: store.to_owned(), path: path.to_owned() });
        }
        refuse_parents(text)?;
        Self::local(Path::new(text))
    }

    fn local(file: &Path) -> Result<Self> {
        let absolute = absolute(file).map_err(Error::from)?;
        let text = absolute.to_str().ok_or_else(|| {
            let message = format!("the path `{}` is not UTF-8", absolute.display());
            Error::new(ErrorKind::InvalidPath, message)
        })?;
        Ok(Self::Uri(Root::parse(text)?))
    }
}

/// `..` is refused rather than resolved: after a symbolic link it means another directory than the text says.
fn refuse_parents(text: &str) -> Result<()> {
    if text.split('/').any(|component| component == "..") {
        return Err(Error::new(ErrorKind::OutOfBounds, "the path has a `..` component").with_path(text));
    }
    Ok(())
}

/// What is left of a URI below a root, by component, or `None` when it is not below it.
///
/// Only authority and path are compared: schemes of one flavor are spellings of the same place, and whether a scheme is
/// the flavor's is the caller's question.
pub fn below(root: &Root, uri: &Root) -> Option<String> {
    if authority(root) != authority(uri) {
        return None;
    }
    let rest = uri.path().strip_prefix(root.path())?;
    if rest.is_empty() { Some(String::new()) } else { rest.strip_prefix('/').map(str::to_owned) }
}

/// An empty authority and `localhost` are the same host (RFC 8089, section 2).
fn authority(uri: &Root) -> &str {
    if matches!(uri.scheme(), "file://" | "") && uri.authority().eq_ignore_ascii_case("localhost") {
        ""
    } else {
        uri.authority()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Root {
        Root::parse(text).expect(text)
    }

    #[test]
    fn a_colon_before_the_first_slash_names_a_store() {
        for (text, store, path) in
            [("mine:", "mine", ""), ("mine:a/b:c", "mine", "a/b:c"), ("m:/a", "m", "/a")]
        {
            let expected = Address::InStore { store: store.into(), path: path.into() };
            assert_eq!(Address::parse(text), Ok(expected));
        }
    }

    #[test]
    fn a_scheme_makes_a_uri() {
        assert_eq!(Address::parse("S3://b/k"), Ok(Address::Uri(uri("s3://b/k"))));
        assert_eq!(Address::parse("/data/a"), Ok(Address::Uri(uri("/data/a"))));
        assert_eq!(Address::parse("file:/data/a"), Ok(Address::Uri(uri("/data/a"))));
    }

    #[test]
    fn a_relative_path_starts_at_the_current_directory() {
        let here = std::env::current_dir().expect("there is one");
        let expected = here.join("a/b:c");
        assert_eq!(Address::parse("./a/b:c"), Ok(Address::Uri(uri(expected.to_str().expect("UTF-8")))));
    }

    #[test]
    fn refuses_a_parent_component() {
        for text in ["../a", "/data/../etc", "s3://b/../c"] {
            assert_eq!(Address::parse(text).expect_err(text).kind(), ErrorKind::OutOfBounds);
        }
    }

    #[test]
    fn bounds_go_by_component() {
        assert_eq!(below(&uri("s3://b/art"), &uri("s3://b/art/x")).as_deref(), Some("x"));
        assert_eq!(below(&uri("s3://b/art"), &uri("s3://b/art")).as_deref(), Some(""));
        assert_eq!(below(&uri("s3://b/art"), &uri("s3://b/artifacts2/x")), None);
        assert_eq!(below(&uri("s3://b"), &uri("s3://bucket/x")), None);
        assert_eq!(below(&uri("/data"), &uri("file://localhost/data/x")).as_deref(), Some("x"));
        assert_eq!(below(&uri("/"), &uri("/data/x")).as_deref(), Some("data/x"));
    }
}
