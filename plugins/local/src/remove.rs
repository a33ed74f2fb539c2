//! `remove`: one file, or a link itself.

use larder_plugin_api::{Error, Result, StorePath};
use rustix::fs::{AtFlags, FileType, unlinkat};
use rustix::io::Errno;

use crate::error::{failed, missing};
use crate::root::{Root, file_type};

/// Removes one file.
pub fn remove(root: &Root, path: StorePath) -> Result<()> {
    if path.is_root() {
        return Err(Error::is_a_directory());
    }
    let place = root.open()?.place(path).map_err(missing("open the parent directory"))?;
    match unlinkat(&place.directory, place.name, AtFlags::empty()) {
        // What POSIX has a system say of a directory.
        Err(Errno::PERM) if place.stat().is_ok_and(|stat| file_type(&stat) == FileType::Directory) => {
            Err(Error::is_a_directory())
        }
        result => result.map_err(failed("remove the file")),
    }
}
