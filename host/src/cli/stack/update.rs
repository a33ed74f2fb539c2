//! `larder stack update`.

use clap::Args;
use larder::Error;
use larder::registry::parse_label;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::{named_or_active, report};

/// Give a stack another artifact store or other labels
///
/// JSON: the changed stack, as `stack describe` prints it.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack update dev --artifact-store other
  larder stack update dev -l tier=hot --remove-label team")]
pub struct UpdateArgs {
    /// The stack; without a name the active one
    name: Option<String>,
    /// Its artifact store
    #[arg(short, long)]
    artifact_store: Option<String>,
    /// A label that is added or gets another value
    #[arg(short, long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
    /// A label that goes
    #[arg(long = "remove-label", value_name = "KEY")]
    remove_labels: Vec<String>,
}

pub fn run(arguments: &UpdateArgs, context: &Context) -> Outcome {
    let name = named_or_active(context, arguments.name.as_ref())?;
    let labels: larder::Result<Vec<_>> = arguments.labels.iter().map(|label| parse_label(label)).collect();
    let labels = labels?;
    context.host()?.update(|registry| {
        registry.update_stack(&name, |stack| {
            if let Some(store) = &arguments.artifact_store {
                store.clone_into(&mut stack.artifact_store);
            }
            stack.labels.extend(labels);
            for label in &arguments.remove_labels {
                if stack.labels.remove(label).is_none() {
                    return Err(Error::unknown("label", label, stack.labels.keys().map(String::as_str)));
                }
            }
            Ok(())
        })
    })?;
    report(context, &name, "updated")
}
