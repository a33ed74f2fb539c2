//! One file of many that are to be removed, each only if it is still what was seen.

use crate::path::StorePath;

/// A file that [`remove_many`](crate::ArtifactStore::remove_many) is to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal<'a> {
    /// The file.
    pub path: StorePath<'a>,
    /// The etag that it must still have; without one it goes whatever it is.
    pub etag: Option<&'a str>,
}
