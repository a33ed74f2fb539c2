//! Patterns as the model matches them: a component at a time, a character at a time.

/// Whether the components of a path match those of a pattern.
pub fn matches_components(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => {
            matches_components(rest, path)
                || path.split_first().is_some_and(|(_, below)| matches_components(pattern, below))
        }
        (Some((component, rest)), Some((name, below))) => {
            matches_name(component, name) && matches_components(rest, below)
        }
        _ => false,
    }
}

fn matches_name(pattern: &str, name: &str) -> bool {
    let mut characters = pattern.chars();
    match characters.next() {
        None => name.is_empty(),
        Some('*') => {
            let ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            ends.into_iter().any(|at| matches_name(characters.as_str(), &name[at..]))
        }
        Some(c) => {
            let mut rest = name.chars();
            rest.next().is_some_and(|n| c == '?' || c == n)
                && matches_name(characters.as_str(), rest.as_str())
        }
    }
}
