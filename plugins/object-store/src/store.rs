//! The store: the contract's operations over the requests of a service.

use std::sync::Arc;

use larder_plugin_api::{
    ArtifactStore, Capability, Detail, Entries, Identity, OpenMode, Opened, Removal, Result, Services, Stat,
    StorePath, Walk, WalkOptions,
};

use crate::client::{Client, SharedClient};
use crate::glob::{self, TreeGlob};
use crate::listing::Listing;
use crate::paths::{self, Standing};
use crate::reader::ObjectReader;
use crate::service::Service;
use crate::tuning::Tuning;
use crate::walk::{self, TreeWalk};
use crate::writer::ObjectWriter;
use crate::{copies, directories, exact, rmtree};

/// What a store on a service can do.
///
/// A `rename` is a copy and a removal, so none of them is atomic. Whether the service decides that a target is free is a
/// matter of the service, and of the server: see [`Service::exclusive`].
pub const CAPABILITIES: &[Capability] = &[
    Capability::Write,
    Capability::Append,
    Capability::Exclusive,
    Capability::Copyfile,
    Capability::Rename,
    Capability::RenameDirectory,
    Capability::Mkdir,
    Capability::NativeCopy,
    Capability::RangedRead,
    Capability::ModifiedTime,
    Capability::Etag,
    Capability::Durable,
    Capability::Persistent,
    Capability::RemoveDirectory,
];

/// A store in a bucket or a container.
pub struct ObjectStore {
    client: SharedClient,
}

impl ObjectStore {
    /// A store that sends nothing yet, and starts no thread.
    pub fn new(service: Service, tuning: Tuning, services: &Services) -> Self {
        Self { client: Arc::new(Client::new(service, tuning, services.clone())) }
    }
}

impl ArtifactStore for ObjectStore {
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        self.client.check_name(path)?;
        if mode == OpenMode::Read {
            return Ok(Opened::reader(ObjectReader::open(&self.client, path)?));
        }
        Ok(Opened::writer(ObjectWriter::open(&self.client, path, mode)?))
    }

    fn copyfile(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        self.client.check_name(source)?;
        self.client.check_name(target)?;
        copies::copyfile(&self.client, source, target, overwrite)
    }

    fn exists(&self, path: StorePath) -> Result<bool> {
        if self.client.check_name(path).is_err() {
            return Ok(false);
        }
        self.client.wait(async { Ok(!matches!(paths::look(&self.client, path).await?, Standing::Nothing)) })
    }

    fn glob(&self, pattern: &str) -> Result<Entries> {
        if glob::is_deep(pattern) {
            return Ok(Entries::streaming(TreeGlob::open(&self.client, pattern)?));
        }
        Ok(Entries::by_listing(pattern))
    }

    fn isdir(&self, path: StorePath) -> Result<bool> {
        if path.is_root() {
            return Ok(true);
        }
        if self.client.check_name(path).is_err() {
            return Ok(false);
        }
        self.client.wait(self.client.is_directory(path))
    }

    fn listdir(&self, path: StorePath, _detail: Detail) -> Result<Entries> {
        self.client.check_name(path)?;
        Ok(Entries::streaming(Listing::open(&self.client, path)?))
    }

    fn makedirs(&self, path: StorePath) -> Result<()> {
        self.client.check_name(path)?;
        self.client.wait(directories::makedirs(&self.client, path))
    }

    fn mkdir(&self, path: StorePath) -> Result<()> {
        self.client.check_name(path)?;
        self.client.wait(directories::mkdir(&self.client, path))
    }

    fn remove(&self, path: StorePath) -> Result<()> {
        self.client.check_name(path)?;
        self.client.wait(rmtree::remove(&self.client, path))
    }

    fn rename(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        self.client.check_name(source)?;
        self.client.check_name(target)?;
        copies::rename(&self.client, source, target, overwrite)
    }

    fn rmtree(&self, path: StorePath) -> Result<()> {
        self.client.check_name(path)?;
        self.client.wait(rmtree::rmtree(&self.client, path))
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        self.client.check_name(path)?;
        self.client.wait(async {
            if path.is_root() {
                return exact::stat_root(&self.client).await;
            }
            match paths::look(&self.client, path).await? {
                Standing::File(metadata) => Ok(paths::stat_of(&self.client, &metadata)),
                Standing::Directory => Ok(Stat::directory()),
                Standing::Nothing => Err(larder_plugin_api::Error::not_found()),
            }
        })
    }

    fn size(&self, path: StorePath) -> Result<u64> {
        self.client.check_name(path)?;
        self.client.wait(async { Ok(paths::file(&self.client, path).await?.content_length()) })
    }

    fn walk(&self, top: StorePath, options: WalkOptions) -> Result<Walk> {
        let walk = self.client.check_name(top).and_then(|()| TreeWalk::open(&self.client, top, options));
        Ok(match walk {
            Ok(walk) => Walk::streaming(walk),
            Err(error) => Walk::streaming(walk::failed(error)),
        })
    }

    fn remove_many(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        self.client.wait(async { Ok(exact::remove_many(&self.client, files).await) })
    }

    fn remove_directory(&self, path: StorePath) -> Result<()> {
        self.client.check_name(path)?;
        self.client.wait(directories::remove_directory(&self.client, path))
    }

    fn identity(&self, path: StorePath) -> Result<Option<Identity>> {
        Ok(Some(self.client.identity(path)))
    }

    fn stat_key(&self, key: &str) -> Result<Stat> {
        self.client.wait(exact::stat_key(&self.client, key))
    }

    fn remove_key(&self, key: &str, etag: Option<&str>) -> Result<()> {
        self.client.wait(exact::remove_key(&self.client, key, etag))
    }

    fn copy_key(&self, key: &str, target: StorePath, overwrite: bool) -> Result<()> {
        self.client.check_name(target)?;
        self.client.wait(exact::copy_key(&self.client, key, target, overwrite))
    }

    fn capabilities(&self) -> Option<Vec<Capability>> {
        let can =
            |capability: &Capability| *capability != Capability::Exclusive || self.client.is_exclusive();
        Some(CAPABILITIES.iter().copied().filter(can).collect())
    }
}
