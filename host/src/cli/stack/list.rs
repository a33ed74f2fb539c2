//! `larder stack list`.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::super::list::{List, ListArgs};
use super::record::{COLUMNS, document};

/// List stacks
///
/// JSON: an array of `{"name", "artifact_store", "flavor", "path", "active", "active_by", "directories", "labels",
/// "created_at", "updated_at"}`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack list
  larder stack list --artifact-store mine --sort desc:updated_at --json")]
pub struct ListStacksArgs {
    /// By name: NAME, or contains:, startswith:, endswith:, notequals:
    #[arg(long, value_name = "FILTER")]
    name: Option<String>,
    /// By artifact store
    #[arg(short, long, value_name = "FILTER")]
    artifact_store: Option<String>,
    /// By label: KEY, or KEY=VALUE
    #[arg(short, long = "label", value_name = "LABEL")]
    labels: Vec<String>,
    #[command(flatten)]
    list: ListArgs,
}

pub fn run(arguments: &ListStacksArgs, context: &Context) -> Outcome {
    let host = context.host()?;
    let registry = host.registry()?;
    let stacks = registry.stacks().map(|stack| document(host, stack)).collect::<Outcome<Vec<_>>>()?;
    List::new(COLUMNS, &["name", "artifact_store", "flavor", "path", "active", "labels"], &stacks)?
        .filter("name", arguments.name.as_deref())
        .filter("artifact_store", arguments.artifact_store.as_deref())
        .filter_labels(&arguments.labels)
        .print(&context.printer, &arguments.list)?;
    if stacks.is_empty() {
        context.printer.note("no stack is registered: larder stack register --help");
    }
    for problem in &registry.problems() {
        context.printer.warn_of(problem);
    }
    Ok(())
}
