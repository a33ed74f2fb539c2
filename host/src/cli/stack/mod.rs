//! `larder stack`: named choices of an artifact store, one of them active.

mod copy;
mod delete;
mod describe;
mod export;
mod get;
mod import;
mod list;
mod record;
mod register;
mod rename;
mod set;
mod update;

use clap::Subcommand;

use super::context::Context;
use super::failure::Outcome;

#[derive(Subcommand, Debug)]
pub enum Command {
    Register(register::RegisterArgs),
    List(list::ListStacksArgs),
    Describe(describe::DescribeArgs),
    Get(get::GetArgs),
    Set(set::SetArgs),
    Update(update::UpdateArgs),
    Rename(rename::RenameArgs),
    Copy(copy::CopyArgs),
    Delete(delete::DeleteArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
}

impl Command {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Register(arguments) => register::run(&arguments, context),
            Self::List(arguments) => list::run(&arguments, context),
            Self::Describe(arguments) => describe::run(&arguments, context),
            Self::Get(arguments) => get::run(&arguments, context),
            Self::Set(arguments) => set::run(&arguments, context),
            Self::Update(arguments) => update::run(&arguments, context),
            Self::Rename(arguments) => rename::run(&arguments, context),
            Self::Copy(arguments) => copy::run(&arguments, context),
            Self::Delete(arguments) => delete::run(&arguments, context),
            Self::Export(arguments) => export::run(&arguments, context),
            Self::Import(arguments) => import::run(&arguments, context),
        }
    }
}
