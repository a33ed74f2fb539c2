//! How far a store is followed: what goes further is an error that names the limit.

use larder_plugin_api::{MAX_LEVELS, MAX_PATH_BYTES, StorePath, check_depth};

use super::shown::shown;

/// For a path beyond the limits of a tree, the directory that is the first beyond them, itself or one above it, and the
/// words for that.
pub fn too_far(path: &str) -> Option<(&str, String)> {
    let limit = check_depth(StorePath::new(path).ok()?).err()?;
    let beyond = first_beyond(path);
    Some((beyond, format!("`{}` is not followed: {}", shown(path), limit.message())))
}

fn first_beyond(path: &str) -> &str {
    let too_deep = path.match_indices('/').nth(MAX_LEVELS).map(|(end, _)| end);
    let too_long = path.match_indices('/').map(|(end, _)| end).find(|end| *end > MAX_PATH_BYTES);
    let end = [too_deep, too_long].into_iter().flatten().min();
    end.map_or(path, |end| &path[..end])
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
