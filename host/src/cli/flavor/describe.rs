//! `larder flavor describe`: all about one flavor.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::FlavorDocument;

/// Describe a flavor: config keys, capabilities, library
///
/// The library is not loaded, and need not be there any more.
///
/// JSON: `{"name", "about", "status", "detail", "origin", "schemes", "capabilities", "config": [{"name", "type", "default",
/// "required", "secret", "aliases", "choices", "help"}], "library": {"file", "version", "api_version", "license",
/// "repository", "rustc", "size_bytes", "sha256", "pinned", "accepted_at"}, "artifact_stores"}`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder flavor describe local
  larder flavor describe s3 --json | jq '.config[].name'")]
pub struct DescribeArgs {
    /// The flavor
    name: String,
}

pub fn run(arguments: &DescribeArgs, context: &Context) -> Outcome {
    let host = context.host()?;
    let flavor = host.flavor(&arguments.name)?;
    let stores = host.registry()?.stores_of_flavor(&flavor.name).map(str::to_owned).collect();
    context.printer.document(&FlavorDocument::new(&flavor, stores))
}
