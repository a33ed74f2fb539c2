//! `larder stack describe`.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::{document, named_or_active};

/// Describe a stack; without a name the active one
///
/// JSON: `{"name", "artifact_store", "flavor", "path", "active", "active_by", "directories", "labels", "created_at",
/// "updated_at"}`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack describe dev")]
pub struct DescribeArgs {
    /// The stack
    name: Option<String>,
}

pub fn run(arguments: &DescribeArgs, context: &Context) -> Outcome {
    let host = context.host()?;
    let name = named_or_active(context, arguments.name.as_ref())?;
    let document = document(host, host.registry()?.stack(&name)?)?;
    context.printer.document(&document)?;
    if document.flavor.is_none() {
        let store = &document.artifact_store;
        context.printer.warn(&format!("the artifact store `{store}` of stack `{name}` is not there"));
    }
    Ok(())
}
