//! Runs the `larder` command as a person sees it: its output goes to a terminal.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::command::Larder;

impl Larder {
    /// Runs it with both outputs on a terminal, and gives what the terminal received.
    pub fn on_a_terminal(self) -> String {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("there are terminals");
        grantpt(&master).expect("the terminal is ours");
        unlockpt(&master).expect("the terminal is ours");
        let name = ptsname(&master, Vec::new()).expect("the terminal has a name");
        let name = name.to_str().expect("the name is UTF-8");
        let slave = File::options().read(true).write(true).open(name).expect("the terminal opens");
        let mut command = self.into_command();
        command.stdout(Stdio::from(slave.try_clone().expect("a descriptor"))).stderr(Stdio::from(slave));
        let mut child = command.spawn().expect("the command can be started");
        // The command holds the other end too, which must be gone for the reading to end.
        drop(command);
        let mut seen = Vec::new();
        let mut piece = [0; 4096];
        let mut master = File::from(master);
        while let Ok(count @ 1..) = master.read(&mut piece) {
            seen.extend_from_slice(&piece[..count]);
        }
        child.wait().expect("the command ends");
        String::from_utf8_lossy(&seen).into_owned()
    }
}
