//! What stands at a path, and whether something can be put there. A service knows keys only; these are the rules that make
//! a tree of them.

use std::time::SystemTime;

use futures::future::try_join_all;
use larder_plugin_api::{Error, ErrorKind, Result, Stat, StorePath};
use opendal::Metadata;

use crate::client::Client;
use crate::{requests, token};

/// What stands at a path.
pub enum Standing {
    Nothing,
    File(Metadata),
    Directory,
}

/// Looks for a file, then for a directory: one request for a file, two for anything else.
pub async fn look(client: &Client, path: StorePath<'_>) -> Result<Standing> {
    if path.is_root() {
        return Ok(Standing::Directory);
    }
    if let Some(metadata) = client.head(path.as_str()).await? {
        return Ok(if client.is_folder_object(&metadata) {
            Standing::Directory
        } else {
            Standing::File(metadata)
        });
    }
    Ok(if client.has_below(path).await? { Standing::Directory } else { Standing::Nothing })
}

/// The file at a path.
///
/// # Errors
///
/// *Not found*; *is a directory*.
pub async fn file(client: &Client, path: StorePath<'_>) -> Result<Metadata> {
    match look(client, path).await? {
        Standing::File(metadata) => Ok(metadata),
        Standing::Directory => Err(Error::is_a_directory()),
        Standing::Nothing => Err(Error::not_found()),
    }
}

/// For a path below which nothing was listed.
///
/// # Errors
///
/// *Not a directory* for a file, *not found* for nothing.
pub async fn check_directory(client: &Client, path: StorePath<'_>) -> Result<()> {
    match look(client, path).await? {
        Standing::File(_) => Err(Error::not_a_directory()),
        Standing::Directory => Ok(()),
        Standing::Nothing => Err(Error::not_found()),
    }
}

/// What `stat` says of an object.
pub fn stat_of(client: &Client, metadata: &Metadata) -> Stat {
    let mut stat = Stat::file(metadata.content_length()).with_modified(modified(metadata));
    stat.etag = client.etag(metadata).map(str::to_owned);
    stat.version = metadata.version().map(str::to_owned);
    stat.content_type = metadata.content_type().map(str::to_owned);
    if let Some(user) = metadata.user_metadata() {
        let given = user.into_iter().filter(|(name, _)| !token::is_name(name));
        stat.metadata = given.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    }
    stat
}

/// When an object was last written, in whole seconds: an answer to HEAD has no more (RFC 9110, section 5.6.7), and a listing
/// says the same.
pub fn modified(metadata: &Metadata) -> Option<SystemTime> {
    requests::whole_seconds(SystemTime::from(metadata.last_modified()?))
}

/// Refuses a path below a file: *not a directory*. All parents are asked at once.
pub async fn check_parents(client: &Client, path: StorePath<'_>) -> Result<()> {
    let above = path.ancestors().filter(|above| !above.is_root() && !client.known.contains(*above));
    let heads = try_join_all(above.map(|ancestor| async move {
        let object = client.head(ancestor.as_str()).await?;
        let file = object.filter(|object| !client.is_folder_object(object));
        Ok::<_, Error>(file.map(|_| ancestor.as_str()))
    }));
    match heads.await?.into_iter().flatten().next() {
        Some(file) => Err(Error::new(ErrorKind::NotADirectory, format!("`{file}` is a file"))),
        None => Ok(()),
    }
}

/// Refuses a path where no file can be written: a directory, or one below a file. The requests go side by side.
///
/// # Errors
///
/// *Is a directory*; *not a directory*.
pub async fn check_writable(client: &Client, path: StorePath<'_>) -> Result<()> {
    if path.is_root() {
        return Err(Error::is_a_directory());
    }
    if !client.tuning.strict_paths {
        return Ok(());
    }
    let (parents, below) = futures::join!(check_parents(client, path), client.has_below(path));
    if below? {
        return Err(Error::is_a_directory());
    }
    parents
}
