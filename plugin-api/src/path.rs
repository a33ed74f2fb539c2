//! The path a store sees: relative to its root, normalised, UTF-8.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};

/// A place in a store, relative to its root.
///
/// The host has parsed, bounded and normalised it: UTF-8, components separated by `/`, no empty, `.` or `..` component,
/// no NUL byte, no leading or trailing `/`. The empty path is the root itself. Everything else is an ordinary character,
/// also `\`, `%`, `*` and a newline; nothing is percent-decoded.
///
/// ```
/// use larder_plugin_api::StorePath;
///
/// let path = StorePath::new("runs/7/model.bin")?;
/// assert_eq!(path.name(), "model.bin");
/// assert_eq!(path.parent(), Some(StorePath::new("runs/7")?));
/// assert!(StorePath::new("runs/../..").is_err());
/// # Ok::<(), larder_plugin_api::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StorePath<'a>(&'a str);

impl<'a> StorePath<'a> {
    /// The root of the store.
    pub const ROOT: StorePath<'static> = StorePath("");

    /// Checks that a text is a normalised path.
    ///
    /// # Errors
    ///
    /// Invalid path, saying what is wrong with it.
    pub fn new(text: &'a str) -> Result<Self> {
        let wrong = |what: &str| Err(Error::new(ErrorKind::InvalidPath, what).with_path(text));
        if text.contains('\0') {
            return wrong("the path has a NUL byte");
        }
        if text.is_empty() {
            return Ok(Self::ROOT);
        }
        for component in text.split('/') {
            match component {
                "" => return wrong("the path has an empty component"),
                "." | ".." => return wrong("the path has a `.` or `..` component"),
                _ => {}
            }
        }
        Ok(Self(text))
    }

    /// Takes a path that the other side of the ABI has normalised.
    pub(crate) const fn trusted(text: &'a str) -> Self {
        Self(text)
    }

    /// The path as text; empty for the root.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether this is the root of the store.
    pub const fn is_root(self) -> bool {
        self.0.is_empty()
    }

    /// The last component; empty for the root.
    pub fn name(self) -> &'a str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The directory that holds it; `None` for the root.
    pub fn parent(self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        Some(Self(self.0.rsplit_once('/').map_or("", |(parent, _)| parent)))
    }

    /// Every directory above it, nearest first, the root last and included.
    pub fn ancestors(self) -> impl Iterator<Item = Self> + 'a {
        std::iter::successors(self.parent(), |path| path.parent())
    }

    /// The components from the root down; none for the root.
    pub fn components(self) -> impl Iterator<Item = &'a str> {
        self.0.split('/').filter(|component| !component.is_empty())
    }

    /// The path of an entry of this directory, as text.
    pub fn join(self, name: &str) -> String {
        if self.is_root() { name.to_owned() } else { format!("{}/{name}", self.0) }
    }

    /// What is left of this path below a directory: `None` when it is not below it, the root when they are the same.
    ///
    /// By component: `run10/a` is not below `run1`.
    pub fn below(self, directory: StorePath<'_>) -> Option<Self> {
        if directory.is_root() {
            return Some(self);
        }
        let rest = self.0.strip_prefix(directory.0)?;
        match rest.strip_prefix('/') {
            Some(below) => Some(Self(below)),
            None if rest.is_empty() => Some(Self::ROOT),
            None => None,
        }
    }

    /// Refuses what no store can rename: the root, and a directory into itself.
    ///
    /// # Errors
    ///
    /// *Invalid argument*, saying which of the two it is.
    pub fn check_rename_to(self, target: StorePath) -> Result<()> {
        let wrong = |message: &str| Err(Error::new(ErrorKind::InvalidArgument, message));
        if self.is_root() || target.is_root() {
            return wrong("the root has no other name");
        }
        if self != target && target.below(self).is_some() {
            return wrong("the target is below the source");
        }
        Ok(())
    }
}

impl fmt::Display for StorePath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> StorePath<'_> {
        StorePath::new(text).expect("the test gives a normalised path")
    }

    #[test]
    fn refuses_what_is_not_normalised() {
        for text in ["/a", "a/", "a//b", ".", "a/./b", "..", "a/..", "a\0b"] {
            let error = StorePath::new(text).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::InvalidPath, "{text:?}");
        }
    }

    #[test]
    fn takes_every_other_character_as_it_is() {
        for text in ["...", "a b", "%2F", "*", "[", "\\", "é", "line\nbreak"] {
            assert_eq!(path(text).as_str(), text);
        }
    }

    #[test]
    fn below_goes_by_component() {
        assert_eq!(path("run1/a").below(path("run1")), Some(path("a")));
        assert_eq!(path("run1").below(path("run1")), Some(StorePath::ROOT));
        assert_eq!(path("run10/a").below(path("run1")), None);
    }

    #[test]
    fn ancestors_end_with_the_root() {
        let above: Vec<_> = path("a/b/c").ancestors().map(StorePath::as_str).collect();
        assert_eq!(above, ["a/b", "a", ""]);
        assert_eq!(StorePath::ROOT.ancestors().count(), 0);
    }
}
