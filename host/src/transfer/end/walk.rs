//! Going through everything below one end.

use std::path::Path;

use larder_plugin_api::{Detail, Visit, WalkOptions};

use super::End;
use crate::error::Result;
use crate::store::Store;
use crate::transfer::local::{Links, LocalPath, LocalWalk};

/// The visits of a walk; their directories are relative to the end that was walked.
pub type Visits = Box<dyn Iterator<Item = Result<Visit>>>;

/// How a tree is walked.
#[derive(Clone, Copy, Debug, Default)]
pub struct WalkSpec {
    /// What becomes of the symbolic links of a local directory.
    pub links: Links,
    /// Whether local directories that are marked as caches are left out.
    pub exclude_caches: bool,
}

impl End {
    /// Goes through everything below it, top-down, in listing order, with sizes and times.
    ///
    /// # Errors
    ///
    /// When the walk cannot begin. What cannot be read later is an item.
    pub fn walk(&self, spec: WalkSpec) -> Result<Visits> {
        match self {
            Self::Local(top) => Ok(local_visits(top, spec)),
            Self::Below(below) => Ok(local_visits(&below.path(), spec)),
            Self::Store { store, path } => self.store_visits(store, path),
        }
    }

    fn store_visits(&self, store: &Store, top: &str) -> Result<Visits> {
        let options = WalkOptions::default().with_detail(Detail::Full);
        let walk = store.walk(top, options).map_err(|error| self.said("list", error))?;
        let (end, top) = (self.clone(), top.to_owned());
        Ok(Box::new(walk.map(move |visit| match visit {
            Ok(visit) => Ok(Visit { directory: relative_to(&top, &visit.directory), ..visit }),
            Err(error) => Err(end.said("list", error)),
        })))
    }
}

fn local_visits(top: &LocalPath, spec: WalkSpec) -> Visits {
    let walk = LocalWalk::new(Path::to_path_buf(top)).links(spec.links);
    let walk = if spec.exclude_caches { walk.without_caches() } else { walk };
    let top = top.clone();
    Box::new(walk.map(move |visit| {
        visit.map_err(|(directory, error)| End::Local(top.below(&directory)).io("list", error))
    }))
}

/// A path of a store relative to a directory that it is in.
fn relative_to(top: &str, path: &str) -> String {
    let below = path.strip_prefix(top).unwrap_or(path);
    below.trim_start_matches('/').to_owned()
}
