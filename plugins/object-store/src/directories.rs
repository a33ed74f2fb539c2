//! Directories: `mkdir`, `makedirs`, `remove_directory`. A made one is an empty object with the key `dir/`, as the consoles of the services
//! write it, so that it is there while nothing is in it.

use futures::future::try_join_all;
use larder_plugin_api::{Error, ErrorKind, Result, StorePath};

use crate::client::{Client, Condition, directory_key};
use crate::paths::{self, Standing};
use crate::requests::{Lister, Removal};

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
    if here?.is_some_and(|object| !client.is_folder_object(&object)) {
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

/// Removes a directory's marker when nothing else is below it. What is written below it meanwhile needs no marker.
pub async fn remove_directory(client: &Client, path: StorePath<'_>) -> Result<()> {
    if path.is_root() {
        return Err(Error::new(ErrorKind::InvalidArgument, "the root is not removed"));
    }
    let marker = directory_key(path.as_str());
    let mut lister = Lister::of_tree(path).limited(2);
    let mut found = None;
    while let Some(page) = lister.next_page(client).await? {
        for listed in page {
            if listed.key != marker || listed.size > 0 {
                return Err(Error::new(ErrorKind::NotEmpty, format!("`{}` is in it", listed.key)));
            }
            found = Some(listed);
        }
    }
    let Some(found) = found else { return remove_folder(client, path).await };
    match client.remove_key(&marker, found.etag.as_deref()).await? {
        Removal::Gone | Removal::Missing => {
            remove_folder(client, path).await.or_else(|error| match error.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(()),
                _ => Err(error),
            })
        }
        Removal::Changed => {
            Err(Error::new(ErrorKind::Changed, "another wrote the directory's marker meanwhile"))
        }
    }
}

/// The same for a directory without a marker, which an object may stand for.
async fn remove_folder(client: &Client, path: StorePath<'_>) -> Result<()> {
    if !client.service.has_folders {
        return paths::check_directory(client, path).await;
    }
    match client.head(path.as_str()).await? {
        Some(object) if client.is_folder_object(&object) => {
            client.remove_key(path.as_str(), client.etag(&object)).await.map(drop)
        }
        Some(_) => Err(Error::not_a_directory()),
        None => Err(Error::not_found()),
    }
}

const fn free(client: &Client) -> Condition {
    if client.is_exclusive() { Condition::Free } else { Condition::None }
}
