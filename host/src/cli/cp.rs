//! `larder cp`: files from one place in a store to another, or to another store.

use clap::Args;

use super::context::Context;
use super::copying::{CopyOptions, copy_all};
use super::failure::Outcome;
use super::place::{end, source};
use super::targets::Target;

/// Copy files within a store, or from one store to another
///
/// Within a store the store copies by itself where it can. Between stores the bytes stream through, in bounded memory.
/// Into a directory, or a path that ends with `/`, files keep their names. For files of this machine see `put` and `get`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder cp mine:docs/readme.md mine:docs/copy.md
  larder cp mine:docs/readme.md other:
  larder cp -r mine:runs/7 archive:runs/")]
pub struct CpArgs {
    /// What to copy
    #[arg(required = true)]
    sources: Vec<String>,
    /// Where to
    #[arg(required = true)]
    target: String,
    #[command(flatten)]
    options: CopyOptions,
}

pub fn run(arguments: &CpArgs, context: &Context) -> Outcome {
    let sources = arguments.sources.iter().map(|text| source(context, text)).collect::<Outcome<Vec<_>>>()?;
    let target = Target::new(end(context, &arguments.target)?, &arguments.target, sources.len())?;
    copy_all(context, arguments.options, false, &sources, &target)
}
