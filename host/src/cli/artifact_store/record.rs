//! What is printed of an artifact store.

use std::collections::BTreeMap;

use larder::registry::secrets::redacted;
use larder::registry::{ConfigValues, StoreRecord};
use larder::{Host, KnownFlavor, Status};
use serde::Serialize;

use super::super::context::Context;
use super::super::failure::Outcome;

/// An artifact store, in a list and described. Secrets are `***`.
#[derive(Serialize)]
pub struct StoreDocument {
    pub name: String,
    pub flavor: String,
    /// The status of the flavor, `unknown` when there is no such flavor any more.
    pub flavor_status: &'static str,
    pub path: String,
    pub active: bool,
    pub stacks: Vec<String>,
    pub config: ConfigValues,
    pub labels: BTreeMap<String, String>,
    pub created_at: String,
    pub updated_at: String,
}

/// The keys of a document.
pub const COLUMNS: &[&str] = &[
    "name",
    "flavor",
    "flavor_status",
    "path",
    "active",
    "stacks",
    "config",
    "labels",
    "created_at",
    "updated_at",
];

/// The documents of all artifact stores.
pub fn documents(host: &Host) -> Outcome<Vec<StoreDocument>> {
    let registry = host.registry()?;
    // One look at the libraries for all.
    let flavors = host.catalog()?.flavors;
    let usable = |flavor: &&KnownFlavor| !matches!(flavor.status, Status::Shadowed { .. });
    let find = |name: &str| flavors.iter().filter(usable).find(|flavor| flavor.name == name);
    registry.stores().map(|store| document(host, store, find(&store.flavor))).collect()
}

/// The document of one artifact store.
pub fn document(host: &Host, store: &StoreRecord, flavor: Option<&KnownFlavor>) -> Outcome<StoreDocument> {
    let registry = host.registry()?;
    let active = active_store(host)?;
    Ok(StoreDocument {
        name: store.name.clone(),
        flavor: store.flavor.clone(),
        flavor_status: flavor.map_or("unknown", |flavor| flavor.status.as_str()),
        path: store.path.clone(),
        active: active.as_deref() == Some(store.name.as_str()),
        stacks: registry.stacks_of_store(&store.name).map(str::to_owned).collect(),
        config: redacted(store, flavor.and_then(|flavor| flavor.manifest.as_ref())),
        labels: store.labels.clone(),
        created_at: store.created_at.clone(),
        updated_at: store.updated_at.clone(),
    })
}

/// The artifact store of the active stack, when there is one.
fn active_store(host: &Host) -> Outcome<Option<String>> {
    let Some(active) = host.active_stack()? else { return Ok(None) };
    Ok(host.registry()?.stack(&active.name).ok().map(|stack| stack.artifact_store.clone()))
}

/// After a change: the document for a machine, a note for a person.
pub fn report(context: &Context, store: &StoreRecord, what: &str) -> Outcome {
    let StoreRecord { name, flavor, path, .. } = store;
    context.printer.note(&format!("artifact store `{name}` {what} (flavor `{flavor}`, path {path})"));
    if !context.printer.is_structured() {
        return Ok(());
    }
    let host = context.host()?;
    let flavor = host.flavor(&store.flavor).ok();
    context.printer.document(&document(host, store, flavor.as_ref())?)
}

/// Tells when the library of a flavor cannot be used.
pub fn warn_of_flavor(context: &Context, store: &StoreDocument) {
    let what = match store.flavor_status {
        "ready" => return,
        "unknown" => "is not known any more".to_owned(),
        status => format!("is {status}"),
    };
    let (name, flavor) = (&store.name, &store.flavor);
    context.printer.warn(&format!("the flavor `{flavor}` of artifact store `{name}` {what}"));
}
