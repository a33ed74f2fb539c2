//! Lies about keys.

use larder_plugin_api::{ArtifactStore, Error, Result, Root, Stat, StorePath};

use crate::Lie;
use crate::honest::Honest;
use crate::store::Liar;

impl Liar {
    pub fn lying_stat_key(&self, key: &str) -> Result<Stat> {
        let found = self.honest.stat_key(key);
        match self.lie {
            Lie::KeysNotFound => Err(Error::not_found()),
            Lie::KeysAlwaysFound if found.is_err() && StorePath::new(key).is_ok() => Ok(Stat::file(0)),
            Lie::KeysHalf => Err(Error::unsupported("every key of this store is a path")),
            Lie::KeysLeadOut if found.is_err() => {
                let (outer, path) = self.outside(key)?;
                outer.stat_key(&path)
            }
            _ => found,
        }
    }

    pub fn lying_remove_key(&self, key: &str, etag: Option<&str>) -> Result<()> {
        match self.lie {
            Lie::KeysByPrefix => self.remove_beginning(StorePath::new(key)?),
            Lie::KeysIgnoreEtags => self.honest.remove_key(key, None),
            Lie::KeysRemoveOutside if StorePath::new(key).is_err() => {
                let (outer, path) = self.outside(key)?;
                outer.remove_key(&path, None)
            }
            _ => self.honest.remove_key(key, etag),
        }
    }

    pub fn lying_copy_key(&self, key: &str, target: StorePath, overwrite: bool) -> Result<()> {
        match self.lie {
            Lie::KeysMove => {
                self.honest.copy_key(key, target, overwrite)?;
                self.honest.remove_key(key, None)
            }
            Lie::KeysOverwrite => self.honest.copy_key(key, target, true),
            Lie::KeysHalf => Err(Error::unsupported("every key of this store is a path")),
            _ => self.honest.copy_key(key, target, overwrite),
        }
    }

    fn remove_beginning(&self, path: StorePath) -> Result<()> {
        self.honest.remove_key(path.as_str(), None)?;
        let Some(parent) = path.parent() else { return Ok(()) };
        for name in self.names_in(parent)?.into_iter().filter(|name| name.starts_with(path.name())) {
            let found = parent.join(&name);
            if self.honest.isfile(StorePath::new(&found)?) {
                self.honest.remove_key(&found, None)?;
            }
        }
        Ok(())
    }

    /// The store of the whole authority, and where a key leads in it.
    fn outside(&self, key: &str) -> Result<(Honest, String)> {
        let outer = Honest::new(&Root::parse(&format!("liar://{}", self.root.authority()))?);
        let mut names: Vec<&str> = self.root.path().split('/').filter(|name| !name.is_empty()).collect();
        for name in key.split('/') {
            match name {
                "" | "." => {}
                ".." => drop(names.pop()),
                name => names.push(name),
            }
        }
        Ok((outer, names.join("/")))
    }
}
