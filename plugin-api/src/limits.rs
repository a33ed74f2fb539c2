//! Limits of what a tree may be: they keep a cycle or an endless listing from taking all memory.

use crate::error::{Error, ErrorKind, Result};
use crate::path::StorePath;

/// How many components a path may have. A directory that is deeper is an error of that directory; a walk goes on after it.
pub const MAX_LEVELS: usize = 4096;

/// How many bytes a path may have. A directory with a longer one is an error of that directory; a walk goes on after it.
pub const MAX_PATH_BYTES: usize = 64 * 1024;

/// How many bytes may be held of one directory by what must see all of it at once, such as sorting. What streams has no
/// limit.
pub const MAX_HELD_BYTES: usize = 1 << 30;

/// Refuses a directory that is deeper than [`MAX_LEVELS`] or has a path longer than [`MAX_PATH_BYTES`].
///
/// # Errors
///
/// *Invalid path*, naming the limit.
pub fn check_depth(directory: StorePath<'_>) -> Result<()> {
    let too_much = |message: String| Err(Error::new(ErrorKind::InvalidPath, message));
    let bytes = directory.as_str().len();
    if bytes > MAX_PATH_BYTES {
        return too_much(format!("its path has {bytes} bytes, at most {MAX_PATH_BYTES} are allowed"));
    }
    // A path of n levels has at least 2n - 1 bytes: most need no counting.
    if bytes >= 2 * MAX_LEVELS {
        let levels = directory.components().count();
        if levels > MAX_LEVELS {
            return too_much(format!("it is {levels} levels deep, at most {MAX_LEVELS} are allowed"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_within_the_limits_is_allowed_and_one_beyond_is_not() {
        let deep = |levels: usize| vec!["a"; levels].join("/");
        for (text, allowed) in [
            (String::new(), true),
            (deep(MAX_LEVELS), true),
            (deep(MAX_LEVELS + 1), false),
            ("b".repeat(MAX_PATH_BYTES), true),
            ("b".repeat(MAX_PATH_BYTES + 1), false),
        ] {
            let path = StorePath::new(&text).expect("the test gives a normalised path");
            assert_eq!(check_depth(path).is_ok(), allowed, "{} bytes", text.len());
        }
    }
}
