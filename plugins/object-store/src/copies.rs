//! `copyfile` and `rename`: an object store copies within itself and has no other name for an object, so a rename is a copy
//! and a removal.

use futures::StreamExt as _;
use futures::stream;
use larder_plugin_api::{Error, ErrorKind, OpenMode, Reader as _, Result, StorePath, Writer as _};

use crate::client::{Client, SharedClient, directory_key};
use crate::exact;
use crate::keys;
use crate::paths::{self, Standing};
use crate::reader::ObjectReader;
use crate::removal::Expected;
use crate::requests::{Lister, Removal};
use crate::writer::ObjectWriter;

/// The largest object that one request copies (S3, "Copying objects").
const LARGEST_COPY: u64 = 5 << 30;

/// How many files an error names.
const NAMED: usize = 20;

/// How much is moved at once when a copy goes through this process.
const PIECE: usize = 1 << 20;

pub fn copyfile(
    client: &SharedClient,
    source: StorePath<'_>,
    target: StorePath<'_>,
    overwrite: bool,
) -> Result<()> {
    let size = client.wait(async {
        let (found, writable) =
            futures::join!(paths::file(client, source), paths::check_writable(client, target));
        let found = found?;
        writable?;
        Ok(found.content_length())
    })?;
    if source == target {
        return if overwrite { Ok(()) } else { Err(Error::already_exists()) };
    }
    copy_checked(client, source, target, size, overwrite)
}

/// Copies a file whose target was looked at.
fn copy_checked(
    client: &SharedClient,
    source: StorePath<'_>,
    target: StorePath<'_>,
    size: u64,
    overwrite: bool,
) -> Result<()> {
    if !overwrite && !client.is_exclusive_copy() {
        return copy_through(client, source, target);
    }
    let (from, to) = (source.as_str(), target.as_str());
    if client.wait(client.copy(from, to, Some(size), !overwrite))? {
        Ok(())
    } else {
        Err(Error::already_exists())
    }
}

/// The service decides only for what is uploaded whether a target is free.
fn copy_through(client: &SharedClient, source: StorePath<'_>, target: StorePath<'_>) -> Result<()> {
    let mut reader = ObjectReader::open(client, source)?;
    let mut writer = Box::new(ObjectWriter::open(client, target, OpenMode::Exclusive)?);
    let mut piece = vec![0; PIECE];
    loop {
        match reader.read(&mut piece)? {
            0 => return writer.close(),
            count => writer.write(&piece[..count])?,
        }
    }
}

pub fn rename(
    client: &SharedClient,
    source: StorePath<'_>,
    target: StorePath<'_>,
    overwrite: bool,
) -> Result<()> {
    source.check_rename_to(target)?;
    let (from, to) = client.wait(async {
        let (from, to) = futures::join!(paths::look(client, source), paths::look(client, target));
        Ok((from?, to?))
    })?;
    match (from, to) {
        (Standing::Nothing, _) => Err(Error::not_found()),
        _ if source == target => {
            if overwrite {
                Ok(())
            } else {
                Err(Error::already_exists())
            }
        }
        (_, Standing::File(_) | Standing::Directory) if !overwrite => Err(Error::already_exists()),
        (Standing::File(_), Standing::Directory) => Err(Error::is_a_directory()),
        (Standing::Directory, Standing::File(_) | Standing::Directory) => Err(Error::already_exists()),
        (Standing::File(metadata), _) => {
            client.wait(check_parents(client, target))?;
            copy_checked(client, source, target, metadata.content_length(), overwrite)?;
            let removed = client.wait(client.remove_key(source.as_str(), client.etag(&metadata)));
            match removed.map_err(|error| both_are_there(&error, source))? {
                Removal::Gone | Removal::Missing => Ok(()),
                Removal::Changed => Err(changed_meanwhile(source.as_str(), target.as_str())),
            }
        }
        (Standing::Directory, Standing::Nothing) => {
            client.wait(check_parents(client, target))?;
            client.wait(rename_directory(client, source, target))
        }
    }
}

async fn check_parents(client: &Client, target: StorePath<'_>) -> Result<()> {
    if client.tuning.strict_paths { paths::check_parents(client, target).await } else { Ok(()) }
}

fn both_are_there(error: &Error, source: StorePath<'_>) -> Error {
    let message = format!("it was copied, and `{source}` could not be removed: it is in both places");
    with_reason(ErrorKind::Unexpected, message, error)
}

/// The other wrote after what was copied: nothing of it is removed.
fn changed_meanwhile(source: &str, target: &str) -> Error {
    let message = format!(
        "`{source}` changed while it was renamed: it is still there, and `{target}` has what it was before"
    );
    Error::new(ErrorKind::Changed, message)
}

/// What is to be renamed: an object, and where it goes.
struct Object {
    key: String,
    target: String,
    size: u64,
    etag: Option<String>,
}

/// What is below a directory: what can be renamed, and the keys that have no path.
struct Found {
    objects: Vec<Object>,
    nameless: Vec<(String, &'static str)>,
}

async fn find(client: &Client, source: StorePath<'_>, target: StorePath<'_>) -> Result<Found> {
    let mut found = Found { objects: Vec::new(), nameless: Vec::new() };
    let mut lister = Lister::of_tree(source);
    while let Some(page) = lister.next_page(client).await? {
        for listed in page {
            if let Some(reason) = keys::place(&listed).reason {
                found.nameless.push((listed.key, reason));
                continue;
            }
            let below = listed.key.get(source.as_str().len()..).unwrap_or_default();
            let target = format!("{target}{below}");
            found.objects.push(Object {
                target,
                size: listed.size,
                etag: listed.etag.map(String::from),
                key: listed.key,
            });
        }
    }
    if let Some(object) = folder(client, source).await? {
        let etag = client.etag(&object).map(str::to_owned);
        let (key, target) = (source.as_str().to_owned(), target.as_str().to_owned());
        found.objects.push(Object { key, target, size: 0, etag });
    }
    Ok(found)
}

/// The object that stands for a directory.
async fn folder(client: &Client, path: StorePath<'_>) -> Result<Option<opendal::Metadata>> {
    if !client.service.has_folders {
        return Ok(None);
    }
    Ok(client.head(path.as_str()).await?.filter(|object| client.is_folder_object(object)))
}

/// Copies every object below the source, many at a time, and removes the sources when all copies are there: each only when
/// it is still the object that was listed. A copy of something later leaves a source that is not that object any more.
async fn rename_directory(client: &Client, source: StorePath<'_>, target: StorePath<'_>) -> Result<()> {
    let Found { objects, nameless } = find(client, source, target).await?;
    let copies = objects.iter().map(|object| copy_object(client, object));
    let mut copies = stream::iter(copies).buffered(client.tuning.requests);
    let mut outcomes = Vec::with_capacity(objects.len());
    while let Some(result) = copies.next().await {
        match result {
            Ok(is_copied) => outcomes.push(is_copied),
            Err(error) => {
                let message = format!(
                    "{} of {} files were copied to `{target}`; all of them are still at `{source}`",
                    outcomes.len(),
                    objects.len()
                );
                return Err(with_reason(error.kind(), message, &error));
            }
        }
    }
    drop(copies);
    remove_sources(client, source, target, &objects, &outcomes).await?;
    if nameless.is_empty() {
        return Ok(());
    }
    Err(exact::nameless_left(&nameless, &directory_key(source.as_str())))
}

/// Copies the object that was listed, where the service compares that and copies it at once; false when another one is there
/// by now.
async fn copy_object(client: &Client, object: &Object) -> Result<bool> {
    let Object { key, target, size, etag } = object;
    if let Some(etag) = etag.as_deref().filter(|_| client.service.compares_copies && *size <= LARGEST_COPY) {
        return client.copy_key(key, target, Some(etag), false).await;
    }
    client.copy(key, target, Some(*size), false).await
}

async fn remove_sources(
    client: &Client,
    source: StorePath<'_>,
    target: StorePath<'_>,
    objects: &[Object],
    copied: &[bool],
) -> Result<()> {
    let (there, other): (Vec<_>, Vec<_>) = objects.iter().zip(copied).partition(|(_, copied)| **copied);
    let files: Vec<Expected> =
        there.iter().map(|(object, _)| (object.key.clone(), object.etag.clone())).collect();
    let mut changed: Vec<_> = other.into_iter().map(|(object, _)| object).collect();
    for ((object, _), outcome) in there.into_iter().zip(client.remove_expected(&files).await) {
        match outcome {
            Ok(Removal::Gone | Removal::Missing) => {}
            Ok(Removal::Changed) => changed.push(object),
            Err(error) => {
                let message = format!(
                    "all files are at `{target}`, and some are at `{source}` as well: {}",
                    error.message()
                );
                return Err(with_reason(error.kind(), message, &error));
            }
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let message =
        format!("{} files changed while they were renamed, and are still at `{source}`", changed.len());
    let error = Error::new(ErrorKind::Changed, message);
    let causes = changed.iter().take(NAMED).map(|object| changed_meanwhile(&object.key, &object.target));
    Err(causes.fold(error, |error, cause| error.with_cause(cause.message().to_owned())))
}

fn with_reason(kind: ErrorKind, message: String, error: &Error) -> Error {
    let kind = if kind == ErrorKind::NotFound { ErrorKind::Unexpected } else { kind };
    let reason =
        if error.message().is_empty() { error.kind().to_string() } else { error.message().to_owned() };
    let result = Error::new(kind, message).with_retryable(error.is_retryable()).with_cause(reason);
    error.causes().iter().fold(result, |result, cause| result.with_cause(cause.clone()))
}
