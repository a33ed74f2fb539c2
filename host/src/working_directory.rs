//! The directory that relative paths start at.

use std::env;
use std::io;
use std::path::{self, Path, PathBuf};
use std::sync::OnceLock;

static PINNED: OnceLock<PathBuf> = OnceLock::new();

/// Lets relative paths start at what is the current directory now, for the rest of the process.
///
/// A command does this before it loads a library, because a library may change the current directory. Where it was not
/// done, relative paths start at what is the current directory when they are used.
pub fn pin() {
    // Without a current directory there is nothing to pin, and relative paths fail when they are used.
    if let Ok(directory) = env::current_dir() {
        PINNED.get_or_init(|| directory);
    }
}

/// A path that does not depend on the current directory. `..` stays, because links may lead elsewhere.
pub(crate) fn absolute(path: &Path) -> io::Result<PathBuf> {
    match PINNED.get() {
        Some(directory) if path.is_relative() && !path.as_os_str().is_empty() => {
            path::absolute(directory.join(path))
        }
        _ => path::absolute(path),
    }
}
