//! `remove` and `rmtree`: every key below a directory by its exact bytes.

use std::cmp::Reverse;

use futures::stream::FuturesUnordered;
use futures::{StreamExt as _, TryStreamExt as _};
use larder_plugin_api::{Error, ErrorKind, Result, StorePath};

use crate::client::{Client, directory_key};
use crate::paths;
use crate::removal::{PAGE, PAGES_AT_ONCE};
use crate::requests::Lister;
use crate::wire::listed::{Listed, Listing};

/// How many of the keys that stayed an error names.
const NAMED: usize = 20;

pub async fn remove(client: &Client, path: StorePath<'_>) -> Result<()> {
    paths::file(client, path).await?;
    // An object that is gone by now was removed by another.
    client.remove_key(path.as_str(), None).await.map(drop)
}

/// Removes what is below a directory, and its marker. The keys begin with `directory/`, so no neighbour is among them.
pub async fn rmtree(client: &Client, path: StorePath<'_>) -> Result<()> {
    let mut tree = Removals { client, page: Vec::new(), folders: Vec::new(), found: false };
    let removed = tree.remove_listed(path).await;
    let found = tree.found;
    let removed = match removed {
        Ok(()) => remove_folders(client, path, tree.folders).await,
        Err(error) => Err(error),
    };
    match removed {
        Err(error) => Err(what_stayed(client, path, error).await),
        Ok(had_folder) if found || had_folder || path.is_root() => Ok(()),
        Ok(_) => paths::check_directory(client, path).await,
    }
}

/// What is removed while the tree is listed.
struct Removals<'a> {
    client: &'a Client,
    page: Vec<Listed>,
    /// Objects that stand for directories. Some services keep them as long as anything is in them.
    folders: Vec<String>,
    found: bool,
}

impl Removals<'_> {
    /// Lists on while pages are removed. An object that no request reaches keeps nothing else from being removed; after any
    /// other failure the rest stays.
    async fn remove_listed(&mut self, path: StorePath<'_>) -> Result<()> {
        let mut lister = Lister::of_tree(path);
        let mut removals = FuturesUnordered::new();
        let (mut failed, mut unreached) = (None, None);
        loop {
            let next = lister.next_page(self.client).await?;
            let is_last = next.is_none();
            self.sort(next.unwrap_or_default());
            while self.page.len() >= PAGE || (is_last && !self.page.is_empty()) {
                let page = self.page.drain(..self.page.len().min(PAGE)).collect();
                removals.push(self.client.remove_page(page));
            }
            while removals.len() >= PAGES_AT_ONCE || (is_last && !removals.is_empty()) {
                match removals.next().await {
                    Some(Err(error)) if error.kind() == ErrorKind::InvalidPath => unreached = Some(error),
                    Some(Err(error)) => failed = Some(error),
                    _ => {}
                }
            }
            if is_last || failed.is_some() {
                break;
            }
        }
        failed.or(unreached).map_or(Ok(()), Err)
    }

    fn sort(&mut self, listed: Vec<Listed>) {
        for listed in listed {
            self.found = true;
            match listed.kind {
                Listing::Folder => self.folders.push(listed.key),
                // The root's own marker is the bucket's or the prefix's, and stays.
                _ if listed.key.is_empty() && listed.size == 0 => {}
                _ => self.page.push(listed),
            }
        }
    }
}

/// Removes the objects that stand for directories, the innermost first, and at last that of the directory itself, if it has
/// one.
async fn remove_folders(client: &Client, path: StorePath<'_>, mut folders: Vec<String>) -> Result<bool> {
    let depth = |key: &String| key.matches('/').count();
    folders.sort_by_key(|key| Reverse(depth(key)));
    for level in folders.chunk_by(|a, b| depth(a) == depth(b)) {
        let removals = level.iter().map(|key| client.remove_key(key, None));
        futures::stream::iter(removals)
            .buffer_unordered(client.tuning.requests)
            .try_collect::<Vec<_>>()
            .await?;
    }
    let has_own = !path.is_root() && client.is_folder(path).await?;
    if has_own {
        client.remove_key(path.as_str(), None).await?;
    }
    Ok(has_own)
}

/// The error with the keys that are still there: which of a request's keys failed is not in its error.
async fn what_stayed(client: &Client, path: StorePath<'_>, error: Error) -> Error {
    let mut stayed = Vec::new();
    let mut count = 0_u64;
    let mut lister = Lister::of_tree(path);
    while let Ok(Some(page)) = lister.next_page(client).await {
        for listed in page {
            count += 1;
            if stayed.len() < NAMED {
                stayed.push(listed);
            }
        }
    }
    // An answer that refuses all keys gives no reason; for one key alone there is one.
    let error = match stayed.first() {
        Some(first) if error.kind() == ErrorKind::Unexpected => {
            client.remove_page(vec![first.clone()]).await.err().unwrap_or(error)
        }
        _ => error,
    };
    let directory = directory_key(path.as_str());
    let message = format!("{count} keys below `{directory}` are still there: {}", error.message());
    let mut result = Error::new(error.kind(), message).with_retryable(error.is_retryable());
    for listed in &stayed {
        result = result.with_cause(format!("still there: {}", listed.key));
    }
    if count > stayed.len() as u64 {
        result = result.with_cause(format!("and {} more", count - stayed.len() as u64));
    }
    error.causes().iter().fold(result, |result, cause| result.with_cause(cause.clone()))
}
