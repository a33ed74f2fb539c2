//! `larder exists`: whether something is there, as an exit status.

use clap::Args;
use larder_plugin_api::ErrorKind as StoreErrorKind;
use serde_json::json;

use super::context::Context;
use super::each::is;
use super::failure::{Failure, Outcome};
use super::place::{failed, resolve};

/// Whether files or directories are there
///
/// Exit status 0 when all of them are, 1 when one is not, 2 when it could not be found out. Nothing is printed but errors;
/// `-v` says what is missing.
///
/// JSON: an array of `{"address", "exists"}`; exists is null where it could not be found out.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder exists mine:done && echo finished
  larder exists --json mine:a mine:b")]
pub struct ExistsArgs {
    /// Files and directories
    #[arg(required = true)]
    paths: Vec<String>,
}

pub fn run(arguments: &ExistsArgs, context: &Context) -> Outcome {
    let mut rows = Vec::new();
    let (mut all, mut undecided) = (true, false);
    for path in &arguments.paths {
        let exists = match look(context, path) {
            Ok(exists) => Some(exists),
            Err(Failure::Error(error)) if !is(&error, StoreErrorKind::Interrupted) => {
                context.printer.error(&error);
                None
            }
            Err(failure) => return Err(failure),
        };
        if exists == Some(false) {
            context.printer.detail(&format!("nothing is at `{path}`"));
        }
        all &= exists == Some(true);
        undecided |= exists.is_none();
        rows.push(json!({"address": path, "exists": exists}));
    }
    if context.printer.is_structured() {
        context.printer.document(&rows)?;
    }
    match (undecided, all) {
        (true, _) => Err(Failure::Undecided),
        (false, true) => Ok(()),
        (false, false) => Err(Failure::Told),
    }
}

fn look(context: &Context, path: &str) -> Outcome<bool> {
    let place = resolve(context, path)?;
    Ok(place.store.exists(&place.path).map_err(|error| failed("look at", &place, error))?)
}
