//! Runs the cases that a filter selects, several at once, in this process or in children.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::isolate::{ChildProcess, Reply};
use super::preflight::{clean_up, directory_name, preflight};
use super::protocol::{Answer, Request};
use super::report::Counts;
use super::{Case, CaseResult, ChildCommand, Level, Outcome, Report, Session, Subject, cases, run_case};
use crate::{Cancellation, Error, Result};

/// How long the preparation and the cleaning up may take.
const PREFLIGHT_LIMIT: Duration = Duration::from_secs(60);
const CLEAN_UP_LIMIT: Duration = Duration::from_secs(600);

/// Which cases are run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(Option<String>);

impl Filter {
    /// All cases.
    pub const ALL: Self = Self(None);

    /// The case with this id, or else all whose id contains the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Some(text.into()))
    }

    fn select(&self, level: Level) -> Result<Vec<&'static Case>> {
        let Some(text) = &self.0 else {
            return Ok(cases().filter(|case| case.level <= level).collect());
        };
        if let Some(case) = cases().find(|case| case.id() == *text) {
            return Ok(vec![case]);
        }
        let selected: Vec<_> =
            cases().filter(|case| case.level <= level && case.id().contains(text.as_str())).collect();
        if selected.is_empty() {
            let ids: Vec<String> = cases().map(Case::id).collect();
            return Err(Error::unknown("case", text, ids.iter().map(String::as_str)));
        }
        Ok(selected)
    }
}

/// Called with each result as it comes.
pub type Observer = Arc<dyn Fn(&CaseResult) + Send + Sync>;

/// Runs cases.
#[derive(Clone)]
pub struct Runner {
    /// How many cases run at once.
    pub jobs: usize,
    /// Which cases are run.
    pub filter: Filter,
    /// Where chance comes from.
    pub seed: u64,
    /// How much is run.
    pub level: Level,
    /// How long one case may take.
    pub limit: Duration,
    /// Whether the root of the store may hold something.
    pub allow_existing: bool,
    /// Whether the cases run in child processes, when the subject can start some.
    pub isolate: bool,
    /// Ends the check after the cases that run now.
    pub cancellation: Cancellation,
    /// Told of each result.
    pub observer: Option<Observer>,
}

impl Default for Runner {
    fn default() -> Self {
        Self {
            jobs: thread::available_parallelism().map_or(2, usize::from),
            filter: Filter::ALL,
            seed: 0,
            level: Level::Default,
            limit: Duration::from_secs(60),
            allow_existing: false,
            isolate: true,
            cancellation: Cancellation::new(),
            observer: None,
        }
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { jobs, filter, seed, level, .. } = self;
        f.debug_struct("Runner")
            .field("jobs", jobs)
            .field("filter", filter)
            .field("seed", seed)
            .field("level", level)
            .finish_non_exhaustive()
    }
}

impl Runner {
    /// Runs the cases in a fresh directory below the root of the store, and removes the directory, whatever happens.
    ///
    /// # Errors
    ///
    /// No case is selected, or the store cannot be checked at all. That cases fail is in the report.
    pub fn run(&self, subject: &Subject) -> Result<Report> {
        let begin = Instant::now();
        let selected = self.filter.select(self.level)?;
        let directory = directory_name();
        let isolated = subject.child.as_ref().filter(|_| self.isolate);
        let prepared = self.prepare(subject, isolated, &directory);
        let results = prepared.map(|capabilities| {
            let session = Session {
                subject: subject.clone(),
                directory: directory.clone(),
                seed: self.seed,
                capabilities,
            };
            self.run_all(&selected, &session, isolated)
        });
        let left_behind = remove(subject, isolated, &directory).err().map(|error| {
            let causes = error.causes().map(|cause| format!(": {cause}")).collect::<String>();
            format!("`{directory}`: {error}{causes}")
        });
        let results = results?;
        Ok(Report {
            counts: Counts::of(&results),
            cancelled: results.len() < selected.len(),
            results,
            seed: self.seed,
            seconds: begin.elapsed().as_secs_f64(),
            left_behind,
        })
    }

    fn prepare(
        &self,
        subject: &Subject,
        isolated: Option<&ChildCommand>,
        directory: &str,
    ) -> Result<Vec<String>> {
        let allow_existing = self.allow_existing;
        let Some(command) = isolated else { return preflight(subject, directory, allow_existing) };
        let request = Request::Preflight { directory: directory.to_owned(), allow_existing };
        match ask_once(command, &request, PREFLIGHT_LIMIT, &self.cancellation)? {
            Answer::Ready { capabilities } => Ok(capabilities),
            answer => Err(unexpected(answer)),
        }
    }

    /// Runs the cases on as many threads as there are jobs. The results come in the order of the suite; those of cases
    /// that were not begun before a cancellation are missing.
    fn run_all(
        &self,
        cases: &[&'static Case],
        session: &Session,
        isolated: Option<&ChildCommand>,
    ) -> Vec<CaseResult> {
        let next = AtomicUsize::new(0);
        let results = Mutex::new(Vec::with_capacity(cases.len()));
        let work = || {
            let mut worker = Worker { runner: self, session, isolated, process: None };
            while !self.cancellation.is_cancelled() {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(index) else { break };
                let Some(result) = worker.run(case) else { break };
                if let Some(observer) = &self.observer {
                    observer(&result);
                }
                results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.jobs.clamp(1, cases.len()) {
                scope.spawn(work);
            }
        });
        let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.sort_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }
}

/// One of the threads, with the child process that it keeps as long as it lives.
struct Worker<'a> {
    runner: &'a Runner,
    session: &'a Session,
    isolated: Option<&'a ChildCommand>,
    process: Option<ChildProcess>,
}

impl Worker<'_> {
    /// Runs one case; `None` when the check was cancelled meanwhile.
    fn run(&mut self, case: &'static Case) -> Option<CaseResult> {
        if case.does_not_apply(&self.session.capabilities).is_some() {
            return Some(run_case(case, self.session));
        }
        match self.isolated {
            Some(command) => self.run_isolated(case, command),
            None => self.run_here(case),
        }
    }

    /// A case that is not done in time cannot be stopped: its thread is left behind.
    fn run_here(&self, case: &'static Case) -> Option<CaseResult> {
        let (sender, receiver) = channel();
        let session = self.session.clone();
        thread::spawn(move || sender.send(run_case(case, &session)));
        match receiver.recv_timeout(self.runner.limit) {
            Ok(result) => Some(result),
            Err(RecvTimeoutError::Timeout) => Some(self.too_slow(case)),
            Err(RecvTimeoutError::Disconnected) => {
                Some(failed(case, "the case ends without a panic", "its thread ended", Duration::ZERO))
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
        let result = match process.ask(&request, self.runner.limit, &self.runner.cancellation) {
            Reply::Answer(Answer::Ended(result)) => {
                self.process = Some(process);
                result
            }
            Reply::Answer(answer) => {
                failed(case, "the result of the case", &format!("{answer:?}"), begin.elapsed())
            }
            Reply::Died(how) => failed(case, "the process stays alive", &how, begin.elapsed()),
            Reply::TimedOut if self.runner.cancellation.is_cancelled() => return None,
            Reply::TimedOut => self.too_slow(case),
        };
        Some(result)
    }

    fn too_slow(&self, case: &Case) -> CaseResult {
        let limit = self.runner.limit;
        failed(case, &format!("an end within {} s", limit.as_secs()), "it was still running", limit)
    }
}

fn failed(case: &Case, expected: &str, got: &str, took: Duration) -> CaseResult {
    let outcome = Outcome::Failed { expected: expected.to_owned(), got: got.to_owned() };
    CaseResult { case: case.id(), outcome, seconds: took.as_secs_f64() }
}

/// Removes the directory of the check; also after a cancellation, which is none for this.
fn remove(subject: &Subject, isolated: Option<&ChildCommand>, directory: &str) -> Result<()> {
    let Some(command) = isolated else { return clean_up(subject, directory) };
    let request = Request::CleanUp { directory: directory.to_owned() };
    match ask_once(command, &request, CLEAN_UP_LIMIT, &Cancellation::new())? {
        Answer::CleanedUp => Ok(()),
        answer => Err(unexpected(answer)),
    }
}

fn ask_once(
    command: &ChildCommand,
    request: &Request,
    limit: Duration,
    cancellation: &Cancellation,
) -> Result<Answer> {
    let message = "the process of the check cannot be started";
    let mut process = command.start().map_err(|error| Error::io(message, error))?;
    match process.ask(request, limit, cancellation) {
        Reply::Answer(answer) => Ok(answer),
        Reply::Died(how) => {
            Err(Error::library("the library ended the process of the check").with_source(how))
        }
        Reply::TimedOut => {
            Err(Error::library(format!("the store did not answer within {} s", limit.as_secs())))
        }
    }
}

fn unexpected(answer: Answer) -> Error {
    match answer {
        Answer::Refused(refusal) => refusal.into(),
        answer => Error::library(format!("the process of the check answered {answer:?}")),
    }
}
