//! `larder stack get`: which one is active.

use clap::Args;
use serde_json::json;

use super::super::artifact_store::{Active, active};
use super::super::context::Context;
use super::super::failure::Outcome;

/// Print the name of the active stack
///
/// JSON: `{"stack", "source"}`; source says what made it the active one.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack get")]
pub struct GetArgs {}

pub fn run(_arguments: &GetArgs, context: &Context) -> Outcome {
    let Active { stack, source, .. } = active(context)?;
    if context.printer.is_structured() {
        return context.printer.document(&json!({"stack": stack, "source": source}));
    }
    context.printer.line(&stack)?;
    context.printer.note(&format!("set by {source}"));
    Ok(())
}
