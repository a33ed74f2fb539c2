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
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::Duration;

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

/// The smallest difference that the times of files in a directory can have, where its file system is known to keep coarse
/// ones: two seconds on FAT ("FAT32 File System Specification", section 6.2), ten milliseconds on exFAT.
#[cfg(target_os = "linux")]
pub fn unit_of_times(path: &Path) -> Duration {
    const FAT: i64 = 0x4d44;
    const EXFAT: i64 = 0x2011_bab0;
    let existing = path.ancestors().find_map(|path| rustix::fs::statfs(path).ok());
    #[allow(clippy::useless_conversion, reason = "the type differs by system")]
    match existing.and_then(|found| i64::try_from(found.f_type).ok()) {
        Some(FAT) => Duration::from_secs(2),
        Some(EXFAT) => Duration::from_millis(10),
        _ => Duration::ZERO,
    }
}

/// The smallest difference that the times of files in a directory can have: not known on this system.
#[cfg(not(target_os = "linux"))]
pub fn unit_of_times(_path: &Path) -> Duration {
    Duration::ZERO
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
