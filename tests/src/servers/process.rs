//! A server as a process: its address is read from its log, and it ends with the value or with the test process.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, PipeReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

/// A server that has not said that it is ready by then has failed.
const STARTS_WITHIN: Duration = Duration::from_secs(90);
/// So many of the last lines of the log are kept, to be said when it fails.
const KEPT_LINES: usize = 40;

type Log = Arc<Mutex<VecDeque<String>>>;
type Order = (Command, Sender<io::Result<Child>>);

/// A server that runs.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Process {
    /// Starts `program` and waits until a line of its log holds an address with a port.
    ///
    /// # Errors
    ///
    /// When it cannot be started, ends instead or says no address for too long: the end of its log.
    pub(super) fn start(program: &Command) -> Result<Process, String> {
        let (reader, writer) = io::pipe().map_err(|error| error.to_string())?;
        let mut command = dying_with_this_process(program);
        let errors = writer.try_clone().map_err(|error| error.to_string())?;
        command.stdin(Stdio::null()).stdout(writer).stderr(errors);
        let mut child = spawn(command).map_err(|error| format!("{program:?} cannot be started: {error}"))?;
        let log = Log::default();
        if let Ok(address) = follow(reader, log.clone()).recv_timeout(STARTS_WITHIN) {
            return Ok(Process { child, address });
        }
        child.kill().ok();
        child.wait().ok();
        let lines: Vec<String> = log.lock().expect("no reader panics").iter().cloned().collect();
        Err(format!("{program:?} said no address; its log:\n{}", lines.join("\n")))
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The same command, started such that the system kills it when its parent ends, whatever the parent ends of.
fn dying_with_this_process(program: &Command) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// What the system takes for the parent is the thread, and those of tests end: one that never ends starts all servers.
fn spawn(command: Command) -> io::Result<Child> {
    static STARTER: LazyLock<Sender<Order>> = LazyLock::new(|| {
        let (orders, receiver) = mpsc::channel::<Order>();
        thread::spawn(move || {
            for (mut command, answer) in receiver {
                answer.send(command.spawn()).ok();
            }
        });
        orders
    });
    let (answer, started) = mpsc::channel();
    STARTER.send((command, answer)).expect("the starter never ends");
    started.recv().expect("the starter answers every order")
}

/// Reads the log until the server ends, and hands over the first address.
fn follow(reader: PipeReader, log: Log) -> Receiver<SocketAddr> {
    let (found, address) = mpsc::channel();
    thread::spawn(move || {
        let mut found = Some(found);
        for line in BufReader::new(reader).lines().map_while(Result::ok) {
            if let Some(address) = address_in(&line)
                && let Some(found) = found.take()
            {
                found.send(address).ok();
            }
            let mut log = log.lock().expect("no reader panics");
            log.push_back(line);
            if log.len() > KEPT_LINES {
                log.pop_front();
            }
        }
    });
    address
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, after) = line.split_once("http://127.0.0.1:")?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    let port = digits.parse().ok().filter(|port| *port != 0)?;
    Some((Ipv4Addr::LOCALHOST, port).into())
}
