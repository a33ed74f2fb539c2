//! `larder artifact-store describe`.

use clap::Args;
use larder::Error;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::{document, warn_of_flavor};

/// Describe an artifact store; without a name that of the active stack
///
/// The library of its flavor need not be there.
///
/// JSON: `{"name", "flavor", "flavor_status", "path", "active", "stacks", "config", "labels", "created_at",
/// "updated_at"}`. Secrets are never printed.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder artifact-store describe mine
  larder artifact-store describe --json | jq -r .path")]
pub struct DescribeArgs {
    /// The artifact store
    name: Option<String>,
}

pub fn run(arguments: &DescribeArgs, context: &Context) -> Outcome {
    let host = context.host()?;
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => active(context)?.store,
    };
    let registry = host.registry()?;
    let store = registry.store(&name)?;
    let flavor = host.flavor(&store.flavor).ok();
    let document = document(host, store, flavor.as_ref())?;
    context.printer.document(&document)?;
    warn_of_flavor(context, &document);
    Ok(())
}

/// The active stack and its artifact store.
pub struct Active {
    pub stack: String,
    pub store: String,
    pub source: String,
}

/// What is active; nothing being so is an error.
pub fn active(context: &Context) -> Outcome<Active> {
    let host = context.host()?;
    let active = host.active_stack()?.ok_or_else(|| {
        Error::not_found("no stack is active").with_hint("larder stack set STACK, or set LARDER_ACTIVE_STACK")
    })?;
    let source = active.source.to_string();
    let unusable = |error: Error| {
        error.context(format!("the active stack `{}`, set by {source}, cannot be used", active.name))
    };
    let store = host.registry()?.stack(&active.name).map_err(unusable)?.artifact_store.clone();
    Ok(Active { stack: active.name, store, source })
}
