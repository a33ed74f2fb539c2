//! Paths as commands take them: places in stores, and local files where a command means those.

use larder::fileio::Address;
use larder::transfer::End;
use larder::{Error, ErrorKind, Place};
use larder_plugin_api::Kind;

use super::context::Context;
use super::failure::Outcome;
use super::targets::Source;

/// The place in a store that a user named.
pub fn resolve(context: &Context, address: &str) -> Outcome<Place> {
    Ok(context.host()?.resolve(address)?)
}

/// The same as one end of a transfer.
pub fn end(context: &Context, address: &str) -> Outcome<End> {
    Ok(end_of(resolve(context, address)?))
}

/// What is read from a store. A `/` at its end says that it is a directory, which a file is not.
pub fn source(context: &Context, address: &str) -> Outcome<Source> {
    let end = end(context, address)?;
    if address.ends_with('/') && end.kind()? == Some(Kind::File) {
        let error = Error::from(larder_plugin_api::Error::not_a_directory());
        return Err(error.context(format!("cannot read `{address}`")).into());
    }
    Ok(Source::new(end, address))
}

pub fn end_of(place: Place) -> End {
    End::Store { store: place.store, path: place.path }
}

/// Either a place in a store, or for a plain path outside every store that local path.
pub fn end_or_local(context: &Context, address: &str) -> Outcome<End> {
    match context.host()?.resolve(address) {
        Ok(place) => Ok(end_of(place)),
        Err(error) if is_plain(address) && outside_every_store(&error) => Ok(End::local(address)),
        Err(error) => Err(error.into()),
    }
}

/// Neither a URI nor `name:path`.
fn is_plain(address: &str) -> bool {
    match Address::parse(address) {
        Ok(Address::Uri(uri)) => uri.scheme().is_empty(),
        Ok(Address::InStore { .. }) => false,
        // A `..`, which only local paths may have.
        Err(_) => !address.contains(':'),
    }
}

fn outside_every_store(error: &Error) -> bool {
    use larder_plugin_api::ErrorKind as StoreErrorKind;
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Store(StoreErrorKind::OutOfBounds))
}

/// What failed at a place, with the address as the user knows it.
pub fn failed(tried: &str, place: &Place, error: larder_plugin_api::Error) -> Error {
    Error::from(error).context(format!("cannot {tried} `{place}`"))
}
