//! Paths to stores: which store a path is in, and where in it.

mod address;
mod locate;

pub use address::{Address, below};
pub(crate) use locate::locate;

use std::fmt;

use crate::store::Store;

/// A place in a store.
#[derive(Clone, Debug)]
pub struct Place {
    /// The store.
    pub store: Store,
    /// The path in it, normalised; empty for the root.
    pub path: String,
}

/// As a user can write it: `store-name:path`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.store.name(), self.path)
    }
}
