//! `larder flavor inspect`: what a library file is, without running it.

use std::path::PathBuf;

use clap::Args;
use larder::library::inspect::inspect;

use super::super::context::Context;
use super::super::failure::Outcome;

/// Say what a library file is, without running any of it
///
/// JSON: `{"manifest", "format", "architecture", "size_bytes", "soname", "runpath", "needed": [{"name", "path",
/// "found_by"}], "glibc_required"}`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder flavor inspect ./target/release/liblarder_flavor_local.so
  larder flavor inspect --json libmine.so | jq .manifest.flavors")]
pub struct InspectArgs {
    /// The file
    file: PathBuf,
}

pub fn run(arguments: &InspectArgs, context: &Context) -> Outcome {
    let inspection = inspect(&arguments.file).map_err(larder::Error::from)?;
    context.printer.document(&inspection)
}
