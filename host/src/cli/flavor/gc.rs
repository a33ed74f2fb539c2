//! `larder flavor gc`: copies of libraries that nobody needs any more go.

use clap::Args;
use serde_json::json;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::super::printer::Rows;

/// Remove the copies of libraries that no flavor needs any more
///
/// JSON: an array of `{"path"}`, what was removed.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder flavor gc")]
pub struct GcArgs {}

pub fn run(_arguments: &GcArgs, context: &Context) -> Outcome {
    let removed = context.host()?.collect_garbage()?;
    if let Some(mut rows) = Rows::structured(&context.printer, &["path"]) {
        removed.iter().try_for_each(|path| rows.row(&json!({"path": path.display().to_string()})))?;
        return rows.end();
    }
    removed.iter().try_for_each(|path| context.printer.line(&path.display().to_string()))?;
    let copies = if removed.len() == 1 { "copy" } else { "copies" };
    context.printer.note(&format!("{} {copies} removed", removed.len()));
    Ok(())
}
