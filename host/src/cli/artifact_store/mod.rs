//! `larder artifact-store`: configured stores under names.

mod copy;
mod delete;
mod describe;
mod explain;
mod get;
mod list;
mod record;
mod register;
mod remove_attribute;
mod rename;
mod update;
mod values;

use clap::Subcommand;

use super::context::Context;
use super::failure::Outcome;
use super::flavor;

pub use describe::{Active, active};
pub use values::{Assignment, read};

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Register and manage flavors
    #[command(subcommand)]
    Flavor(flavor::Command),
    Register(register::RegisterArgs),
    List(list::ListStoresArgs),
    Describe(describe::DescribeArgs),
    Get(get::GetArgs),
    Update(update::UpdateArgs),
    RemoveAttribute(remove_attribute::RemoveAttributeArgs),
    Rename(rename::RenameArgs),
    Copy(copy::CopyArgs),
    Delete(delete::DeleteArgs),
    Explain(explain::ExplainArgs),
}

impl Command {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Flavor(command) => command.run(context),
            Self::Register(arguments) => register::run(&arguments, context),
            Self::List(arguments) => list::run(&arguments, context),
            Self::Describe(arguments) => describe::run(&arguments, context),
            Self::Get(arguments) => get::run(&arguments, context),
            Self::Update(arguments) => update::run(&arguments, context),
            Self::RemoveAttribute(arguments) => remove_attribute::run(&arguments, context),
            Self::Rename(arguments) => rename::run(&arguments, context),
            Self::Copy(arguments) => copy::run(&arguments, context),
            Self::Delete(arguments) => delete::run(&arguments, context),
            Self::Explain(arguments) => explain::run(&arguments, context),
        }
    }
}
