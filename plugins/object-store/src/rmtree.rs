//! `remove` and `rmtree`: a page of keys a request, several requests at a time.

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use larder_plugin_api::{Error, ErrorKind, Result, StorePath};
use opendal::options::ListOptions;

use crate::client::{Client, directory_key};
use crate::paths;

/// Keys of one request: as many as a listing has on a page, and S3 removes at once.
const PAGE: usize = 1000;

/// How many pages are removed side by side while the next are listed.
const PAGES_AT_ONCE: usize = 4;

/// How many of the keys that stayed an error names.
const NAMED: usize = 20;

pub async fn remove(client: &Client, path: StorePath<'_>) -> Result<()> {
    paths::file(client, path).await?;
    client.remove_all(&[path.as_str().to_owned()]).await
}

/// Removes what is below a directory, and its marker. The keys begin with `directory/`, so no neighbour is among them.
pub async fn rmtree(client: &Client, path: StorePath<'_>) -> Result<()> {
    let mut lister = client.list(path, ListOptions { recursive: true, ..ListOptions::default() })?;
    let mut removals = FuturesUnordered::new();
    let mut page = Vec::with_capacity(PAGE);
    let (mut found, mut failed) = (false, None);
    loop {
        let entry = client.next_listed(&mut lister).await?;
        let is_last = entry.is_none();
        if let Some(entry) = entry {
            found = true;
            // The root's own marker is the bucket's or the prefix's, and stays.
            if entry.path() != "/" {
                page.push(entry.path().to_owned());
            }
        }
        if page.len() >= PAGE || (is_last && !page.is_empty()) {
            let keys = std::mem::replace(&mut page, Vec::with_capacity(PAGE));
            removals.push(async move { client.remove_all(&keys).await });
        }
        while removals.len() >= PAGES_AT_ONCE || (is_last && !removals.is_empty()) {
            if let Some(Err(error)) = removals.next().await {
                failed.get_or_insert(error);
            }
        }
        if is_last || failed.is_some() {
            break;
        }
    }
    drop(removals);
    match failed {
        Some(error) => Err(what_stayed(client, path, error).await),
        None if found || path.is_root() => Ok(()),
        None => Err(paths::missing_directory(client, path).await?),
    }
}

/// Removes keys that were listed before.
pub async fn remove_keys(client: &Client, keys: Vec<String>) -> Result<()> {
    let pages = keys.chunks(PAGE).map(|page| client.remove_all(page));
    let mut removals = futures::stream::iter(pages).buffer_unordered(PAGES_AT_ONCE);
    let mut failed = None;
    while let Some(result) = removals.next().await {
        if let Err(error) = result {
            failed.get_or_insert(error);
        }
    }
    failed.map_or(Ok(()), Err)
}

/// The error with the keys that are still there: which of a request's keys failed is not in its error.
async fn what_stayed(client: &Client, path: StorePath<'_>, error: Error) -> Error {
    let mut stayed = Vec::new();
    let mut count = 0_u64;
    if let Ok(mut lister) = client.list(path, ListOptions { recursive: true, ..ListOptions::default() }) {
        while let Ok(Some(entry)) = client.next_listed(&mut lister).await {
            count += 1;
            if stayed.len() < NAMED {
                stayed.push(entry.path().to_owned());
            }
        }
    }
    // An answer that refuses all keys gives no reason; for one key alone there is one.
    let error = match stayed.first() {
        Some(key) if error.kind() == ErrorKind::Unexpected => {
            client.remove_all(std::slice::from_ref(key)).await.err().unwrap_or(error)
        }
        _ => error,
    };
    let directory = directory_key(path.as_str());
    let message = format!("{count} keys below `{directory}` are still there: {}", error.message());
    let mut result = Error::new(error.kind(), message).with_retryable(error.is_retryable());
    for key in &stayed {
        result = result.with_cause(format!("still there: {key}"));
    }
    if count > stayed.len() as u64 {
        result = result.with_cause(format!("and {} more", count - stayed.len() as u64));
    }
    error.causes().iter().fold(result, |result, cause| result.with_cause(cause.clone()))
}
