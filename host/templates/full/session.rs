//! The connection to the store: made when it is first needed, and shared by all that is open.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use larder_plugin_api::prelude::*;
use tempfile::{NamedTempFile, TempDir};

use crate::options::Options;

/// The directory of the root that the flavor keeps for itself: unfinished files, the lock, the token. It is not listed.
pub const PRIVATE: &str = ".{{name}}";

const PATIENCE: Duration = Duration::from_millis(1);

pub struct Session {
    pub options: Options,
    pub services: Services,
    connected: OnceLock<()>,
}

impl Session {
    pub const fn new(options: Options, services: Services) -> Self {
        Self {
            options,
            services,
            connected: OnceLock::new(),
        }
    }

    /// The root, once the store has let us in. What fails is tried again by the next operation.
    fn root(&self) -> Result<&Path> {
        if self.connected.get().is_none() {
            fs::create_dir_all(self.private())?;
            self.present_token()?;
            self.connected.get_or_init(|| ());
        }
        Ok(&self.options.directory)
    }

    /// Stands for logging in: a store that has a token lets in who knows it.
    fn present_token(&self) -> Result<()> {
        match fs::read_to_string(self.private().join("token")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if self.options.token.is_some() {
                    self.services.log(
                        Level::Info,
                        "a `token` is given, and the store asks for none",
                    );
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
            Ok(wanted) if self.options.token.as_deref() == Some(wanted.trim_end()) => Ok(()),
            Ok(_) => {
                let found = if self.options.token.is_some() {
                    "another"
                } else {
                    "a"
                };
                let message = format!("the store asks for {found} `token`");
                Err(Error::new(ErrorKind::Unauthenticated, message))
            }
        }
    }

    fn private(&self) -> PathBuf {
        self.options.directory.join(PRIVATE)
    }

    /// Where a path is on the disk. A symbolic link could lead out of the root: none is followed.
    pub fn place(&self, path: StorePath) -> Result<PathBuf> {
        self.services.check_cancelled()?;
        let mut place = self.root()?.to_owned();
        if path.components().next() == Some(PRIVATE) {
            let message = "the store needs this name itself";
            return Err(Error::new(ErrorKind::InvalidPath, message).with_path(path.as_str()));
        }
        for name in path.components() {
            place.push(name);
            if place.is_symlink() {
                let message = "links are not followed";
                return Err(Error::new(ErrorKind::OutOfBounds, message).with_path(path.as_str()));
            }
        }
        Ok(place)
    }

    /// A file that has no name yet. Dropped, it is removed.
    pub fn unfinished_file(&self) -> Result<NamedTempFile> {
        // Others may read it as far as the user's umask lets them.
        let permissions = Permissions::from_mode(0o666);
        Ok(tempfile::Builder::new()
            .permissions(permissions)
            .tempfile_in(self.private())?)
    }

    /// A directory for what is to be removed. Dropped, it is removed with all that is in it.
    pub fn trash(&self) -> Result<TempDir> {
        Ok(tempfile::Builder::new().tempdir_in(self.private())?)
    }

    /// The name that a place has in its directory reaches the disk, when the store is asked for that.
    pub fn sync_parent(&self, place: &Path) -> Result<()> {
        match place.parent() {
            Some(parent) if self.options.synced => Ok(File::open(parent)?.sync_all()?),
            _ => Ok(()),
        }
    }

    /// One change at a time, over all processes, until the answer is dropped.
    ///
    /// So a change may look first and act then. A process that is killed gives the lock back.
    pub fn lock(&self) -> Result<File> {
        let file = File::options()
            .create(true)
            .append(true)
            .open(self.private().join("lock"))?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => self.services.check_cancelled()?,
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            thread::sleep(PATIENCE);
        }
    }
}
