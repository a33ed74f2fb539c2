//! `larder artifact-store update`: another root, other config, other labels.

use clap::Args;
use larder::StoreChange;
use larder::registry::parse_label;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::report;
use super::values::{Assignment, read};

/// Change an artifact store
///
/// What is not named stays. Fields of the flavor are given as in `register`; `remove-attribute` takes one back.
///
/// JSON: the changed store, as `artifact-store describe` prints it.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder artifact-store update mine --fsync=true
  larder artifact-store update mine --path /data/elsewhere -l tier=cold --remove-label team")]
pub struct UpdateArgs {
    /// The artifact store
    name: String,
    /// Another root path
    #[arg(long)]
    path: Option<String>,
    /// A label that is added or gets another value
    #[arg(short, long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
    /// A label that goes
    #[arg(long = "remove-label", value_name = "KEY")]
    remove_labels: Vec<String>,
    /// A field of the flavor, for one that has the name of another option
    #[arg(short, long, value_name = "KEY=VALUE")]
    config: Vec<Assignment>,
}

pub fn run(arguments: &UpdateArgs, context: &Context) -> Outcome {
    let host = context.host()?;
    let flavor = host.registry()?.store(&arguments.name)?.flavor.clone();
    let manifest = host.flavor(&flavor).ok().and_then(|flavor| flavor.manifest);
    let labels: larder::Result<_> = arguments.labels.iter().map(|label| parse_label(label)).collect();
    let change = StoreChange {
        root: arguments.path.clone(),
        config: read(&arguments.config, manifest.as_ref())?,
        labels: labels?,
        remove_labels: arguments.remove_labels.clone(),
        ..StoreChange::default()
    };
    report(context, &host.update_store(&arguments.name, &change)?, "updated")
}
