//! `larder exists`: whether something is there, as an exit status.

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::{Failure, Outcome};
use super::place::{failed, resolve};

/// Whether files or directories are there
///
/// Exit status 0 when all of them are, 1 when one is not. Nothing is printed but errors; `-v` says what is missing.
///
/// JSON: an array of `{"address", "exists"}`.
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
    let mut all = true;
    for path in &arguments.paths {
        let place = resolve(context, path)?;
        let exists = place.store.exists(&place.path).map_err(|error| failed("look at", &place, error))?;
        if !exists {
            context.printer.detail(&format!("nothing is at `{place}`"));
        }
        all &= exists;
        rows.push(json!({"address": place.to_string(), "exists": exists}));
    }
    if context.printer.is_structured() {
        context.printer.document(&rows)?;
    }
    if all { Ok(()) } else { Err(Failure::Told) }
}
