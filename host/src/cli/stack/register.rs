//! `larder stack register`.

use clap::Args;
use larder::registry::{StackRecord, parse_label};

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::{report, warn_of_environment};

/// Register a stack
///
/// JSON: the registered stack, as `stack describe` prints it.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack register dev --artifact-store mine --set")]
pub struct RegisterArgs {
    /// The name it gets
    name: String,
    /// Its artifact store
    #[arg(short, long)]
    artifact_store: String,
    /// Make it the active stack
    #[arg(long)]
    set: bool,
    /// A label, any number of times
    #[arg(short, long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
}

pub fn run(arguments: &RegisterArgs, context: &Context) -> Outcome {
    let mut record = StackRecord::new(&arguments.name, &arguments.artifact_store);
    for label in &arguments.labels {
        let (key, value) = parse_label(label)?;
        record.labels.insert(key, value);
    }
    context.host()?.update(|registry| {
        registry.register_stack(&record)?;
        if arguments.set { registry.set_active_stack(Some(&record.name)) } else { Ok(()) }
    })?;
    report(context, &record.name, if arguments.set { "registered and set" } else { "registered" })?;
    if arguments.set { warn_of_environment(context, &record.name) } else { Ok(()) }
}
