//! Lies of the operations that look at one path.

use std::time::{Duration, SystemTime};

use larder_plugin_api::{ArtifactStore, Error, ErrorKind, Kind, Result, Stat, StorePath};

use crate::Lie;
use crate::store::Liar;

impl Liar {
    pub fn lying_exists(&self, path: StorePath) -> Result<bool> {
        if let Some(exists) = self.exists_in_unmade(path) {
            return Ok(exists);
        }
        match (self.lie, self.honest.exists(path)?) {
            (Lie::ExistsFails, false) => Err(Error::not_found()),
            (Lie::ExistsByPrefix, false) => {
                let parent = path.parent().filter(|parent| self.honest.isdir(*parent) == Ok(true));
                let names = parent.map(|parent| self.names_in(parent)).transpose()?.unwrap_or_default();
                Ok(names.iter().any(|name| name.starts_with(path.name())))
            }
            (_, exists) => Ok(exists),
        }
    }

    pub fn lying_size(&self, path: StorePath) -> Result<u64> {
        match self.lie {
            Lie::SizeOfDirectories if self.honest.isdir(path)? => Ok(0),
            Lie::SizeOffByOne => Ok(self.honest.size(path)? + 1),
            _ => self.honest.size(path),
        }
    }

    pub fn lying_stat(&self, path: StorePath) -> Result<Stat> {
        if path.is_root() {
            self.stat_root()?;
        }
        let mut stat = match (self.lie, self.honest.stat(path)) {
            (Lie::StatUnexpected, Err(error)) if error.kind() == ErrorKind::NotFound => {
                return Err(ErrorKind::Unexpected.into());
            }
            (_, stat) => stat?,
        };
        if stat.kind == Kind::File {
            match self.lie {
                Lie::StatEmpty if stat.size == 0 => stat.size = 1,
                Lie::ModifiedMissing => stat.modified = None,
                Lie::ModifiedIsNow => stat.modified = Some(SystemTime::now()),
                Lie::OpenWideBits => stat.unix_mode = Some(0o777),
                Lie::OpenReplacesBits => stat.unix_mode = self.given(path).and_then(|given| given.unix_mode),
                Lie::OpenWrongTime if self.given(path).is_some_and(|given| given.timed) => {
                    stat.modified = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(86_400));
                }
                Lie::EtagStays => stat.etag = Some("the same".to_owned()),
                _ => {}
            }
        }
        Ok(stat)
    }
}
