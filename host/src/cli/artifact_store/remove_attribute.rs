//! `larder artifact-store remove-attribute`: fields get their default again.

use clap::Args;
use larder::StoreChange;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::report;

/// Give fields of an artifact store their default again
///
/// JSON: the changed store, as `artifact-store describe` prints it.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder artifact-store remove-attribute mine fsync")]
pub struct RemoveAttributeArgs {
    /// The artifact store
    name: String,
    /// Fields of its config, with or without leading dashes
    #[arg(required = true, allow_hyphen_values = true)]
    fields: Vec<String>,
}

pub fn run(arguments: &RemoveAttributeArgs, context: &Context) -> Outcome {
    let bare = |field: &String| field.trim_start_matches("--").to_owned();
    let change = StoreChange {
        remove_attributes: arguments.fields.iter().map(bare).collect(),
        ..StoreChange::default()
    };
    report(context, &context.host()?.update_store(&arguments.name, &change)?, "updated")
}
