//! A local path as somebody gave it, and where it was at that time.

use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use crate::working_directory::absolute;

/// A path of this machine. It goes on meaning the same place when the working directory of the process changes, which a
/// library may do; messages show what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath {
    shown: PathBuf,
    absolute: PathBuf,
}

impl LocalPath {
    /// A path, which starts at the current directory if it is relative.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let shown = path.into();
        // An empty path is none: what is tried with it fails.
        let absolute = absolute(&shown).unwrap_or_else(|_| shown.clone());
        Self { shown, absolute }
    }

    /// As it was given.
    pub fn shown(&self) -> &Path {
        &self.shown
    }

    /// Something below it.
    #[must_use]
    pub fn below(&self, relative: &str) -> Self {
        Self { shown: self.shown.join(relative), absolute: self.absolute.join(relative) }
    }
}

/// The absolute path.
impl Deref for LocalPath {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.absolute
    }
}

impl AsRef<Path> for LocalPath {
    fn as_ref(&self) -> &Path {
        &self.absolute
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.display().fmt(formatter)
    }
}

impl<P: Into<PathBuf>> From<P> for LocalPath {
    fn from(path: P) -> Self {
        Self::new(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shown_as_it_was_given_and_is_absolute() {
        let path = LocalPath::new("a/./b");
        assert_eq!(path.to_string(), "a/./b");
        assert!(path.is_absolute() && path.ends_with("a/b"));
        assert_eq!(path.below("c").to_string(), "a/./b/c");
        assert_eq!(LocalPath::new("").to_string(), "");
        assert!(!LocalPath::new("").exists());
    }
}
