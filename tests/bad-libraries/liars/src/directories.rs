//! Lies of the operations that make and remove.

use larder_plugin_api::{ArtifactStore, Error, Result, StorePath};

use crate::Lie;
use crate::store::Liar;

impl Liar {
    pub fn lying_mkdir(&self, path: StorePath) -> Result<()> {
        let honest = &self.honest;
        match self.lie {
            Lie::MkdirMakesParents if honest.is_missing(path) => honest.makedirs(path),
            Lie::UnmadeNoDirectories if !path.is_root() && honest.is_empty() => Err(Error::not_found()),
            Lie::MkdirOnExisting if honest.isdir(path)? => Ok(()),
            _ => honest.mkdir(path),
        }
    }

    pub fn lying_makedirs(&self, path: StorePath) -> Result<()> {
        match self.lie {
            Lie::MakedirsFailsOnExisting if self.honest.isdir(path)? => Err(Error::already_exists()),
            _ => self.honest.makedirs(path),
        }
    }

    pub fn lying_remove(&self, path: StorePath) -> Result<()> {
        let honest = &self.honest;
        match self.lie {
            Lie::RemoveMissing if honest.is_missing(path) => Ok(()),
            Lie::RemoveDirectories if !path.is_root() && honest.isdir(path)? => honest.rmtree(path),
            Lie::MadeDirectoriesVanish => {
                honest.remove(path)?;
                match path.parent() {
                    Some(parent) if !parent.is_root() && self.names_in(parent)?.is_empty() => {
                        honest.rmtree(parent)
                    }
                    _ => Ok(()),
                }
            }
            _ => honest.remove(path),
        }
    }

    pub fn lying_rmtree(&self, path: StorePath) -> Result<()> {
        let honest = &self.honest;
        match self.lie {
            Lie::RmtreeMissing if honest.is_missing(path) => Ok(()),
            Lie::RmtreeFiles if honest.isfile(path) => honest.remove(path),
            Lie::RmtreeTakesNeighbours => {
                let taken = self.neighbours(path)?;
                honest.rmtree(path)?;
                for neighbour in taken {
                    let neighbour = StorePath::new(&neighbour)?;
                    if honest.isdir(neighbour)? {
                        honest.rmtree(neighbour)?;
                    }
                }
                Ok(())
            }
            _ => honest.rmtree(path),
        }
    }
}
