//! The config: its keys, and what a root path and the values of the keys come to.

use std::path::PathBuf;

use larder_plugin_api::prelude::*;

use crate::SCHEME;

/// The host checks types and choices against these before the flavor sees a value.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey::text("token").secret().help(
        "what the store asks for, when it asks for a token; best given as env:NAME or file:/path",
    ),
    ConfigKey::text("durability")
        .choices(&["fast", "synced"])
        .default("fast")
        .help("synced: what a writer closed survives the loss of power; fast: it may not"),
    ConfigKey::bytes("buffer")
        .default("256KiB")
        .help("what an open writer holds, 4KiB to 64MiB"),
];

const BUFFER_BYTES: std::ops::RangeInclusive<u64> = 4 << 10..=64 << 20;

/// What a store was registered with. It has no `Debug`: the token must not get into a message.
pub struct Options {
    /// The directory of the root path.
    pub directory: PathBuf,
    pub token: Option<String>,
    pub synced: bool,
    pub buffer_bytes: usize,
}

impl Options {
    /// Checks what the keys alone cannot say. Nothing is made, and nobody is asked.
    pub fn new(root: &Root, config: &Config) -> Result<Self> {
        Ok(Self {
            directory: directory_of(root)?,
            token: config.text("token"),
            synced: config.text("durability").as_deref() == Some("synced"),
            buffer_bytes: buffer_bytes(config)?,
        })
    }
}

fn directory_of(root: &Root) -> Result<PathBuf> {
    if root.authority().is_empty() && !root.path().is_empty() {
        return Ok(PathBuf::from(root.path()));
    }
    let message = format!("`{root}` names no directory: expected `{SCHEME}/data/artifacts`");
    Err(Error::new(ErrorKind::InvalidPath, message))
}

fn buffer_bytes(config: &Config) -> Result<usize> {
    let bytes = config
        .bytes("buffer")
        .filter(|bytes| BUFFER_BYTES.contains(bytes));
    bytes
        .and_then(|bytes| usize::try_from(bytes).ok())
        .ok_or_else(|| {
            let message = "config key `buffer`: expected a number of bytes from 4KiB to 64MiB";
            Error::new(ErrorKind::InvalidArgument, message)
        })
}
