//! Local files and directories outside every store: read, written whole or not at all, walked in the order of stores.

mod confine;
mod descriptor;
mod holes;
mod leftovers;
mod names;
mod path;
mod reader;
mod staged;
mod tree;
mod waiting;
mod walk;
mod writer;

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;

use larder_plugin_api::{Kind, Stat};

pub use holes::copy as copy_with_holes;
pub use path::LocalPath;
pub use reader::LocalReader;
pub use tree::{Found, FoundKind, LocalTree};
pub use walk::{Links, LocalWalk, describe};
pub use writer::{LocalWriter, WriteOptions};

/// What is at a local path; links are followed.
pub fn stat(path: &Path) -> io::Result<Stat> {
    let metadata = fs::metadata(path)?;
    let modified = metadata.modified().ok();
    Ok(match kind_of(metadata.file_type()) {
        Kind::File => Stat::file(metadata.len()).with_modified(modified),
        kind => Stat::new(kind, 0).with_modified(modified),
    })
}

/// The permission bits of a local file, which a copy of it gets at most.
pub fn unix_mode(path: &Path) -> Option<u32> {
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some(metadata.permissions().mode() & 0o7777)
}

fn kind_of(file_type: fs::FileType) -> Kind {
    if file_type.is_dir() {
        Kind::Directory
    } else if file_type.is_file() || file_type.is_fifo() || file_type.is_char_device() {
        Kind::File
    } else {
        Kind::Other
    }
}

/// Two relative paths in one.
pub fn join(directory: &str, name: &str) -> String {
    match (directory, name) {
        ("", name) => name.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, name) => format!("{directory}/{name}"),
    }
}
