//! `larder stack copy`.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;

/// Register a stack that is like another one
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack copy dev experiment")]
pub struct CopyArgs {
    /// The stack
    source: String,
    /// The name of the new one
    target: String,
}

pub fn run(arguments: &CopyArgs, context: &Context) -> Outcome {
    let CopyArgs { source, target } = arguments;
    context.host()?.update(|registry| registry.copy_stack(source, target))?;
    context.printer.note(&format!("stack `{target}` is like `{source}`"));
    Ok(())
}
