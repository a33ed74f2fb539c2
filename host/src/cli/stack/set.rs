//! `larder stack set`: which one is to be active.

use std::path::{Path, PathBuf};

use clap::Args;
use larder::Error;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::warn_of_environment;

/// Make a stack the active one, everywhere or for a directory
///
/// `LARDER_ACTIVE_STACK` overrules both; the stack of the nearest directory upwards overrules the one for everywhere.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack set dev
  larder stack set prod --directory
  larder stack set --unset --directory ./project")]
pub struct SetArgs {
    /// The stack
    #[arg(required_unless_present = "unset", conflicts_with = "unset")]
    name: Option<String>,
    /// For this directory and what is below it; without a value for the current one
    #[arg(short, long, value_name = "DIRECTORY", num_args = 0..=1, default_missing_value = ".")]
    directory: Option<PathBuf>,
    /// None is to be active any more
    #[arg(long)]
    unset: bool,
    /// For everywhere, which is what happens anyway
    #[arg(short, long, conflicts_with = "directory")]
    global: bool,
}

pub fn run(arguments: &SetArgs, context: &Context) -> Outcome {
    let host = context.host()?;
    let name = arguments.name.as_deref();
    let place = match &arguments.directory {
        None => {
            host.update(|registry| registry.set_active_stack(name))?;
            String::new()
        }
        Some(directory) => {
            let directory = real(directory)?;
            host.update(|registry| registry.set_directory_stack(&directory, name))?;
            format!(" for directory `{}`", directory.display())
        }
    };
    let Some(name) = name else {
        context.printer.note(&format!("no stack is active{place} any more"));
        return Ok(());
    };
    context.printer.note(&format!("stack `{name}` is active{place}"));
    if arguments.directory.is_none() { warn_of_environment(context, name) } else { Ok(()) }
}

/// The current directory is known by its real path, so this one is written down as that.
fn real(directory: &Path) -> larder::Result<PathBuf> {
    let failed = |error| Error::io(format!("directory `{}` cannot be found", directory.display()), error);
    directory.canonicalize().map_err(failed)
}
