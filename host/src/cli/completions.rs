//! `larder completions`: a script that teaches a shell the commands and options.

use clap::Args;
use clap_complete::{Shell, generate};

use super::arguments;
use super::context::Context;
use super::failure::Outcome;

/// Print a completion script for a shell
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder completions bash > ~/.local/share/bash-completion/completions/larder
  larder completions zsh > ~/.zfunc/_larder
  larder completions fish > ~/.config/fish/completions/larder.fish")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(arguments: &CompletionsArgs, context: &Context) -> Outcome {
    let mut script = Vec::new();
    generate(arguments.shell, &mut arguments::command(), "larder", &mut script);
    Ok(std::io::Write::write_all(&mut *context.printer.out(), &script)?)
}
