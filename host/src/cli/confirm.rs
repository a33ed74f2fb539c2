//! Asks before something is deleted that cannot be had back by typing one command.

use std::io::{IsTerminal, Read};

use larder::Error;
use larder::transfer::LocalReader;

use super::context::Context;
use super::failure::{Failure, Outcome};

/// Asks whether to do it, when somebody is there to answer; `-y` answers beforehand.
pub fn confirm(context: &Context, yes: bool, what: &str) -> Outcome {
    if yes {
        return Ok(());
    }
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        let error = Error::usage(format!("nobody is there to be asked whether to {what}"));
        return Err(error.with_hint("pass -y to answer yes").into());
    }
    context.printer.ask(&format!("{what}? [y/N] "));
    if matches!(answer(context)?.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    context.printer.note("nothing was deleted");
    Err(Failure::Told)
}

fn answer(context: &Context) -> Outcome<String> {
    let failed = |error| Error::io("the answer cannot be read", error);
    let mut stdin = LocalReader::stdin(&context.cancellation).map_err(failed)?;
    let mut line = Vec::new();
    let mut byte = [0];
    while stdin.read(&mut byte).map_err(larder_plugin_api::Error::from)? == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}
