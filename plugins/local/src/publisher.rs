//! The way of a new file from its first byte to its name: staged near its place, then shown there whole.

use std::os::fd::AsFd;

use larder_plugin_api::{Error, ErrorKind, Result, Services, StorePath};
use rustix::fs::{Mode, Stat, fchmod, fsync};
use rustix::io::Errno;

use crate::directories::{self, Parents};
use crate::error::failed;
use crate::leftovers::Sweeper;
use crate::root::{Root, Tree};
use crate::staged::{Existing, Staged, permissions};

/// How often parents are made again that others remove meanwhile.
const ATTEMPTS: usize = 100;

/// Makes the new files of a store.
pub struct Publisher {
    pub root: Root,
    pub services: Services,
    /// Whether files are on the disk before they are shown.
    pub durable: bool,
    sweeper: Sweeper,
}

impl Publisher {
    pub fn new(root: Root, services: Services, durable: bool) -> Self {
        Self { root, services, durable, sweeper: Sweeper::default() }
    }

    /// Begins a file that is to be at `path`.
    ///
    /// Parents that are missing stay so: until it is shown, the file is in the nearest directory that is there.
    /// A new file gets these permission bits, less the umask.
    pub fn stage(&self, tree: &Tree, path: StorePath, mode: Mode) -> Result<Staged> {
        let parent = path.parent().ok_or_else(Error::is_a_directory)?;
        let directory = tree.nearest_directory(parent).map_err(failed("open the parent directory"))?;
        self.sweeper.sweep_once(directory.as_fd());
        Staged::new(directory, mode)
    }

    /// Shows a staged file at its path. One that it replaces hands down its permission bits.
    pub fn publish(
        &self,
        mut staged: Staged,
        path: StorePath,
        existing: Existing,
        replaced: Option<&Stat>,
    ) -> Result<()> {
        if let Some(replaced) = replaced {
            fchmod(staged.file(), permissions(replaced))
                .map_err(failed("set the permissions of the file"))?;
        }
        if self.durable {
            fsync(staged.file()).map_err(failed("sync the file"))?;
        }
        for _ in 0..ATTEMPTS {
            match self.show(&mut staged, path, existing) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                result => return result,
            }
        }
        Err(Error::new(ErrorKind::NotFound, "the directory was removed while the file was written"))
    }

    fn show(&self, staged: &mut Staged, path: StorePath, existing: Existing) -> Result<()> {
        let tree = self.root.open_or_make()?;
        let parents = Parents::make(&tree, path.parent().unwrap_or(StorePath::ROOT), self.durable)?;
        staged.show(parents.directory()?, path.name(), existing).map_err(|errno| match errno {
            Errno::XDEV => Error::new(
                ErrorKind::Unexpected,
                "the directory is on another filesystem than when it was opened",
            ),
            errno => failed("give the file its name")(errno),
        })?;
        if self.durable {
            // The file is visible: what fails from here on is said, and undone no more.
            directories::sync(parents.directory()?)?;
        }
        parents.keep();
        Ok(())
    }
}
