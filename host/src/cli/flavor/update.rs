//! `larder flavor update`: accepts a library as it is now.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::report;

/// Accept the library of a flavor as it is now
///
/// It is inspected and tried as at registration. When it fails, what was accepted before stays accepted.
///
/// JSON: `{"library", "flavors", "sha256", "replaced"}`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder flavor update local")]
pub struct UpdateArgs {
    /// The flavor
    name: String,
}

pub fn run(arguments: &UpdateArgs, context: &Context) -> Outcome {
    let accepted = context.host()?.update_flavor(&arguments.name)?;
    report(context, "accepted", &accepted)
}
