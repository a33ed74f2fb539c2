//! The processes that some cases kill: this test again, told by a variable which check it belongs to.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use larder::check::{ChildCommand, serve_home};

const HOME: &str = "LARDER_TEST_CHECK_HOME";

/// Starts such a process.
pub fn command(home: PathBuf) -> ChildCommand {
    let test = env::current_exe().expect("a test knows where it is");
    ChildCommand::new(move || {
        let mut command = Command::new(&test);
        command.env(HOME, &home);
        command
    })
}

/// Serves the check, when this is such a process.
pub fn serve() -> Option<ExitCode> {
    let home = PathBuf::from(env::var_os(HOME)?);
    match serve_home(&home, command(Path::new(&home).to_owned())) {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("{error}");
            Some(ExitCode::FAILURE)
        }
    }
}
