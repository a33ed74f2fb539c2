//! What to do with the new crate, as commands that can be pasted into a shell.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::Path;

use super::names::Names;

/// The commands, in order, from the directory of the crate.
pub fn steps(names: &Names, directory: &Path) -> Vec<String> {
    let Names { flavor, scheme, .. } = names;
    let library = format!("./target/release/{}", library_file(names));
    vec![
        format!("cd {}", shell_word(&directory.to_string_lossy())),
        "cargo test".to_owned(),
        "cargo build --release".to_owned(),
        format!("larder flavor register --unpinned {library}"),
        format!("larder store register my-{flavor} --flavor {flavor} --path {scheme}/tmp/{flavor}"),
        format!("larder put README.md my-{flavor}:docs/readme.md"),
        format!("larder cat my-{flavor}:docs/readme.md"),
        format!("larder flavor check {library} --path {scheme}/tmp/{flavor}-check"),
    ]
}

/// The file that cargo builds.
pub fn library_file(names: &Names) -> String {
    format!("{DLL_PREFIX}{}{DLL_SUFFIX}", names.library)
}

/// A text as one word of a shell.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+~:@%,".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with(['-', '~']) {
        return text.to_owned();
    }
    let dash = if text.starts_with('-') { "./" } else { "" };
    format!("{dash}'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word() {
        for (text, word) in [
            ("/src/shelf", "/src/shelf"),
            ("my shelf", "'my shelf'"),
            ("it's", r"'it'\''s'"),
            ("-x", "./'-x'"),
            ("~", "'~'"),
            ("$HOME", "'$HOME'"),
        ] {
            assert_eq!(shell_word(text), word);
        }
    }
}
