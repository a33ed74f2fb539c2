//! The command line: one file a command, each with its arguments and its `run`.
//!
//! It calls the library and nothing calls it, so whatever it does an embedder can do too. Data goes to the standard
//! output, everything else to the standard error, both through the [`printer`].

mod arguments;
mod artifact_store;
mod cat;
mod check_child;
mod completions;
mod confirm;
mod context;
mod copying;
mod cp;
mod du;
mod each;
mod entries;
mod escape;
mod exists;
mod failure;
mod flavor;
mod get;
mod glob;
mod keys;
mod link_options;
mod list;
mod ls;
mod mkdir;
mod mv;
mod place;
mod printer;
mod probe;
mod progress;
mod put;
mod rm;
mod signals;
mod size;
mod stack;
mod stat;
mod sync;
mod targets;
mod time;
mod tour;
mod tree;
mod verify;
mod walk;

use std::process::ExitCode;

use context::Context;

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    // The trial and the check of a library start this process again: it must not pay for building the command tree.
    if let Some(code) = probe::run(&arguments).or_else(|| check_child::run(&arguments)) {
        return code;
    }
    let cli = match arguments::parse(arguments) {
        Ok(cli) => cli,
        Err(error) => return arguments::refused(&error),
    };
    larder::working_directory::pin();
    let context = Context::new(&cli.global);
    let result = cli.command.run(&context);
    context.printer.finish(result, context.signals.status())
}
