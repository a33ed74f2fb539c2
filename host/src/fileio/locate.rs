//! Finds the store of an address.

use std::path::{Path, PathBuf};

use larder_plugin_api::Root;

use super::address::{Address, below};
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{Registry, StoreRecord};
use crate::store::normalise;

/// The store that an address is in, and the path in it.
///
/// `store-name:path` says it. A URI is in the store with the longest root that contains it, by component; on a tie in the
/// active one, else in the first by name.
///
/// # Errors
///
/// When the text is no address, names a store that is not there, or is outside every store.
pub(crate) fn locate<'a>(
    registry: &'a Registry,
    active: Option<&str>,
    text: &str,
) -> Result<(&'a StoreRecord, String)> {
    let wrong = |error: larder_plugin_api::Error| {
        Error::from(error).context(format!("`{text}` is no path in a store"))
    };
    match Address::parse(text).map_err(wrong)? {
        Address::InStore { store, path } => {
            let record = registry.store(&store).map_err(|error| unknown_store(error, text))?;
            Ok((record, normalise(&path).map_err(wrong)?.into_owned()))
        }
        Address::Uri(uri) => {
            let found = longest(registry, active, &uri);
            let found = found.or_else(|| longest(registry, active, &behind_links(&uri)?));
            found.ok_or_else(|| outside(registry, text))
        }
    }
}

fn longest<'a>(
    registry: &'a Registry,
    active: Option<&str>,
    uri: &Root,
) -> Option<(&'a StoreRecord, String)> {
    let mut best: Option<(usize, bool, &StoreRecord, String)> = None;
    for record in registry.stores() {
        let Some(path) = path_in(registry, record, uri) else { continue };
        let length = uri.path().len() - path.len();
        let rank = (length, active == Some(record.name.as_str()));
        if best.as_ref().is_none_or(|(length, is_active, ..)| rank > (*length, *is_active)) {
            best = Some((rank.0, rank.1, record, path));
        }
    }
    best.map(|(_, _, record, path)| (record, path))
}

/// Where in a store a URI is, when the flavor knows its scheme and the root contains it.
fn path_in(registry: &Registry, record: &StoreRecord, uri: &Root) -> Option<String> {
    let root = Root::parse(&record.path).ok()?;
    let same_scheme = root.scheme() == uri.scheme();
    if !same_scheme && !flavor_knows(registry, &record.flavor, uri.scheme()) {
        return None;
    }
    below(&root, uri).or_else(|| below(&behind_links(&root)?, uri))
}

fn flavor_knows(registry: &Registry, flavor: &str, scheme: &str) -> bool {
    let snapshot = registry.flavor(flavor).ok().and_then(|record| record.manifest.as_ref());
    snapshot.is_some_and(|snapshot| snapshot.flavor.schemes.iter().any(|known| known == scheme))
}

/// A local path with the links on it followed, as far as it exists; `None` for a URI of another host or scheme.
fn behind_links(uri: &Root) -> Option<Root> {
    if !uri.scheme().is_empty() {
        return None;
    }
    let path = Path::new(uri.path());
    let (existing, canonical) =
        path.ancestors().find_map(|ancestor| Some((ancestor, ancestor.canonicalize().ok()?)))?;
    let rest = path.strip_prefix(existing).ok()?;
    let whole: PathBuf = if rest.as_os_str().is_empty() { canonical } else { canonical.join(rest) };
    Root::parse(whole.to_str()?).ok()
}

fn outside(registry: &Registry, text: &str) -> Error {
    let message = format!("`{text}` is outside every artifact store");
    let roots: Vec<String> =
        registry.stores().map(|record| format!("{} ({})", record.path, record.name)).collect();
    let hint = if let Some(meant) = without_colon(registry, text) {
        format!("did you mean `{meant}`?")
    } else if roots.is_empty() {
        "there is no artifact store yet: larder artifact-store register NAME --flavor FLAVOR --path ROOT"
            .to_owned()
    } else {
        format!(
            "known roots: {}; for a file on this machine use `larder put` and `larder get`",
            roots.join(", ")
        )
    };
    Error::new(ErrorKind::NotFound, message).with_hint(hint)
}

/// `mine`, `mine/docs` and `mine://docs` begin with the name of a store, but it takes one colon to say so.
fn without_colon(registry: &Registry, text: &str) -> Option<String> {
    let (store, path) = text.split_once("://").or_else(|| text.split_once('/')).unwrap_or((text, ""));
    registry.store(store).ok().map(|record| format!("{}:{path}", record.name))
}

/// A text like `s3:/bucket` or `C:\file` was perhaps never meant as the name of a store.
fn unknown_store(error: Error, text: &str) -> Error {
    match error.hint() {
        Some(_) => error,
        None => error.with_hint(format!("a local file with a colon in its name is written `./{text}`")),
    }
}
