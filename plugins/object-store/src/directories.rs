//! Directories: `mkdir`, `makedirs`. A made one is an empty object with the key `dir/`, as the consoles of the services
//! write it, so that it is there while nothing is in it.

use futures::future::try_join_all;
use larder_plugin_api::{Error, Result, StorePath};

use crate::client::{Client, Condition, directory_key};
use crate::keys;
use crate::paths::{self, Standing};

pub async fn mkdir(client: &Client, path: StorePath<'_>) -> Result<()> {
    let Some(parent) = path.parent() else { return Err(Error::already_exists()) };
    let (above, here) = futures::join!(paths::look(client, parent), paths::look(client, path));
    match above? {
        Standing::Directory => {}
        Standing::File(_) => return Err(Error::not_a_directory()),
        Standing::Nothing => {
            // The nearest parent may be missing because a file stands further up.
            paths::check_parents(client, parent).await?;
            return Err(Error::not_found());
        }
    }
    if !matches!(here?, Standing::Nothing) {
        return Err(Error::already_exists());
    }
    if client.put_empty(&directory_key(path.as_str()), &free(client)).await? {
        return Ok(());
    }
    Err(Error::already_exists())
}

pub async fn makedirs(client: &Client, path: StorePath<'_>) -> Result<()> {
    if path.is_root() {
        return Ok(());
    }
    let (parents, here) = futures::join!(paths::check_parents(client, path), client.head(path.as_str()));
    parents?;
    if here?.is_some_and(|object| !(client.service.has_folders && keys::is_folder(&object))) {
        return Err(Error::already_exists());
    }
    let made = path.ancestors().filter(|ancestor| !ancestor.is_root()).chain([path]);
    try_join_all(made.map(|directory| make_marker(client, directory))).await?;
    Ok(())
}

/// A marker that is there already is as good as a new one.
async fn make_marker(client: &Client, directory: StorePath<'_>) -> Result<()> {
    client.put_empty(&directory_key(directory.as_str()), &free(client)).await.map(drop)
}

const fn free(client: &Client) -> Condition {
    if client.is_exclusive() { Condition::Free } else { Condition::None }
}
