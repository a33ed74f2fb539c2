//! Lies of `remove_directory` and `remove_many`.

use std::thread;

use larder_plugin_api::{ArtifactStore, Error, ErrorKind, Removal, Result, StorePath};

use crate::Lie;
use crate::store::Liar;
use crate::writers::BETWEEN;

const THOUSAND: usize = 1000;

impl Liar {
    pub fn lying_remove_directory(&self, path: StorePath) -> Result<()> {
        let honest = &self.honest;
        match self.lie {
            Lie::RemoveDirectoryRoot if path.is_root() => Ok(()),
            _ if path.is_root() => honest.remove_directory(path),
            Lie::RemoveDirectoryFull if honest.isdir(path)? => honest.rmtree(path),
            Lie::RemoveDirectoryMissing if honest.is_missing(path) => Ok(()),
            Lie::RemoveDirectoryFiles if honest.isfile(path) => honest.remove(path),
            Lie::RemoveDirectoryKeeps if honest.isdir(path)? && self.names_in(path)?.is_empty() => Ok(()),
            Lie::RemoveDirectoryNeighbours => {
                let taken = self.neighbours(path)?;
                honest.remove_directory(path)?;
                taken.iter().try_for_each(|neighbour| honest.rmtree(StorePath::new(neighbour)?))
            }
            Lie::RemoveDirectoryRaces if honest.isdir(path)? => {
                if !self.names_in(path)?.is_empty() {
                    return Err(ErrorKind::NotEmpty.into());
                }
                thread::sleep(BETWEEN);
                honest.rmtree(path)
            }
            _ => honest.remove_directory(path),
        }
    }

    pub fn lying_remove_many(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        let honest = &self.honest;
        match self.lie {
            Lie::RemoveManyEmpty if files.is_empty() => {
                Err(Error::new(ErrorKind::InvalidArgument, "nothing is given"))
            }
            Lie::RemoveManyStops => self.remove_up_to_failure(files),
            Lie::RemoveManyReversed => {
                let mut answers = honest.remove_many(files)?;
                answers.reverse();
                Ok(answers)
            }
            Lie::RemoveManyDirectories => Ok(files.iter().map(|file| self.remove_anything(file)).collect()),
            Lie::RemoveManyThousand => {
                let mut answers = honest.remove_many(&files[..files.len().min(THOUSAND)])?;
                answers.resize_with(files.len(), || Ok(()));
                Ok(answers)
            }
            Lie::RemoveManyIgnoresEtags => honest.remove_many(&without_etags(files)),
            Lie::RemoveManyChanged => Ok(files.iter().map(|file| self.remove_without_etag(file)).collect()),
            Lie::RemoveManyRaces => Ok(self.compare_and_remove(files)),
            _ => honest.remove_many(files),
        }
    }

    fn remove_up_to_failure(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        let mut answers = Vec::new();
        for file in files {
            answers.extend(self.honest.remove_many(&[*file])?);
            if answers.last().is_some_and(Result::is_err) {
                break;
            }
        }
        answers.resize_with(files.len(), || Ok(()));
        Ok(answers)
    }

    fn remove_anything(&self, file: &Removal<'_>) -> Result<()> {
        if self.honest.isdir(file.path)? {
            return self.honest.rmtree(file.path);
        }
        self.honest.remove_many(&[*file])?.into_iter().collect()
    }

    fn remove_without_etag(&self, file: &Removal<'_>) -> Result<()> {
        match file.etag {
            Some(_) => Err(ErrorKind::Changed.into()),
            None => self.honest.remove(file.path),
        }
    }

    fn compare_and_remove(&self, files: &[Removal<'_>]) -> Vec<Result<()>> {
        let compare = |file: &Removal<'_>| match file.etag {
            Some(etag) if self.honest.stat(file.path)?.etag.as_deref() != Some(etag) => {
                Err(ErrorKind::Changed.into())
            }
            _ => Ok(()),
        };
        let compared: Vec<Result<()>> = files.iter().map(compare).collect();
        thread::sleep(BETWEEN);
        let removed = |(compared, file): (Result<()>, &Removal<'_>)| {
            compared.and_then(|()| self.honest.remove(file.path))
        };
        compared.into_iter().zip(files).map(removed).collect()
    }
}

fn without_etags<'a>(files: &[Removal<'a>]) -> Vec<Removal<'a>> {
    files.iter().map(|file| Removal { path: file.path, etag: None }).collect()
}
