//! How far a store is followed: what goes further is an error that names the limit.

use super::shown::shown;

/// How many directories a path may be deep.
pub const MAX_LEVELS: usize = 4096;
/// How many bytes a path may have.
pub const MAX_PATH_BYTES: usize = 64 * 1024;
/// How many bytes of one directory are held at most, where all of it must be known before something can be done.
pub const MAX_HELD_BYTES: usize = 1 << 30;

/// The directory that goes beyond a limit: the path itself or one above it, and the words for it.
pub fn too_far(path: &str) -> Option<(&str, String)> {
    // A level has a character and a slash at least: a shorter path needs no counting.
    if path.len() < 2 * MAX_LEVELS {
        return None;
    }
    let too_deep = path.match_indices('/').nth(MAX_LEVELS).map(|(end, _)| &path[..end]);
    let too_deep = too_deep.or_else(|| (levels(path) > MAX_LEVELS).then_some(path));
    if let Some(directory) = too_deep {
        let text = format!("`{}` is more than {MAX_LEVELS} levels deep, and not followed", shown(path));
        return Some((directory, text));
    }
    if path.len() <= MAX_PATH_BYTES {
        return None;
    }
    let rest = &path.as_bytes()[MAX_PATH_BYTES..];
    let end = rest.iter().position(|byte| *byte == b'/').map_or(path.len(), |at| MAX_PATH_BYTES + at);
    let text = format!("`{}` has more than {MAX_PATH_BYTES} bytes, and is not followed", shown(path));
    Some((&path[..end], text))
}

fn levels(path: &str) -> usize {
    if path.is_empty() { 0 } else { path.bytes().filter(|byte| *byte == b'/').count() + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_at_the_limit_is_followed_and_one_beyond_is_not() {
        let deep = |levels: usize| vec!["d"; levels].join("/");
        assert!(too_far(&deep(MAX_LEVELS)).is_none());
        let beyond = deep(MAX_LEVELS + 1);
        assert_eq!(too_far(&beyond).map(|(directory, _)| directory), Some(&*beyond));
        assert!(too_far(&"x".repeat(MAX_PATH_BYTES)).is_none());
        assert!(too_far(&"x".repeat(MAX_PATH_BYTES + 1)).is_some());
    }

    #[test]
    fn what_is_below_a_directory_too_far_names_that_directory() {
        let deep = |levels: usize| vec!["d"; levels].join("/");
        assert_eq!(
            too_far(&deep(9000)).map(|(directory, _)| directory.len()),
            Some(deep(MAX_LEVELS + 1).len())
        );
        let long = "x".repeat(MAX_PATH_BYTES + 5);
        assert_eq!(too_far(&format!("{long}/y/z")).map(|(directory, _)| directory), Some(&*long));
    }
}
