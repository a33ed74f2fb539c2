//! `larder artifact-store get`: which one is active.

use clap::Args;
use serde_json::json;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::describe::active;

/// Print the name of the active stack's artifact store
///
/// JSON: `{"artifact_store", "stack", "source"}`; source says what made the stack the active one.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder artifact-store get
  larder ls \"$(larder -q artifact-store get):\"")]
pub struct GetArgs {}

pub fn run(_arguments: &GetArgs, context: &Context) -> Outcome {
    let active = active(context)?;
    if context.printer.is_structured() {
        return context.printer.document(&json!({
            "artifact_store": active.store, "stack": active.stack, "source": active.source,
        }));
    }
    context.printer.line(&active.store)?;
    context.printer.note(&format!("of stack `{}`, set by {}", active.stack, active.source));
    Ok(())
}
