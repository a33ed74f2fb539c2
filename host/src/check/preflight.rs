//! Before and after the cases: is the store there and its root empty, and is everything gone at the end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use larder_plugin_api::{Capability, Detail, ErrorKind};

use super::Subject;
use super::place::Place;
use crate::{Cancellation, Error, Result, Store};

/// A name for the directory of a check that nothing else has.
pub fn directory_name() -> String {
    static CHECKS: AtomicUsize = AtomicUsize::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let check = CHECKS.fetch_add(1, Ordering::Relaxed);
    format!("larder-check-{}-{}-{check}", now.as_millis(), std::process::id())
}

/// Finds out whether the store can be checked: it answers, its root is empty, a file can be written and read back.
/// Gives what the store claims.
///
/// A server that is down or a credential that is missing is one failure here rather than one of each case.
pub fn preflight(subject: &Subject, directory: &str, allow_existing: bool) -> Result<Vec<String>> {
    let store = open(subject)?;
    let unusable = |error: larder_plugin_api::Error| {
        Error::from(error).context(format!("`{}` cannot be checked: it cannot be used", store.root()))
    };
    let capabilities = store.capabilities().map_err(unusable)?;
    if !allow_existing && let Some(name) = first_name(&store).map_err(unusable)? {
        let message = format!("`{}` is not empty: it holds `{name}`", store.root());
        let hint = "check an empty root, or allow an existing one: the check stays in a directory of its own";
        return Err(Error::usage(message).with_hint(hint));
    }
    if capabilities.iter().any(|name| name == Capability::Write.as_str()) {
        let place = Place { store: store.clone(), directory: directory.to_owned() };
        place.write("preflight", "larder").map_err(unusable)?;
        let content = place.read("preflight").map_err(unusable)?;
        if content != b"larder" {
            let message = "what was read is not what was written";
            let error = larder_plugin_api::Error::new(ErrorKind::Corrupt, message);
            return Err(unusable(error.or_context("open", &place.path("preflight"))));
        }
    }
    Ok(capabilities)
}

fn open(subject: &Subject) -> Result<Store> {
    (subject.open)(&Cancellation::new()).map_err(|error| error.context("the store cannot be opened"))
}

fn first_name(store: &Store) -> larder_plugin_api::Result<Option<String>> {
    match store.listdir("", Detail::Kind) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        entries => Ok(entries?.next().transpose()?.map(|entry| entry.name)),
    }
}

/// Removes the directory of a check. That it is not there any more is fine.
pub fn clean_up(subject: &Subject, directory: &str) -> Result<()> {
    match open(subject)?.rmtree(directory) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
