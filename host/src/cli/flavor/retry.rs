//! `larder flavor retry`: tries a quarantined flavor again.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::report;

/// Try a quarantined flavor again, and lift the quarantine when it passes
///
/// JSON: `{"library", "flavors", "sha256", "replaced"}`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder flavor retry appliance")]
pub struct RetryArgs {
    /// The flavor
    name: String,
}

pub fn run(arguments: &RetryArgs, context: &Context) -> Outcome {
    let accepted = context.host()?.retry_flavor(&arguments.name)?;
    report(context, "passed", &accepted)
}
