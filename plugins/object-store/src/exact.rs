//! What is asked for by its exact key or etag: removals under a condition, keys that are not paths, identities.

use larder_plugin_api::{Error, ErrorKind, Identity, Removal as Wanted, Result, Stat, StorePath};

use crate::client::{Client, SharedClient};
use crate::paths;
use crate::removal::Expected;
use crate::requests::{Lister, Removal};

/// The root: *not found* when its bucket is missing. One listing of one key.
pub async fn stat_root(client: &Client) -> Result<Stat> {
    match Lister::of_tree(StorePath::ROOT).limited(1).next_page(client).await {
        Ok(_) => Ok(Stat::directory()),
        Err(error) if error.message() == client.missing_place().message() => {
            Err(Error::new(ErrorKind::NotFound, error.message()))
        }
        Err(error) => Err(error),
    }
}

/// Removes files, each as it was expected. A file without an etag is looked at first, for a removal does not say whether it
/// was there.
pub async fn remove_many(client: &Client, files: &[Wanted<'_>]) -> Vec<Result<()>> {
    use futures::StreamExt as _;
    let looks = files.iter().map(|file| look_at(client, *file));
    let looked: Vec<Result<()>> =
        futures::stream::iter(looks).buffered(client.tuning.requests).collect().await;
    let is_there = |(file, looked): (&Wanted<'_>, &Result<()>)| -> Option<Expected> {
        looked.as_ref().ok()?;
        Some((file.path.as_str().to_owned(), file.etag.map(str::to_owned)))
    };
    let there: Vec<Expected> = files.iter().zip(&looked).filter_map(is_there).collect();
    let mut outcomes = client.remove_expected(&there).await.into_iter();
    let mut results = Vec::with_capacity(files.len());
    for (file, looked) in files.iter().zip(looked) {
        results.push(match looked {
            Ok(()) => match outcomes.next() {
                Some(outcome) => outcome.and_then(|removal| result_of(removal, file.etag.is_some())),
                None => Err(Error::new(ErrorKind::Unexpected, "it was not asked for")),
            },
            Err(error) => Err(error),
        });
    }
    results
}

async fn look_at(client: &Client, file: Wanted<'_>) -> Result<()> {
    client.check_name(file.path)?;
    match file.etag {
        Some(_) => Ok(()),
        None => paths::file(client, file.path).await.map(drop),
    }
}

/// A file that was seen and is gone by now was removed by another, which is as good.
fn result_of(removal: Removal, has_etag: bool) -> Result<()> {
    match removal {
        Removal::Gone => Ok(()),
        Removal::Missing if !has_etag => Ok(()),
        Removal::Missing => Err(Error::not_found()),
        Removal::Changed => Err(changed()),
    }
}

fn changed() -> Error {
    Error::new(
        ErrorKind::Changed,
        "the object is not what was expected: another wrote it meanwhile, and it stays",
    )
}

pub async fn stat_key(client: &Client, key: &str) -> Result<Stat> {
    let found = client.find_key(key).await?.ok_or_else(Error::not_found)?;
    let mut stat = Stat::file(found.size).with_modified(found.modified);
    stat.etag = found.etag.map(String::from);
    Ok(stat)
}

pub async fn remove_key(client: &Client, key: &str, etag: Option<&str>) -> Result<()> {
    if etag.is_none() && client.find_key(key).await?.is_none() {
        return Err(Error::not_found());
    }
    result_of(client.remove_key(key, etag).await?, etag.is_some())
}

pub async fn copy_key(
    client: &SharedClient,
    key: &str,
    target: StorePath<'_>,
    overwrite: bool,
) -> Result<()> {
    let (found, writable) = futures::join!(client.find_key(key), paths::check_writable(client, target));
    let found = found?.ok_or_else(Error::not_found)?;
    writable?;
    if key == target.as_str() {
        return if overwrite { Ok(()) } else { Err(Error::already_exists()) };
    }
    // Where the service does not decide that for a copy, that it is free is only seen.
    let is_decided = client.is_exclusive_copy();
    if !overwrite && !is_decided && client.head(target.as_str()).await?.is_some() {
        return Err(Error::already_exists());
    }
    let etag = found.etag.as_deref();
    if client.copy_key(key, target.as_str(), etag, !overwrite && is_decided).await? {
        client.known.written(target);
        return Ok(());
    }
    if !overwrite && client.head(target.as_str()).await?.is_some() {
        return Err(Error::already_exists());
    }
    Err(changed())
}

impl Client {
    /// Which object in the world a path leads to, whatever the store's root is.
    pub fn identity(&self, path: StorePath<'_>) -> Identity {
        let prefix = self.prefix().split('/').filter(|component| !component.is_empty());
        let components = std::iter::once(self.service.bucket.as_str()).chain(prefix).chain(path.components());
        Identity::of_path(self.service.scope.clone(), components)
    }
}

/// The error for an object at a key without a path, which an operation that gives paths cannot take along.
pub fn nameless_left(keys: &[(String, &'static str)], directory: &str) -> Error {
    let message = format!(
        "{} keys below `{directory}` have no path: they are still there, and so is the directory",
        keys.len()
    );
    let error = Error::new(ErrorKind::InvalidPath, message);
    keys.iter()
        .take(20)
        .fold(error, |error, (key, reason)| error.with_cause(format!("no path leads to `{key}`: {reason}")))
}
