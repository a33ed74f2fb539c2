//! The hidden subcommands that a trial of a library runs in child processes.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use larder::library::probe::{DEFAULT_LIMIT, LOAD, SUPERVISE, load_for_probe, supervise};

/// Runs one of them, when that is what the process was started for.
pub fn run(arguments: &[OsString]) -> Option<ExitCode> {
    let done = match arguments {
        [_, command, library, report, limit] if command == SUPERVISE => {
            let limit = limit.to_str().and_then(|text| text.parse().ok()).map(Duration::from_millis);
            supervise(Path::new(library), Path::new(report), limit.unwrap_or(DEFAULT_LIMIT))
        }
        [_, command, library, report] if command == LOAD => {
            load_for_probe(Path::new(library), Path::new(report))
        }
        _ => return None,
    };
    Some(done.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}
