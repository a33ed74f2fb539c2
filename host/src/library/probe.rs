//! Tries a library in a child process first: what it does at load time cannot hurt the host.
//!
//! Two processes: a supervisor, which is this executable again, and under it the one that loads the library. The
//! supervisor adopts whatever the library leaves running, also what has left the process group, and ends it.

use std::fs;
use std::io::{self, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use larder_plugin_api::{ErrorKind, Root};
use rustix::io::Errno;
use rustix::process::{Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions, WaitOptions};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::inspect::{excerpt, inspect};
use super::load;
use super::manifest::Manifest;
use crate::store::{Cancellation, Store};

/// How the children are started: a program and its first arguments, which call [`supervise`] and [`load_for_probe`].
#[derive(Clone, Debug)]
pub struct ProbeCommand {
    /// The program, which is the one that will load the library afterwards.
    pub program: PathBuf,
    /// How long a library may take.
    pub limit: Duration,
}

/// The hidden subcommand that supervises.
pub const SUPERVISE: &str = "__probe";
/// The hidden subcommand that loads.
pub const LOAD: &str = "__probe-load";

/// How long a library may take to load and to make its flavors, unless the caller says otherwise.
pub const DEFAULT_LIMIT: Duration = Duration::from_secs(10);

/// How much of what a library prints is kept for the diagnosis.
const KEPT_BYTES: usize = 4096;

/// Why a library must not be loaded: what it did when it was tried.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProbeError {
    /// It ended the process by a signal.
    #[error("it crashed with {signal} {}{}", while_at(at), said(output))]
    Crashed {
        /// The signal by name.
        signal: String,
        /// What it was doing.
        at: String,
        /// What it printed.
        output: String,
    },
    /// It ended the process.
    #[error("it ended the process with status {status} {}{}", while_at(at), said(output))]
    Exited {
        /// The exit status.
        status: i32,
        /// What it was doing.
        at: String,
        /// What it printed.
        output: String,
    },
    /// It did not come to an end.
    #[error("it took longer than {limit:?} {}{}", while_at(at), said(output))]
    TimedOut {
        /// The limit.
        limit: Duration,
        /// What it was doing.
        at: String,
        /// What it printed.
        output: String,
    },
    /// It broke a rule, or was refused by the linker or by the layout check.
    #[error("{message}")]
    Refused {
        /// Which.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// Processes of it were there when it had been dropped.
    #[error("it left {count} {} running{}", if *count == 1 { "process" } else { "processes" }, said(output))]
    LeftRunning {
        /// How many.
        count: usize,
        /// What it printed.
        output: String,
    },
    /// It ended the process that watched over it.
    #[error("it ended the process that watched it, with {signal}{}", said(output))]
    EndedSupervisor {
        /// The signal by name.
        signal: String,
        /// What it printed.
        output: String,
    },
    /// A host has ended while it loaded the library, without a trial or after a good one.
    #[error("a host ended while it loaded it{}", if *times > 1 { format!(", {times} times") } else { String::new() })]
    EndedHost {
        /// How often.
        times: usize,
    },
    /// The child could not be started; this says nothing about the library.
    #[error("the trial could not be made: {message}")]
    NotTried {
        /// Why.
        message: String,
    },
}

impl ProbeError {
    /// What that means for the library, in a few words that go on after its name.
    pub fn verdict(&self) -> &'static str {
        match self {
            Self::EndedHost { .. } => "is not loaded any more",
            _ => "failed its trial",
        }
    }

    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused { hint, .. } => hint.clone(),
            _ => None,
        }
    }
}

fn while_at(at: &str) -> String {
    if at.is_empty() { "before it was loaded".to_owned() } else { format!("while {at}") }
}

/// The last lines of what a library printed, safe to print again.
fn said(output: &str) -> String {
    let lines: Vec<&str> = output.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last: Vec<String> = lines.iter().rev().take(3).rev().map(|line| excerpt(line, 200)).collect();
    if last.is_empty() { String::new() } else { format!(", and said: {}", last.join(" | ")) }
}

/// What the children tell: how far the loading one came, and how it ended.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Report {
    at: String,
    done: bool,
    refused: Option<String>,
    hint: Option<String>,
    left_running: usize,
    timed_out: bool,
    status: Option<i32>,
    signal: Option<i32>,
}

impl Report {
    fn read(file: &Path) -> Self {
        let bytes = fs::read(file).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Replaces the report in one step, as the writer may die at any moment.
    fn write(&self, file: &Path) -> io::Result<()> {
        let next = file.with_extension("next");
        fs::write(&next, serde_json::to_vec(self)?)?;
        fs::rename(next, file)
    }

    fn judge(self, limit: Duration, output: String) -> Result<(), ProbeError> {
        let Self { at, done, refused, hint, left_running, timed_out, status, signal } = self;
        match (refused, signal, status) {
            _ if timed_out => Err(ProbeError::TimedOut { limit, at, output }),
            (Some(message), ..) => Err(ProbeError::Refused { message, hint }),
            (None, Some(signal), _) => Err(ProbeError::Crashed { signal: signal_name(signal), at, output }),
            (None, None, Some(0)) if done && left_running > 0 => {
                Err(ProbeError::LeftRunning { count: left_running, output })
            }
            (None, None, Some(0)) if done => Ok(()),
            (None, None, Some(status)) => Err(ProbeError::Exited { status, at, output }),
            (None, None, None) => {
                Err(ProbeError::NotTried { message: "its supervisor ended early".to_owned() })
            }
        }
    }
}

/// Tries a library: a child loads it, compares layouts and manifest, and makes and drops each flavor.
///
/// It has the limit of the command, its own process group, no standard input; what it prints is kept for the diagnosis.
/// When this returns, no process of it is left.
///
/// # Errors
///
/// See [`ProbeError`].
pub fn probe(command: &ProbeCommand, library: &Path) -> Result<(), ProbeError> {
    let not_tried = |error: io::Error| ProbeError::NotTried { message: error.to_string() };
    let scratch = tempfile::tempdir().map_err(not_tried)?;
    let report = scratch.path().join("report");
    let mut child = Command::new(&command.program)
        .args([SUPERVISE.as_ref(), library.as_os_str(), report.as_os_str()])
        .arg(command.limit.as_millis().to_string())
        .current_dir(scratch.path())
        // The supervisor never reads from it: its end tells that the host is gone.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(not_tried)?;
    let output = Output::collect(&mut child);
    let host_is_there = child.stdin.take();
    let ended = child.wait().map_err(not_tried)?;
    drop(host_is_there);
    let output = output.finish();
    let told = Report::read(&report);
    match ended.signal() {
        // It does nothing that could crash, and whoever ends it by hand does not do so while a library loads.
        Some(signal) if !told.at.is_empty() => {
            Err(ProbeError::EndedSupervisor { signal: signal_name(signal), output })
        }
        _ => told.judge(command.limit, output),
    }
}

/// What the supervisor waits for.
enum Event {
    Ended,
    HostIsGone,
}

/// The body of the supervising child: starts the loading one, waits for it, ends whatever it left running.
///
/// # Errors
///
/// When the loading child cannot be started or its end cannot be told.
pub fn supervise(library: &Path, report: &Path, limit: Duration) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let mut child = Command::new(std::env::current_exe()?)
        .args([LOAD.as_ref(), library.as_os_str(), report.as_os_str()])
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let mut told = Report::default();
    match wait(pid, limit) {
        Some(Event::Ended) => {
            told = Report::read(report);
            told.left_running = children().into_iter().filter(|child| is_running(*child)).count();
            end_group(pid);
            let status = child.wait()?;
            (told.status, told.signal) = (status.code(), status.signal());
            end_children();
        }
        Some(Event::HostIsGone) => {
            end_group(pid);
            end_children();
            return Ok(());
        }
        None => {
            end_group(pid);
            end_children();
            told.at = Report::read(report).at;
            told.timed_out = true;
        }
    }
    told.write(report)
}

/// The first event; `None` when the limit is reached.
fn wait(child: Option<Pid>, limit: Duration) -> Option<Event> {
    let (sender, receiver) = mpsc::channel();
    let host = sender.clone();
    // Nobody may be listening any more: the receiver has its first event then.
    thread::spawn(move || {
        wait_for_the_end(child?);
        sender.send(Event::Ended).ok()
    });
    thread::spawn(move || {
        let _end = io::copy(&mut io::stdin(), &mut io::sink());
        host.send(Event::HostIsGone).ok()
    });
    receiver.recv_timeout(limit).ok()
}

/// Waits without reaping: only one thread may reap, so that the other never waits for a child that is reaped already.
fn wait_for_the_end(child: Pid) {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while matches!(rustix::process::waitid(WaitId::Pid(child), options), Err(Errno::INTR)) {}
}

/// Ends the group of the loading child, which is not reaped yet: its number could be another's afterwards.
fn end_group(group: Option<Pid>) {
    if let Some(group) = group {
        // All of it may have ended.
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
    }
}

/// Ends whatever else came of the loading child. Those that left its group have become children of this process.
fn end_children() {
    loop {
        for child in children() {
            let _ = rustix::process::kill_process(child, Signal::KILL);
        }
        if rustix::process::wait(WaitOptions::empty()).is_err() {
            return;
        }
    }
}

/// The children of this process, as the kernel lists them.
fn children() -> Vec<Pid> {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let pids = lists.flat_map(|list| list.split_whitespace().map(str::parse).collect::<Vec<_>>());
    pids.filter_map(|pid| Pid::from_raw(pid.ok()?)).collect()
}

/// Whether a process has not ended yet.
fn is_running(process: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).unwrap_or_default();
    // The name of the program, in parentheses, may hold anything.
    let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next());
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}

/// The body of the loading child: loads the library, compares it with its manifest, makes and drops each flavor.
///
/// # Errors
///
/// When the report cannot be written.
pub fn load_for_probe(library: &Path, report: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    let no_core = Rlimit { current: Some(0), maximum: Some(0) };
    // A core file of a library that crashes helps nobody here.
    let _ = rustix::process::setrlimit(Resource::Core, no_core);
    let mut told = Report { at: "it was loaded".to_owned(), ..Report::default() };
    told.write(report)?;
    if let Err(Refusal { message, hint }) = try_flavors(library, report, &mut told) {
        (told.refused, told.hint) = (Some(message), hint);
        return told.write(report);
    }
    told.done = true;
    "it ended".clone_into(&mut told.at);
    told.write(report)
}

struct Refusal {
    message: String,
    hint: Option<String>,
}

impl<E: ToString> From<E> for Refusal {
    fn from(message: E) -> Self {
        Self { message: message.to_string(), hint: None }
    }
}

fn try_flavors(library: &Path, report: &Path, told: &mut Report) -> Result<(), Refusal> {
    let inspected = inspect(library)?.manifest;
    let module = load::load(PROBED, library)
        .map_err(|error| Refusal { message: error.to_string(), hint: error.hint() })?;
    let running: Manifest = serde_json::from_str(module.manifest()().as_str())
        .map_err(|error| format!("the running library gives a broken manifest: {error}"))?;
    if running != inspected {
        return Err("the running library says something else than its manifest in the file".into());
    }
    for flavor in &inspected.flavors {
        told.at = format!("flavor `{}` was made", flavor.name);
        told.write(report)?;
        let scheme = flavor.schemes.first().map_or("", String::as_str);
        let root = Root::parse(&format!("{scheme}/larder-probe"))?;
        let made = Store::make(module, &flavor.name, "probe", &root, "{}", &Cancellation::new());
        // A flavor may want a config that nobody has given yet: an error is an answer. A panic is not.
        if let Err(error) = &made
            && error.kind() == ErrorKind::Panicked
        {
            let message = format!("flavor `{}` panicked when it was made: {}", flavor.name, error.message());
            return Err(message.into());
        }
        told.at = format!("flavor `{}` was dropped", flavor.name);
        told.write(report)?;
        drop(made);
    }
    Ok(())
}

/// The digest does not matter in a process that loads one library.
const PROBED: &str = "probed";

/// What the child prints, read while it runs so that it never blocks, and cut to its end.
struct Output(Vec<thread::JoinHandle<Vec<u8>>>);

impl Output {
    fn collect(child: &mut Child) -> Self {
        let streams: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
            child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        ];
        Self(
            streams.into_iter().flatten().map(|stream| thread::spawn(move || keep_the_end(stream))).collect(),
        )
    }

    fn finish(self) -> String {
        let pieces = self.0.into_iter().filter_map(|reader| reader.join().ok());
        let bytes: Vec<u8> = pieces.flatten().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn keep_the_end(mut stream: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut piece = [0; 8192];
    while let Ok(count @ 1..) = stream.read(&mut piece) {
        kept.extend_from_slice(&piece[..count]);
        if kept.len() > KEPT_BYTES {
            kept.drain(..kept.len() - KEPT_BYTES);
        }
    }
    kept
}

fn signal_name(number: i32) -> String {
    let name = match number {
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        31 => "SIGSYS",
        _ => return format!("signal {number}"),
    };
    format!("signal {number} ({name})")
}
