//! `larder flavor register`: the flavors of a library become known.

use std::path::PathBuf;

use clap::Args;
use larder::RegisterFlavor;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::report;

/// Register the flavors of a library
///
/// The library is inspected without running it, its SHA-256 is pinned, and a child process tries it. Later a file that
/// changed is refused until `flavor update` accepts it.
///
/// JSON: `{"library", "flavors", "sha256", "replaced"}`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder flavor register ./target/release/liblarder_flavor_local.so
  larder flavor register --unpinned ./target/debug/libmy_flavor.so")]
pub struct RegisterArgs {
    /// The library: a .so or .dylib file
    source: PathBuf,
    /// Use the file also after it changes: for the author of a flavor
    #[arg(long)]
    unpinned: bool,
}

pub fn run(arguments: &RegisterArgs, context: &Context) -> Outcome {
    let options = RegisterFlavor { unpinned: arguments.unpinned };
    let accepted = context.host()?.register_flavor(&arguments.source, options)?;
    report(context, "registered", &accepted)
}
