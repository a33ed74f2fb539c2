//! `larder flavor delete`: flavors leave the registry.

use clap::Args;

use super::super::context::Context;
use super::super::each::each;
use super::super::failure::Outcome;

/// Take flavors out of the registry
///
/// The library files stay. A flavor that artifact stores use is kept.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder flavor delete appliance")]
pub struct DeleteArgs {
    /// The flavors
    #[arg(required = true)]
    names: Vec<String>,
    /// Accepted for habit: nothing is asked
    #[arg(short, long)]
    yes: bool,
}

pub fn run(arguments: &DeleteArgs, context: &Context) -> Outcome {
    each(context, &arguments.names, |name| {
        context.host()?.delete_flavor(name)?;
        context.printer.note(&format!("flavor `{name}` deleted"));
        Ok(())
    })
}
