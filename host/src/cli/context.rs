//! What every command has at hand: the printer, the host, the word that the user interrupted.

use std::cell::OnceCell;

use larder::library::find::relative_plugin_directories;
use larder::library::probe::{DEFAULT_LIMIT, ProbeCommand};
use larder::{Cancellation, Host, HostOptions};

use super::arguments::GlobalArgs;
use super::failure::Outcome;
use super::printer::Printer;
use super::signals::Signals;

pub struct Context {
    pub printer: Printer,
    pub cancellation: Cancellation,
    pub signals: Signals,
    host: OnceCell<Host>,
}

impl Context {
    pub fn new(global: &GlobalArgs) -> Self {
        let signals = Signals::listen();
        let cancellation = signals.cancellation();
        Self { printer: Printer::new(global), cancellation, signals, host: OnceCell::new() }
    }

    /// The host that the environment describes; opened when it is first asked for.
    pub fn host(&self) -> Outcome<&Host> {
        if let Some(host) = self.host.get() {
            return Ok(host);
        }
        let options = HostOptions {
            probe: probe_command(),
            cancellation: self.cancellation.clone(),
            ..HostOptions::from_env()?
        };
        self.warn_of_relative_directories();
        Ok(self.host.get_or_init(|| Host::open(options)))
    }

    fn warn_of_relative_directories(&self) {
        for directory in relative_plugin_directories() {
            self.printer.warn(&format!(
                "LARDER_PLUGIN_PATH has the relative entry `{}`, which is left out: give it as an absolute path",
                directory.display()
            ));
        }
    }
}

/// How this executable tries a library in a child process.
pub fn probe_command() -> Option<ProbeCommand> {
    let program = std::env::current_exe().ok()?;
    Some(ProbeCommand { program, limit: DEFAULT_LIMIT })
}
