//! Lies about a root that nobody has made: here it is one that has nothing in it.

use std::sync::atomic::Ordering;

use larder_plugin_api::{Error, ErrorKind, Result, StorePath};

use crate::Lie;
use crate::store::Liar;

impl Liar {
    pub fn stat_root(&self) -> Result<()> {
        let unmade = self.honest.is_empty();
        match self.lie {
            Lie::UnmadeStatUnexpected if unmade => Err(ErrorKind::Unexpected.into()),
            Lie::UnmadeByLooking if unmade && !self.looked.load(Ordering::Relaxed) => Err(Error::not_found()),
            Lie::UnmadeForEver => Err(Error::not_found()),
            _ => Ok(()),
        }
    }

    pub fn look_at_root(&self) -> Result<()> {
        self.looked.store(true, Ordering::Relaxed);
        match self.lie {
            Lie::UnmadeNotListed if self.honest.is_empty() => Err(Error::not_found()),
            _ => Ok(()),
        }
    }

    pub fn exists_in_unmade(&self, path: StorePath) -> Option<bool> {
        match self.lie {
            Lie::UnmadeMissing if path.is_root() && self.honest.is_empty() => Some(false),
            Lie::UnmadeFull if self.honest.is_empty() => Some(true),
            _ => None,
        }
    }
}
