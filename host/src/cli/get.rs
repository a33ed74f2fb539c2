//! `larder get`: files of a store onto this machine.

use std::ffi::OsString;

use clap::Args;
use larder::Error;
use larder::transfer::End;

use super::cat::to_stdout;
use super::context::Context;
use super::copying::{CopyOptions, copy_all};
use super::each::each;
use super::failure::Outcome;
use super::place::source;
use super::targets::{Source, Target};

/// Copy files of a store onto this machine
///
/// A file appears whole or not at all. Into a directory, or a path that ends with `/`, files keep their names. Without a
/// target they come into the current directory. `-` is the standard output.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder get mine:docs/readme.md
  larder get mine:docs/readme.md ./back.md
  larder get -r mine:models ./models
  larder get mine:backup.tar - | tar t")]
pub struct GetArgs {
    /// Files of a store, then where they go
    #[arg(required = true, value_name = "SOURCE... TARGET")]
    paths: Vec<OsString>,
    #[command(flatten)]
    options: CopyOptions,
}

pub fn run(arguments: &GetArgs, context: &Context) -> Outcome {
    let here = OsString::from(".");
    let (target, sources) = match arguments.paths.as_slice() {
        [.., _, target] => (target, &arguments.paths[..arguments.paths.len() - 1]),
        sources => (&here, sources),
    };
    let sources: Vec<Source> =
        sources.iter().map(|source| source_end(context, source)).collect::<Outcome<_>>()?;
    if target == "-" {
        return each(context, &sources, |source| to_stdout(context, &source.end));
    }
    let text = target.to_string_lossy();
    let target = Target::new(End::local(target), &text, sources.len())?;
    copy_all(context, arguments.options, false, &sources, &target)
}

fn source_end(context: &Context, named: &OsString) -> Outcome<Source> {
    let text = named.to_str().ok_or_else(|| {
        Error::usage(format!("the path `{}` is not UTF-8, which a store needs", named.display()))
    })?;
    source(context, text)
}
