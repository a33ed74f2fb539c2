//! One thread of the runner: runs case after case, here or in a child process that it keeps while it lives.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::isolate::{ChildProcess, Reply};
use super::protocol::{Answer, Request};
use super::{Case, CaseResult, ChildCommand, Level, Outcome, Runner, Session, run_case};

/// After so many cases that did not end in time the others are not tried: the store hangs.
const MAX_HANGS: usize = 4;

/// One of the threads, with the child process that it keeps as long as it lives.
pub struct Worker<'a> {
    pub runner: &'a Runner,
    pub session: &'a Session,
    pub isolated: Option<&'a ChildCommand>,
    pub process: Option<ChildProcess>,
    /// How many cases of all threads did not end in time.
    pub hangs: &'a AtomicUsize,
}

impl Worker<'_> {
    /// Runs one case; `None` when the check was cancelled meanwhile.
    pub fn run(&mut self, case: &'static Case) -> Option<CaseResult> {
        if case.does_not_apply(&self.session.capabilities).is_some() {
            return Some(run_case(case, self.session));
        }
        if self.hangs.load(Ordering::Relaxed) >= MAX_HANGS {
            return Some(result(
                case,
                Outcome::Skipped { reason: "the store hung before".to_owned() },
                Duration::ZERO,
            ));
        }
        match self.isolated {
            Some(command) => self.run_isolated(case, command),
            None => Some(self.run_here(case)),
        }
    }

    /// A case that is not done in time cannot be stopped: its thread is left behind.
    fn run_here(&self, case: &'static Case) -> CaseResult {
        let (sender, receiver) = channel();
        let session = self.session.clone();
        thread::spawn(move || sender.send(run_case(case, &session)));
        match receiver.recv_timeout(self.limit(case)) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => self.too_slow(case),
            Err(RecvTimeoutError::Disconnected) => {
                failed(case, "the case ends without a panic", "its thread ended", Duration::ZERO)
            }
        }
    }

    fn run_isolated(&mut self, case: &'static Case, command: &ChildCommand) -> Option<CaseResult> {
        let begin = Instant::now();
        let mut process = match self.process.take().map_or_else(|| command.start(), Ok) {
            Ok(process) => process,
            Err(error) => {
                return Some(failed(case, "a process can be started", &error.to_string(), begin.elapsed()));
            }
        };
        let request = Request::Case { case: case.id(), session: self.session.description() };
        let result = match process.ask(&request, self.limit(case), &self.runner.cancellation) {
            Reply::Answer(Answer::Ended(result)) => {
                self.process = Some(process);
                result
            }
            Reply::Answer(answer) => {
                failed(case, "the result of the case", &format!("{answer:?}"), begin.elapsed())
            }
            // An interrupt from the terminal ends the children, too.
            Reply::Died(_) | Reply::TimedOut if self.runner.cancellation.is_cancelled() => return None,
            Reply::Died(how) => failed(case, "the process stays alive", &how, begin.elapsed()),
            Reply::TimedOut => self.too_slow(case),
        };
        Some(result)
    }

    /// What is run at level full alone is there because it takes long.
    fn limit(&self, case: &Case) -> Duration {
        match case.level {
            Level::Default => self.runner.limit,
            Level::Full => self.runner.limit * 10,
        }
    }

    fn too_slow(&self, case: &Case) -> CaseResult {
        self.hangs.fetch_add(1, Ordering::Relaxed);
        let limit = self.limit(case);
        failed(case, &format!("an end within {} s", limit.as_secs()), "it was still running", limit)
    }
}

fn failed(case: &Case, expected: &str, got: &str, took: Duration) -> CaseResult {
    result(case, Outcome::Failed { expected: expected.to_owned(), got: got.to_owned() }, took)
}

fn result(case: &Case, outcome: Outcome, took: Duration) -> CaseResult {
    CaseResult { case: case.id(), outcome, seconds: took.as_secs_f64() }
}
