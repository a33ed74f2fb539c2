//! `larder mkdir`: makes directories.

use clap::Args;
use larder_plugin_api::ErrorKind as StoreErrorKind;

use super::context::Context;
use super::each::{each, hint};
use super::failure::Outcome;
use super::place::{failed, resolve};

/// Make directories
///
/// Files need none to be made: their parents appear with them.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder mkdir mine:a
  larder mkdir -p mine:a/b/c")]
pub struct MkdirArgs {
    /// Directories
    #[arg(required = true)]
    paths: Vec<String>,
    /// Parents, too; one that is there already is no failure
    #[arg(short, long)]
    parents: bool,
}

pub fn run(arguments: &MkdirArgs, context: &Context) -> Outcome {
    each(context, &arguments.paths, |path| {
        let place = resolve(context, path)?;
        let made = if arguments.parents {
            place.store.makedirs(&place.path)
        } else {
            place.store.mkdir(&place.path)
        };
        let explain = |error| {
            let error = failed("make directory", &place, error);
            hint(error, StoreErrorKind::NotFound, "pass -p to make the parents, too")
        };
        Ok(made.map_err(explain)?)
    })
}
