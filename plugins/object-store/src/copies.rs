//! `copyfile` and `rename`: an object store copies within itself and has no other name for an object, so a rename is a copy
//! and a removal.

use futures::StreamExt as _;
use futures::stream;
use larder_plugin_api::{Error, ErrorKind, OpenMode, Reader as _, Result, StorePath, Writer as _};
use opendal::options::ListOptions;

use crate::client::{Client, SharedClient, directory_key};
use crate::paths::{self, Standing};
use crate::reader::ObjectReader;
use crate::rmtree;
use crate::writer::ObjectWriter;

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
            client
                .wait(client.remove_all(&[source.as_str().to_owned()]))
                .map_err(|error| both_are_there(&error, source))
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

/// Copies every object below the source, many at a time, and removes the sources when all copies are there.
async fn rename_directory(client: &Client, source: StorePath<'_>, target: StorePath<'_>) -> Result<()> {
    let mut objects = Vec::new();
    let mut lister = client.list(source, ListOptions { recursive: true, ..ListOptions::default() })?;
    while let Some(entry) = client.next_listed(&mut lister).await? {
        objects.push((entry.path().to_owned(), entry.metadata().content_length()));
    }
    let (from, to) = (directory_key(source.as_str()), directory_key(target.as_str()));
    let copies = objects
        .iter()
        .filter_map(|(key, size)| Some((key, format!("{to}{}", key.strip_prefix(&from)?), *size)));
    let mut copies = stream::iter(copies)
        .map(|(key, target, size)| async move { client.copy(key, &target, Some(size), false).await })
        .buffer_unordered(client.tuning.requests);
    let mut done = 0;
    while let Some(result) = copies.next().await {
        if let Err(error) = result {
            let message = format!(
                "{done} of {} files were copied to `{target}`; all of them are still at `{source}`",
                objects.len()
            );
            return Err(with_reason(error.kind(), message, &error));
        }
        done += 1;
    }
    drop(copies);
    let keys = objects.into_iter().map(|(key, _)| key).collect();
    rmtree::remove_keys(client, keys).await.map_err(|error| {
        let message =
            format!("all files are at `{target}`, and some are at `{source}` as well: {}", error.message());
        with_reason(error.kind(), message, &error)
    })
}

fn with_reason(kind: ErrorKind, message: String, error: &Error) -> Error {
    let kind = if kind == ErrorKind::NotFound { ErrorKind::Unexpected } else { kind };
    let reason =
        if error.message().is_empty() { error.kind().to_string() } else { error.message().to_owned() };
    let result = Error::new(kind, message).with_retryable(error.is_retryable()).with_cause(reason);
    error.causes().iter().fold(result, |result, cause| result.with_cause(cause.clone()))
}
