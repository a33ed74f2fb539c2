//! The command tree, and how a line is taken apart.

mod fields;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgAction, Args, Command as ClapCommand, CommandFactory, FromArgMatches, Parser, Subcommand};
use larder_plugin_api::API_VERSION;

use super::context::Context;
use super::failure::Outcome;
use super::printer::Format;
use super::{
    artifact_store, cat, completions, cp, du, exists, flavor, get, glob, ls, mkdir, mv, put, rm, stack, stat,
    sync, tour, tree, verify, walk,
};

/// A dynamic plugin host for artifact stores
///
/// An artifact store is registered once, under a name, with a flavor (what kind of store it is) and a root path. From
/// then on every command takes its artifacts as NAME:PATH, as a URI, or as a local path below its root.
#[derive(Parser, Debug)]
#[command(
    name = "larder",
    version,
    propagate_version = false,
    max_term_width = 110,
    after_help = "Examples:
  larder flavor register ./target/release/liblarder_flavor_local.so
  larder artifact-store register mine --flavor local --path /data/artifacts
  larder put README.md mine:docs/readme.md
  larder ls -l mine:docs
  larder tour",
    after_long_help = "Examples:
  larder flavor register ./target/release/liblarder_flavor_local.so
  larder artifact-store register mine --flavor local --path /data/artifacts
  larder put README.md mine:docs/readme.md
  larder ls -l mine:docs
  larder tour

Exit status: 0 done, 1 the request failed, 2 the request was not understood, 130 interrupted, 143 told to end by SIGTERM.

Environment:
  LARDER_HOME          keeps registry, plugins and cache in this directory
  LARDER_PLUGIN_PATH   directories with libraries, separated by colons
  LARDER_ACTIVE_STACK  the active stack, whatever the registry says"
)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Args, Debug, Clone)]
pub struct GlobalArgs {
    /// How data is printed
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT", help_heading = "Global options")]
    pub output: Option<Format>,
    /// Short for `--output json`
    #[arg(long, global = true, conflicts_with = "output", help_heading = "Global options")]
    pub json: bool,
    /// Print data and errors only
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub quiet: bool,
    /// Say more; twice for the log of the flavors, too
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = "Global options")]
    pub verbose: u8,
}

impl GlobalArgs {
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { self.output.unwrap_or_default() }
    }
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Register and manage artifact stores and their flavors
    #[command(subcommand, visible_alias = "store")]
    ArtifactStore(artifact_store::Command),
    /// Register and manage flavors; short for `artifact-store flavor`
    #[command(subcommand)]
    Flavor(flavor::Command),
    /// Register and manage stacks: named choices of an artifact store
    #[command(subcommand)]
    Stack(stack::Command),
    Ls(ls::LsArgs),
    Cat(cat::CatArgs),
    Put(put::PutArgs),
    Get(get::GetArgs),
    Cp(cp::CpArgs),
    Mv(mv::MvArgs),
    Rm(rm::RmArgs),
    Mkdir(mkdir::MkdirArgs),
    Stat(stat::StatArgs),
    Exists(exists::ExistsArgs),
    Glob(glob::GlobArgs),
    Walk(walk::WalkArgs),
    Tree(tree::TreeArgs),
    Du(du::DuArgs),
    Sync(sync::SyncArgs),
    Verify(verify::VerifyArgs),
    Tour(tour::TourArgs),
    Completions(completions::CompletionsArgs),
}

impl Command {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Self::ArtifactStore(command) => command.run(context),
            Self::Flavor(command) => command.run(context),
            Self::Stack(command) => command.run(context),
            Self::Ls(arguments) => ls::run(&arguments, context),
            Self::Cat(arguments) => cat::run(&arguments, context),
            Self::Put(arguments) => put::run(&arguments, context),
            Self::Get(arguments) => get::run(&arguments, context),
            Self::Cp(arguments) => cp::run(&arguments, context),
            Self::Mv(arguments) => mv::run(&arguments, context),
            Self::Rm(arguments) => rm::run(&arguments, context),
            Self::Mkdir(arguments) => mkdir::run(&arguments, context),
            Self::Stat(arguments) => stat::run(&arguments, context),
            Self::Exists(arguments) => exists::run(&arguments, context),
            Self::Glob(arguments) => glob::run(&arguments, context),
            Self::Walk(arguments) => walk::run(&arguments, context),
            Self::Tree(arguments) => tree::run(&arguments, context),
            Self::Du(arguments) => du::run(&arguments, context),
            Self::Sync(arguments) => sync::run(&arguments, context),
            Self::Verify(arguments) => verify::run(&arguments, context),
            Self::Tour(arguments) => tour::run(&arguments, context),
            Self::Completions(arguments) => completions::run(&arguments, context),
        }
    }
}

/// The whole tree, with the version of the API in its version.
pub fn command() -> ClapCommand {
    let version = format!("{} (plugin API {API_VERSION})", env!("CARGO_PKG_VERSION"));
    Cli::command().version(version)
}

/// Takes a line apart. In `artifact-store register` and `update`, long options that are not known are config fields.
pub fn parse(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let mut command = command();
    let line = fields::split(arguments, &command);
    if let Some(flavor) = &line.describe {
        command = fields::with_fields_of(command, flavor);
    }
    if let Some(word) = line.words.iter().find(|word| word.to_str().is_none())
        && let Err(error) = command.clone().try_get_matches_from(&line.words)
        && error.kind() == ErrorKind::InvalidUtf8
    {
        let message = format!("argument `{}` is not UTF-8", word.display());
        return Err(command.error(ErrorKind::InvalidUtf8, message));
    }
    let matches = command.try_get_matches_from_mut(line.words)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Says why a line was not understood, or shows the help that was asked for.
pub fn refused(error: &clap::Error) -> ExitCode {
    // A reader that went away has seen enough.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(super::failure::USAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        fn check(command: &ClapCommand, path: &str) {
            let path = format!("{path} {}", command.get_name());
            if command.has_subcommands() {
                command.get_subcommands().for_each(|below| check(below, &path));
                return;
            }
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("larder "), "{path} has no example");
            assert!(command.get_about().is_some(), "{path} has no description");
        }
        check(&command(), "");
    }
}
