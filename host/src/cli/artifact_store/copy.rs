//! `larder artifact-store copy`.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;

/// Register an artifact store that is like another one
///
/// Both have the same root path: no artifact is copied. `update --path` gives the new one a root of its own.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder artifact-store copy mine second")]
pub struct CopyArgs {
    /// The artifact store
    source: String,
    /// The name of the new one
    target: String,
}

pub fn run(arguments: &CopyArgs, context: &Context) -> Outcome {
    let CopyArgs { source, target } = arguments;
    context.host()?.update(|registry| registry.copy_store(source, target))?;
    context.printer.note(&format!("artifact store `{target}` is like `{source}`, with the same root path"));
    Ok(())
}
