//! What is printed of a stack.

use std::collections::BTreeMap;

use larder::registry::StackRecord;
use larder::{Error, Host};
use serde::Serialize;

use super::super::context::Context;
use super::super::failure::Outcome;

/// A stack, in a list and described.
#[derive(Serialize)]
pub struct StackDocument {
    pub name: String,
    pub artifact_store: String,
    /// Its flavor and root path; null when the store is not there.
    pub flavor: Option<String>,
    pub path: Option<String>,
    pub active: bool,
    /// What made it the active one.
    pub active_by: Option<String>,
    /// The directories in which it is the active one.
    pub directories: Vec<String>,
    pub labels: BTreeMap<String, String>,
    pub created_at: String,
    pub updated_at: String,
}

/// The keys of a document.
pub const COLUMNS: &[&str] = &[
    "name",
    "artifact_store",
    "flavor",
    "path",
    "active",
    "active_by",
    "directories",
    "labels",
    "created_at",
    "updated_at",
];

/// The document of one stack.
pub fn document(host: &Host, stack: &StackRecord) -> Outcome<StackDocument> {
    let registry = host.registry()?;
    let active = host.active_stack()?.filter(|active| active.name == stack.name);
    let store = registry.store(&stack.artifact_store).ok();
    let directories = registry.directories().filter(|directory| directory.stack == stack.name);
    Ok(StackDocument {
        name: stack.name.clone(),
        artifact_store: stack.artifact_store.clone(),
        flavor: store.map(|store| store.flavor.clone()),
        path: store.map(|store| store.path.clone()),
        active: active.is_some(),
        active_by: active.map(|active| active.source.to_string()),
        directories: directories.map(|directory| directory.path.clone()).collect(),
        labels: stack.labels.clone(),
        created_at: stack.created_at.clone(),
        updated_at: stack.updated_at.clone(),
    })
}

/// The stack of this name, or the active one.
pub fn named_or_active(context: &Context, name: Option<&String>) -> Outcome<String> {
    if let Some(name) = name {
        return Ok(name.clone());
    }
    let active = context.host()?.active_stack()?;
    let none = || {
        Error::not_found("no stack is active").with_hint("larder stack set STACK, or set LARDER_ACTIVE_STACK")
    };
    Ok(active.ok_or_else(none)?.name)
}

/// After a change: the document for a machine, a note for a person.
pub fn report(context: &Context, name: &str, what: &str) -> Outcome {
    let host = context.host()?;
    let registry = host.registry()?;
    let stack = registry.stack(name)?;
    context.printer.note(&format!("stack `{name}` {what} (artifact store `{}`)", stack.artifact_store));
    if !context.printer.is_structured() {
        return Ok(());
    }
    context.printer.document(&document(host, stack)?)
}

/// Tells when the environment overrules the choice that was just made.
pub fn warn_of_environment(context: &Context, name: &str) -> Outcome {
    if let Some(active) = context.host()?.active_stack()?.filter(|active| active.name != name) {
        let (now, source) = (&active.name, &active.source);
        context.printer.warn(&format!("here stack `{now}` stays the active one, set by {source}"));
    }
    Ok(())
}
