//! `larder stack rename`.

use clap::Args;

use super::super::context::Context;
use super::super::failure::Outcome;

/// Give a stack another name, also where it is the active one
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack rename dev staging")]
pub struct RenameArgs {
    /// The stack
    name: String,
    /// The name it gets
    new_name: String,
}

pub fn run(arguments: &RenameArgs, context: &Context) -> Outcome {
    let RenameArgs { name, new_name } = arguments;
    context.host()?.update(|registry| registry.rename_stack(name, new_name))?;
    context.printer.note(&format!("stack `{name}` is now `{new_name}`"));
    Ok(())
}
