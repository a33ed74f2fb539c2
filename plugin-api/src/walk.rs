//! A walk through a tree: one visit a directory, streaming.

use std::sync::Arc;

use crate::ArtifactStore;
use crate::entry::{Detail, Entry};
use crate::error::Result;

/// How [`walk`](crate::ArtifactStore::walk) goes through the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WalkOptions {
    /// A directory before what is below it (the default), or after it.
    pub topdown: bool,
    /// How much is said about each file.
    pub detail: Detail,
}

impl Default for WalkOptions {
    fn default() -> Self {
        Self { topdown: true, detail: Detail::Kind }
    }
}

impl WalkOptions {
    /// Chooses top-down or bottom-up.
    #[must_use]
    pub const fn with_topdown(mut self, topdown: bool) -> Self {
        self.topdown = topdown;
        self
    }

    /// Chooses how much is said about each file.
    #[must_use]
    pub const fn with_detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }
}

/// One directory of a walk, with its entries in [listing order](Entry::listing_order).
///
/// A directory with a great many entries may come in pieces: visits with the same `directory`, one right after the other,
/// each going on where the one before ended. Top-down, all pieces come before what is below the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// The directory, relative to the root of the store (not to the top of the walk).
    pub directory: String,
    /// The directories in it.
    pub directories: Vec<Entry>,
    /// Everything else in it.
    pub files: Vec<Entry>,
}

/// A walk under way. An item that is an error names one directory that could not be read; the walk goes on after it.
pub struct Walk(Source);

enum Source {
    Visits(Box<dyn Iterator<Item = Result<Visit>> + Send>),
    Listing { top: String, options: WalkOptions },
}

impl Walk {
    /// A walk that the flavor itself drives.
    pub fn streaming(visits: impl Iterator<Item = Result<Visit>> + Send + 'static) -> Self {
        Self(Source::Visits(Box::new(visits)))
    }

    /// A walk through `listdir`, driven by the code around the flavor.
    pub(crate) fn by_listing(top: &str, options: WalkOptions) -> Self {
        Self(Source::Listing { top: top.to_owned(), options })
    }

    /// The walk as an iterator.
    pub fn iterate(self, store: &Arc<dyn ArtifactStore>) -> Box<dyn Iterator<Item = Result<Visit>> + Send> {
        match self.0 {
            Source::Visits(visits) => visits,
            Source::Listing { top, options } => {
                Box::new(crate::derived::ListingWalk::new(store.clone(), top, options))
            }
        }
    }
}
