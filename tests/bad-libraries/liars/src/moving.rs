//! Lies of `copyfile` and `rename`.

use std::thread;

use larder_plugin_api::{ArtifactStore, Detail, Error, Result, StorePath};

use crate::Lie;
use crate::store::Liar;
use crate::writers::BETWEEN;

const MOVED_BYTES: usize = 5 << 20;

impl Liar {
    /// Whether a file goes to another path, where nothing or a file is: all else is left to the honest store.
    fn is_plain_move(&self, source: StorePath, target: StorePath) -> bool {
        let honest = &self.honest;
        source != target
            && honest.isfile(source)
            && (honest.is_missing(target) || honest.isfile(target))
            && source.check_rename_to(target).is_ok()
    }

    pub fn lying_copyfile(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        let honest = &self.honest;
        match self.lie {
            Lie::CopyOntoItselfEmpties if source == target && overwrite && honest.isfile(source) => {
                honest.put(target, Vec::new())
            }
            Lie::CopyOverwrites if self.is_plain_move(source, target) => {
                honest.copyfile(source, target, true)
            }
            Lie::CopyRaces if !overwrite && self.is_plain_move(source, target) => {
                self.look_and_wait(target)?;
                honest.copyfile(source, target, true)
            }
            Lie::CopyInHalves if overwrite && self.is_plain_move(source, target) => {
                let content = honest.content(source)?;
                honest.put(target, content[..content.len() / 2].to_vec())?;
                thread::sleep(BETWEEN);
                honest.put(target, content)
            }
            _ => honest.copyfile(source, target, overwrite),
        }
    }

    fn look_and_wait(&self, target: StorePath) -> Result<()> {
        if !self.honest.is_missing(target) {
            return Err(Error::already_exists());
        }
        thread::sleep(BETWEEN);
        Ok(())
    }

    pub fn lying_rename(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        let honest = &self.honest;
        match self.lie {
            Lie::RenameReplacesEmpty if overwrite => self.rename_over_empty(source, target),
            Lie::RenameTakesNeighbours => self.rename_with_neighbours(source, target, overwrite),
            Lie::RenameRemovesLate if honest.isdir(source)? => {
                honest.rename(source, target, overwrite)?;
                thread::sleep(BETWEEN);
                if source != target && honest.isdir(source)? { honest.rmtree(source) } else { Ok(()) }
            }
            _ if !self.is_plain_move(source, target) => honest.rename(source, target, overwrite),
            Lie::RenameOverwrites => honest.rename(source, target, true),
            Lie::RenameRaces if !overwrite => {
                self.look_and_wait(target)?;
                honest.rename(source, target, true)
            }
            Lie::RenameKeepsSource => honest.copyfile(source, target, overwrite),
            Lie::RenameInSteps => {
                honest.copyfile(source, target, overwrite)?;
                thread::sleep(BETWEEN);
                honest.remove(source)
            }
            Lie::RenameLosesContent => {
                let mut content = honest.content(source)?;
                honest.rename(source, target, overwrite)?;
                if content.len() > MOVED_BYTES {
                    content.truncate(MOVED_BYTES);
                    honest.put(target, content)?;
                }
                Ok(())
            }
            _ => honest.rename(source, target, overwrite),
        }
    }

    fn rename_over_empty(&self, source: StorePath, target: StorePath) -> Result<()> {
        let honest = &self.honest;
        let replaces = source != target && honest.isdir(source)? && honest.isdir(target)?;
        if replaces && source.check_rename_to(target).is_ok() && self.names_in(target)?.is_empty() {
            honest.rmtree(target)?;
        }
        honest.rename(source, target, true)
    }

    fn rename_with_neighbours(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        let honest = &self.honest;
        let taken = if honest.isdir(source)? { self.neighbours(source)? } else { Vec::new() };
        honest.rename(source, target, overwrite)?;
        for path in taken {
            let behind = &path[source.as_str().len()..];
            honest.rename(
                StorePath::new(&path)?,
                StorePath::new(&format!("{target}{behind}"))?,
                overwrite,
            )?;
        }
        Ok(())
    }

    /// What stands beside a directory under the same name with digits behind it.
    pub fn neighbours(&self, path: StorePath) -> Result<Vec<String>> {
        let Some(parent) = path.parent() else { return Ok(Vec::new()) };
        let numbered = |name: &String| {
            let behind = name.strip_prefix(path.name()).unwrap_or_default();
            !behind.is_empty() && behind.bytes().all(|byte| byte.is_ascii_digit())
        };
        let names = self.names_in(parent)?;
        Ok(names.into_iter().filter(numbered).map(|name| parent.join(&name)).collect())
    }

    pub fn names_in(&self, path: StorePath) -> Result<Vec<String>> {
        let entries = self.honest.listdir(path, Detail::Kind)?.iterate(&self.honest_store())?;
        entries.map(|entry| Ok(entry?.name)).collect()
    }
}
