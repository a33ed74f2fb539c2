//! `larder artifact-store rename`.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;

/// Give an artifact store another name, also in the stacks that use it
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder artifact-store rename mine ours")]
pub struct RenameArgs {
    /// The artifact store
    name: String,
    /// The name it gets
    new_name: String,
}

pub fn run(arguments: &RenameArgs, context: &Context) -> Outcome {
    let RenameArgs { name, new_name } = arguments;
    let stacks = context.host()?.update(|registry| registry.rename_store(name, new_name))?;
    context.printer.note(&format!("artifact store `{name}` is now `{new_name}`"));
    if !stacks.is_empty() {
        context.printer.note(&format!("also in: {}", stacks.join(", ")));
    }
    Ok(())
}
