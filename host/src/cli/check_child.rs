//! The hidden subcommand that `flavor check` runs in child processes: it has the library, the check has the cases.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode};

use larder::check::{ChildCommand, serve_home};

const SERVE: &str = "__check";

/// Runs it, when that is what the process was started for.
pub fn run(arguments: &[OsString]) -> Option<ExitCode> {
    let [_, command, home] = arguments else { return None };
    if command != SERVE {
        return None;
    }
    let home = Path::new(home);
    let served = self::command(home).and_then(|child| serve_home(home, child));
    let Err(error) = served else { return Some(ExitCode::SUCCESS) };
    // The check shows the last words of a child that ends too early.
    let texts: Vec<String> = std::iter::once(error.to_string()).chain(error.causes()).collect();
    let _ = writeln!(std::io::stderr(), "{}", texts.join(": "));
    Some(ExitCode::FAILURE)
}

/// The command that starts such a process, given the home of a check.
pub fn command(home: &Path) -> larder::Result<ChildCommand> {
    let program =
        std::env::current_exe().map_err(|error| larder::Error::io("this executable is not found", error))?;
    let home = home.to_owned();
    Ok(ChildCommand::new(move || {
        let mut command = Command::new(&program);
        command.arg(SERVE).arg(&home);
        command
    }))
}
