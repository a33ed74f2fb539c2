//! `larder artifact-store delete`.

use clap::Args;

use super::super::context::Context;
use super::super::each::each;
use super::super::failure::Outcome;

/// Take artifact stores out of the registry
///
/// The artifacts stay where they are. A store that a stack uses is kept. The library of the flavor is not needed.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder artifact-store delete other")]
pub struct DeleteArgs {
    /// The artifact stores
    #[arg(required = true)]
    names: Vec<String>,
    /// Accepted for habit: nothing is asked
    #[arg(short, long)]
    yes: bool,
}

pub fn run(arguments: &DeleteArgs, context: &Context) -> Outcome {
    each(context, &arguments.names, |name| {
        context.host()?.update(|registry| registry.delete_store(name))?;
        context.printer.note(&format!("artifact store `{name}` deleted; its artifacts were left alone"));
        Ok(())
    })
}
