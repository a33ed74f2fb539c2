//! Paths as callers write them, made into what a flavor sees.

use std::borrow::Cow;

use larder_plugin_api::{Error, ErrorKind, Result};

/// Normalises a path within a store: no leading, trailing or doubled `/`, no `.`. Borrows what is normalised already.
///
/// # Errors
///
/// *Out of bounds* for a `..` component, *invalid path* for a NUL byte. `..` is refused rather than resolved: after a
/// symbolic link it means another directory than the text says.
pub fn normalise(path: &str) -> Result<Cow<'_, str>> {
    if path.contains('\0') {
        return Err(Error::new(ErrorKind::InvalidPath, "the path has a NUL byte"));
    }
    let mut normal = true;
    for component in path.split('/') {
        match component {
            ".." => return Err(Error::new(ErrorKind::OutOfBounds, "the path has a `..` component")),
            "" | "." => normal = false,
            _ => {}
        }
    }
    if normal || path.is_empty() {
        return Ok(Cow::Borrowed(path));
    }
    let components: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    Ok(Cow::Owned(components.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_what_says_nothing() {
        for (given, normal) in
            [("", ""), ("/", ""), (".", ""), ("/a//b/./c/", "a/b/c"), ("a", "a"), ("...", "...")]
        {
            assert_eq!(normalise(given).expect(given), normal);
        }
    }

    #[test]
    fn refuses_a_parent_component() {
        for given in ["..", "a/..", "a/../../etc", "../a"] {
            assert_eq!(normalise(given).expect_err(given).kind(), ErrorKind::OutOfBounds);
        }
    }

    #[test]
    fn refuses_a_nul_byte() {
        assert_eq!(normalise("a\0b").expect_err("a NUL").kind(), ErrorKind::InvalidPath);
    }
}
