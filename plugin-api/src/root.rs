//! The root path of a store: a URI or an absolute local path, taken apart.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};

/// The root path that an artifact store was registered with.
///
/// A URI is `scheme://authority/path` with a scheme after RFC 3986, section 3.1 (a letter, then letters, digits, `+`,
/// `-` and `.`; compared without case). A plain absolute path has the empty scheme. Nothing is percent-decoded: like the
/// tools of the field, a path says its characters as they are.
///
/// ```
/// use larder_plugin_api::Root;
///
/// let root = Root::parse("S3://bucket/some/prefix/")?;
/// assert_eq!((root.scheme(), root.authority(), root.path()), ("s3://", "bucket", "/some/prefix"));
/// let root = Root::parse("/data/artifacts")?;
/// assert_eq!((root.scheme(), root.authority(), root.path()), ("", "", "/data/artifacts"));
/// # Ok::<(), larder_plugin_api::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Root {
    scheme: String,
    authority: String,
    path: String,
}

impl Root {
    /// Takes a URI or an absolute path apart and normalises it: scheme in lower case, no empty or `.` component.
    ///
    /// # Errors
    ///
    /// Invalid path for a relative path, a `..` component or a NUL byte.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: &str| Error::new(ErrorKind::InvalidPath, format!("`{text}` {what}"));
        if text.contains('\0') {
            return Err(wrong("has a NUL byte"));
        }
        let (scheme, rest) = Self::split_scheme(text);
        let (authority, path) = match &scheme {
            Some(_) => rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash)),
            None => ("", rest),
        };
        if scheme.is_none() && !path.starts_with('/') {
            return Err(wrong("is neither a URI nor an absolute path"));
        }
        let mut normalised = String::with_capacity(path.len());
        for component in path.split('/') {
            match component {
                "" | "." => {}
                ".." => return Err(wrong("has a `..` component")),
                component => {
                    normalised.push('/');
                    normalised.push_str(component);
                }
            }
        }
        Ok(Self { scheme: scheme.unwrap_or_default(), authority: authority.to_owned(), path: normalised })
    }

    /// The scheme in lower case with its `://`, and what follows it; no scheme for a plain path.
    pub fn split_scheme(text: &str) -> (Option<String>, &str) {
        match text.split_once("://") {
            Some((scheme, rest)) if is_scheme(scheme) => {
                (Some(format!("{}://", scheme.to_ascii_lowercase())), rest)
            }
            _ => (None, text),
        }
    }

    /// The scheme in lower case with its `://`; empty for a plain path.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// What stands between `://` and the next `/`: a bucket, a container, a host. May be empty.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The path below the authority: empty, or starting with `/`, without a trailing one.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path without its leading `/`: the prefix of an object store's keys.
    pub fn prefix(&self) -> &str {
        self.path.trim_start_matches('/')
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.scheme.is_empty() && self.path.is_empty() { "/" } else { &self.path };
        write!(f, "{}{}{path}", self.scheme, self.authority)
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_follows_rfc_3986_and_ignores_case() {
        assert_eq!(Root::split_scheme("My-Store+v1.2://x").0.as_deref(), Some("my-store+v1.2://"));
        assert_eq!(Root::split_scheme("1s://x").0, None);
        assert_eq!(Root::split_scheme("/a://b").0, None);
    }

    #[test]
    fn writes_itself_as_it_is_read() {
        for text in ["s3://bucket/prefix", "file:///data", "/data", "/", "mem://", "az://c"] {
            let root = Root::parse(text).expect(text);
            assert_eq!(root.to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_not_a_root() {
        for text in ["", "data", "./data", "/data/../etc", "s3://b/..", "/a\0"] {
            assert!(Root::parse(text).is_err(), "{text:?}");
        }
    }
}
