//! Reserved names: what a file is called while it is being written.

use larder_plugin_api::{Error, ErrorKind, Result, StorePath};

const PREFIX: &str = ".larder-";
const SUFFIX: &str = ".tmp";

/// The reserved name with this number.
pub fn reserved(number: u32) -> String {
    format!("{PREFIX}{number}{SUFFIX}")
}

/// The longest name that filesystems take, in bytes.
pub const NAME_MAX: usize = 255;

const ASIDE: &str = ".aside.tmp";
const PART: &str = ".part.tmp";
const JOURNAL: &str = ".journal.tmp";

/// What a reserved name is for.
#[derive(Debug, PartialEq, Eq)]
pub enum Use<'a> {
    /// A file that is being written.
    Staged,
    /// A file that is being removed.
    Aside,
    /// A download to be continued: its content or its journal, which share this beginning of their names.
    Download(&'a str),
}

/// What a name is for, when it is of the reserved shape.
pub fn use_of(name: &str) -> Option<Use<'_>> {
    if !is_reserved(name.as_bytes()) {
        return None;
    }
    if name.ends_with(ASIDE) {
        return Some(Use::Aside);
    }
    let stem = name.strip_suffix(PART).or_else(|| name.strip_suffix(JOURNAL));
    Some(stem.map_or(Use::Staged, Use::Download))
}

/// The names of a download's content and of its journal.
pub fn download(stem: &str) -> (String, String) {
    (format!("{stem}{PART}"), format!("{stem}{JOURNAL}"))
}

/// The reserved name of a file that is being removed: what is meant, and what it is called.
pub fn aside(described: &str, name: &str) -> String {
    format!("{PREFIX}{described}{name}{ASIDE}")
}

/// What [`aside`] was given.
pub fn inner_of_aside(name: &str) -> Option<&str> {
    name.strip_prefix(PREFIX)?.strip_suffix(ASIDE)
}

/// Whether a name is of the reserved shape: listings leave it out.
pub fn is_reserved(name: &[u8]) -> bool {
    name.starts_with(PREFIX.as_bytes()) && name.ends_with(SUFFIX.as_bytes())
}

/// Refuses a path that has a reserved name in it.
pub fn check(path: StorePath) -> Result<()> {
    let found = path.as_str().contains(PREFIX)
        && path.components().any(|component| is_reserved(component.as_bytes()));
    if found {
        let message = format!("names of the shape `{PREFIX}*{SUFFIX}` are kept for files being written");
        return Err(Error::new(ErrorKind::InvalidPath, message));
    }
    Ok(())
}
