//! `larder artifact-store list`.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::super::list::{List, ListArgs};
use super::record::{COLUMNS, documents, warn_of_flavor};

/// List artifact stores
///
/// JSON: an array of `{"name", "flavor", "flavor_status", "path", "active", "stacks", "config", "labels", "created_at",
/// "updated_at"}`. Secrets are never printed.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder artifact-store list
  larder artifact-store list --name contains:prod --flavor s3 --sort desc:created_at
  larder artifact-store list --label team=vision --columns name,path -o csv")]
pub struct ListStoresArgs {
    /// By name: NAME, or contains:, startswith:, endswith:, notequals:
    #[arg(long, value_name = "FILTER")]
    name: Option<String>,
    /// By flavor
    #[arg(short, long, value_name = "FILTER")]
    flavor: Option<String>,
    /// By root path
    #[arg(long, value_name = "FILTER")]
    path: Option<String>,
    /// By label: KEY, or KEY=VALUE
    #[arg(short, long = "label", value_name = "LABEL")]
    labels: Vec<String>,
    #[command(flatten)]
    list: ListArgs,
}

pub fn run(arguments: &ListStoresArgs, context: &Context) -> Outcome {
    let host = context.host()?;
    let stores = documents(host)?;
    List::new(COLUMNS, &["name", "flavor", "path", "active", "labels"], &stores)?
        .filter("name", arguments.name.as_deref())
        .filter("flavor", arguments.flavor.as_deref())
        .filter("path", arguments.path.as_deref())
        .filter_labels(&arguments.labels)
        .print(&context.printer, &arguments.list)?;
    if stores.is_empty() {
        context.printer.note("no artifact store is registered: larder artifact-store register --help");
    }
    for store in &stores {
        warn_of_flavor(context, store);
    }
    for problem in &host.registry()?.problems() {
        context.printer.warn_of(problem);
    }
    Ok(())
}
