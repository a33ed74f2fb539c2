//! `larder flavor`: kinds of artifact stores, and the libraries that carry them.

mod check;
mod delete;
mod describe;
mod gc;
mod inspect;
mod list;
mod new;
mod record;
mod register;
mod retry;
mod update;

use clap::Subcommand;

use super::context::Context;
use super::failure::Outcome;

pub use record::fields_help;

#[derive(Subcommand, Debug)]
pub enum Command {
    New(new::NewArgs),
    Register(register::RegisterArgs),
    List(list::ListFlavorsArgs),
    Describe(describe::DescribeArgs),
    Inspect(inspect::InspectArgs),
    Update(update::UpdateArgs),
    Retry(retry::RetryArgs),
    Check(check::CheckArgs),
    Delete(delete::DeleteArgs),
    Gc(gc::GcArgs),
}

impl Command {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Self::New(arguments) => new::run(&arguments, context),
            Self::Register(arguments) => register::run(&arguments, context),
            Self::List(arguments) => list::run(&arguments, context),
            Self::Describe(arguments) => describe::run(&arguments, context),
            Self::Inspect(arguments) => inspect::run(&arguments, context),
            Self::Update(arguments) => update::run(&arguments, context),
            Self::Retry(arguments) => retry::run(&arguments, context),
            Self::Check(arguments) => check::run(&arguments, context),
            Self::Delete(arguments) => delete::run(&arguments, context),
            Self::Gc(arguments) => gc::run(&arguments, context),
        }
    }
}
