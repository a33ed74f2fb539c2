//! `larder put`: local files into a store.

use std::path::{Path, PathBuf};

use clap::Args;
use larder::Error;
use larder::transfer::{End, LinkOptions, LocalReader};

use super::context::Context;
use super::copying::{CopyOptions, copy_all};
use super::failure::Outcome;
use super::place::end;
use super::progress::Progress;
use super::targets::{Source, Target};

/// Copy local files into a store
///
/// A file appears whole or not at all. Into a directory, or a path that ends with `/`, files keep their names. `-` is
/// the standard input.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder put README.md mine:docs/readme.md
  larder put *.csv mine:data/
  larder put -r ./models mine:models
  tar c . | larder put - mine:backup.tar
  larder put --no-overwrite result.json mine:results/42.json")]
pub struct PutArgs {
    /// Local files, or `-`
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    /// Where they go
    #[arg(required = true)]
    target: String,
    #[command(flatten)]
    options: CopyOptions,
    /// Leave out directories that are marked as caches (`CACHEDIR.TAG`)
    #[arg(long, requires = "recursive")]
    exclude_caches: bool,
}

pub fn run(arguments: &PutArgs, context: &Context) -> Outcome {
    let target = Target::new(end(context, &arguments.target)?, &arguments.target, arguments.sources.len())?;
    if arguments.sources == [Path::new("-")] {
        return put_stdin(arguments, context, &target);
    }
    let source = |path: &PathBuf| Source::new(End::local(path), &path.to_string_lossy());
    let sources: Vec<Source> = arguments.sources.iter().map(source).collect();
    copy_all(context, arguments.options, arguments.exclude_caches, &sources, &target)
}

fn put_stdin(arguments: &PutArgs, context: &Context, target: &Target) -> Outcome {
    if target.takes_in() {
        let error =
            Error::usage(format!("the standard input has no name to put into `{}`", arguments.target));
        return Err(error.with_hint("name a file").into());
    }
    let unreadable = |error| Error::io("the standard input cannot be read", error);
    let mut stdin = LocalReader::stdin(&context.cancellation).map_err(unreadable)?;
    let mut progress = Progress::new(context);
    let mut transfer = arguments.options.transfer(context, &mut progress, LinkOptions::default());
    transfer.from_reader(&mut stdin, "standard input", &target.itself())?;
    Ok(())
}
