//! The parent's side of child processes: starts them, asks, notices when one dies or hangs.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::protocol::{Answer, Request};
use super::{Checked, Stop};
use crate::Cancellation;

/// How long another process may take until it is ready to be killed.
const HOLD_LIMIT: Duration = Duration::from_secs(30);
/// How often a wait looks whether the check was cancelled.
const PATIENCE: Duration = Duration::from_millis(100);

/// The command that starts a process which checks the same: it makes the same [`Subject`](super::Subject) and calls
/// [`serve`](super::serve). Its standard streams are set here.
#[derive(Clone)]
pub struct ChildCommand(Arc<dyn Fn() -> Command + Send + Sync>);

impl ChildCommand {
    /// The command that a function makes, anew for each process.
    pub fn new(command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        Self(Arc::new(command))
    }

    pub(super) fn start(&self) -> io::Result<ChildProcess> {
        let mut command = (self.0)();
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        ChildProcess::of(piped.spawn()?)
    }

    /// Starts a process, lets it get ready, and kills it.
    pub(super) fn hold_and_kill(&self, request: &Request) -> Checked {
        let expected = "another process gets ready to be killed";
        let started = self.start().map_err(|error| Stop::failed(expected, error.to_string()));
        let mut process = started?;
        match process.ask(request, HOLD_LIMIT, &Cancellation::new()) {
            Reply::Answer(Answer::Holding) => Ok(()),
            Reply::Answer(Answer::Ended(result)) => {
                Err(Stop::failed(expected, format!("{:?}", result.outcome)))
            }
            reply => Err(Stop::failed(expected, format!("{reply:?}"))),
        }
    }
}

impl fmt::Debug for ChildCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildCommand").finish_non_exhaustive()
    }
}

/// What came of a request.
#[derive(Debug)]
pub enum Reply {
    /// The process answered.
    Answer(Answer),
    /// It ended instead; how, and what it said last.
    Died(String),
    /// It did not answer in time, or the check was cancelled.
    TimedOut,
}

/// A child process. It is killed when this is dropped.
pub struct ChildProcess {
    child: Child,
    requests: Option<ChildStdin>,
    answers: Receiver<Answer>,
    last_words: Arc<Mutex<String>>,
}

impl ChildProcess {
    fn of(mut child: Child) -> io::Result<Self> {
        let missing = || io::Error::other("a stream of the child is missing");
        let requests = Some(child.stdin.take().ok_or_else(missing)?);
        let stdout = child.stdout.take().ok_or_else(missing)?;
        let stderr = child.stderr.take().ok_or_else(missing)?;
        let (sender, answers) = channel();
        thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            let parsed = lines.filter_map(|line| serde_json::from_str(&line).ok());
            parsed.map_while(|answer| sender.send(answer).ok()).for_each(drop);
        });
        let last_words = Arc::new(Mutex::new(String::new()));
        let kept = last_words.clone();
        thread::spawn(move || keep_last_words(stderr, &kept));
        Ok(Self { child, requests, answers, last_words })
    }

    /// Sends a request and waits for the answer. After anything but an answer the process is of no more use.
    pub fn ask(&mut self, request: &Request, limit: Duration, cancellation: &Cancellation) -> Reply {
        if self.send(request).is_err() {
            return self.died();
        }
        let end = Instant::now() + limit;
        loop {
            match self.answers.recv_timeout(PATIENCE) {
                Ok(answer) => return Reply::Answer(answer),
                Err(RecvTimeoutError::Disconnected) => return self.died(),
                Err(RecvTimeoutError::Timeout) if cancellation.is_cancelled() || Instant::now() >= end => {
                    return Reply::TimedOut;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn send(&mut self, request: &Request) -> io::Result<()> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        match &mut self.requests {
            Some(requests) => requests.write_all(&line),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn died(&mut self) -> Reply {
        self.requests = None;
        // Its answers have ended, so it is ending; one that only closed its streams is ended here.
        let status = wait(&mut self.child, Duration::from_secs(1));
        let last_words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        let last_words = last_words.trim();
        let colon = if last_words.is_empty() { "" } else { ": " };
        Reply::Died(format!("the process {}{colon}{last_words}", how(status)))
    }
}

/// Kills it and waits for its end, so that no zombie stays.
impl Drop for ChildProcess {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + limit;
    while Instant::now() < end {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(5));
    }
    let _gone = child.kill();
    None
}

fn how(status: Option<ExitStatus>) -> String {
    match status {
        None => "stopped answering".to_owned(),
        Some(status) => match status.signal() {
            Some(signal) => format!("was ended by signal {signal}"),
            None => format!("ended with exit code {}", status.code().unwrap_or_default()),
        },
    }
}

/// Reads to the end, and keeps the last lines.
fn keep_last_words(stderr: impl Read, kept: &Mutex<String>) {
    const KEPT_LINES: usize = 5;
    let mut last: Vec<String> = Vec::new();
    for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
        last.push(String::from_utf8_lossy(&line).into_owned());
        if last.len() > KEPT_LINES {
            last.remove(0);
        }
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = last.join(" / ");
    }
}
