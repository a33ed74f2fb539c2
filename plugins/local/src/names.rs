//! Reserved names: what a file is called while it is being written.

use larder_plugin_api::{Error, ErrorKind, Result, StorePath};

const PREFIX: &str = ".larder-";
const SUFFIX: &str = ".tmp";

/// The reserved name with this number.
pub fn reserved(number: u32) -> String {
    format!("{PREFIX}{number}{SUFFIX}")
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
