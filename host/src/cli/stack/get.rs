//! `larder stack get`: which one is active.

use clap::Args;
use larder::Error;
use serde_json::json;

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
    let active = context.host()?.active_stack()?.ok_or_else(|| {
        Error::not_found("no stack is active").with_hint("larder stack set STACK, or set LARDER_ACTIVE_STACK")
    })?;
    let source = active.source.to_string();
    if context.printer.is_structured() {
        return context.printer.document(&json!({"stack": active.name, "source": source}));
    }
    context.printer.line(&active.name)?;
    context.printer.note(&format!("set by {source}"));
    Ok(())
}
