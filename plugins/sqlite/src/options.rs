//! What a store was registered with: the root as a file, and the config.

use std::path::{Path, PathBuf};
use std::time::Duration;

use larder_plugin_api::{Config, ConfigKey, Error, ErrorKind, Result, Root};

const CHUNK_BYTES: std::ops::RangeInclusive<u64> = 4 << 10..=64 << 20;

/// The keys of the config.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey::duration("busy_timeout")
        .default("30s")
        .help("how long to wait while another process writes, e.g. 30s; then the operation fails as unavailable"),
    ConfigKey::text("synchronous")
        .choices(&["normal", "full"])
        .default("normal")
        .help("full: what a writer closed survives the loss of power; normal: the last writes may be lost, the rest stays valid"),
    ConfigKey::bytes("chunk_size")
        .default("256KiB")
        .help("bytes of an artifact that are one row, from 4KiB to 64MiB; every open file holds one in memory"),
];

/// Root and config, checked.
#[derive(Clone, Debug)]
pub struct Options {
    pub file: PathBuf,
    pub busy_timeout: Duration,
    pub durable: bool,
    pub chunk_bytes: usize,
}

impl Options {
    /// Checks what can be checked without looking at the file.
    pub fn new(root: &Root, config: &Config) -> Result<Self> {
        Ok(Self {
            file: file_of(root)?.to_owned(),
            busy_timeout: config.duration("busy_timeout").unwrap_or_default(),
            durable: config.text("synchronous").as_deref() == Some("full"),
            chunk_bytes: chunk_bytes(config)?,
        })
    }
}

/// The database file. A text after `sqlite://` would be taken for a host, which a file does not have.
fn file_of(root: &Root) -> Result<&Path> {
    let wrong = |what: &str| {
        let message = format!("`{root}` {what}, expected `sqlite:///` and the path of a database file");
        Err(Error::new(ErrorKind::InvalidPath, message))
    };
    match (root.authority(), root.path()) {
        ("", "") => wrong("names no file"),
        ("", path) => Ok(Path::new(path)),
        (_, _) => wrong("has a host"),
    }
}

fn chunk_bytes(config: &Config) -> Result<usize> {
    let bytes = config.bytes("chunk_size").filter(|bytes| CHUNK_BYTES.contains(bytes));
    bytes.and_then(|bytes| usize::try_from(bytes).ok()).ok_or_else(|| {
        Error::new(ErrorKind::InvalidArgument, "config key `chunk_size`: expected 4KiB to 64MiB")
    })
}
