//! `larder flavor list`: every flavor that can be found.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::super::list::{List, ListArgs};
use super::record::{COLUMNS, FlavorRow};

/// List every flavor that can be found
///
/// Registered ones, and those of libraries that were put into a plugins directory. No library is loaded for this.
///
/// JSON: an array of `{"name", "about", "schemes", "version", "api_version", "from", "origin", "status", "detail",
/// "pinned", "license", "sha256", "size_bytes"}`; the scheme "/" stands for plain absolute paths; status is "ready",
/// "missing", "changed", "quarantined", "disabled" or "shadowed".
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder flavor list
  larder flavor list --status ready --columns name,version,sha256
  larder flavor list --scheme s3:// --json")]
pub struct ListFlavorsArgs {
    /// By name: NAME, or contains:, startswith:, endswith:, notequals:
    #[arg(long, value_name = "FILTER")]
    name: Option<String>,
    /// By scheme
    #[arg(long, value_name = "FILTER")]
    scheme: Option<String>,
    /// By status
    #[arg(long, value_name = "FILTER")]
    status: Option<String>,
    #[command(flatten)]
    list: ListArgs,
}

pub fn run(arguments: &ListFlavorsArgs, context: &Context) -> Outcome {
    let catalog = context.host()?.catalog()?;
    let rows: Vec<FlavorRow> = catalog.flavors.iter().map(FlavorRow::from).collect();
    let shown: &[&str] = if rows.iter().any(|row| row.detail.is_some()) {
        &["name", "schemes", "version", "api_version", "from", "status", "detail"]
    } else {
        &["name", "schemes", "version", "api_version", "from", "status"]
    };
    List::new(COLUMNS, shown, &rows)?
        .filter("name", arguments.name.as_deref())
        .filter("schemes", arguments.scheme.as_deref())
        .filter("status", arguments.status.as_deref())
        .print(&context.printer, &arguments.list)?;
    for problem in &catalog.problems {
        context.printer.warn_of(problem);
    }
    if rows.is_empty() {
        context.printer.note("no flavor is known; register one: larder flavor register LIBRARY");
    }
    Ok(())
}
