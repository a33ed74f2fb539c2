//! `larder tour`: everything once, on real files, in a home of its own.

mod compare;
mod stage;
mod steps;

use std::path::PathBuf;

use clap::Args;
use larder::Error;

use super::context::Context;
use super::failure::{Failure, Outcome};
use stage::Stage;

/// Show what Larder does, on the files of a directory
///
/// Copies the directory into an artifact store in a temporary home, lists, reads everything back, compares digests,
/// renames, removes, and cleans up. Every step is printed as the command that you would type, with what it did and how
/// long it took. Directories marked as caches (CACHEDIR.TAG), such as cargo's, are left out.
///
/// Exit status 1 when anything differs.
///
/// JSON: an array of `{"command", "said", "took_ms"}`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder tour
  larder tour ~/Documents")]
pub struct TourArgs {
    /// The directory, which is only read
    #[arg(default_value = ".")]
    directory: PathBuf,
}

pub fn run(arguments: &TourArgs, context: &Context) -> Outcome {
    let directory = &arguments.directory;
    if !directory.is_dir() {
        return Err(Error::usage(format!("`{}` is no directory", directory.display())).into());
    }
    let mut stage = Stage::set(context, directory)?;
    let toured = steps::all(&mut stage);
    let differences = stage.differences;
    let struck = stage.strike();
    toured.and(struck)?;
    if differences > 0 {
        context.printer.warn(&format!("{differences} differences were found"));
        return Err(Failure::Told);
    }
    context.printer.note("Everything that went in came out the same.");
    Ok(())
}
