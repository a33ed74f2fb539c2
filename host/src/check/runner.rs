//! Runs the cases that a filter selects, several at once, in this process or in children.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::isolate::Reply;
use super::preflight::{clean_up, directory_name, preflight};
use super::protocol::{Answer, Request};
use super::report::Counts;
use super::worker::Worker;
use super::{Case, CaseResult, ChildCommand, Level, Report, Session, Subject, cases};
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

    /// The cases that it selects: those of the level, or the one that it names, of whatever level.
    ///
    /// # Errors
    ///
    /// *Not found* when there is none, with the closest id.
    pub fn select(&self, level: Level) -> Result<Vec<&'static Case>> {
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
    /// How long one case may take; ten times that, when only level full runs it.
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
            let texts = std::iter::once(error.to_string()).chain(error.causes());
            format!("`{directory}`: {}", texts.collect::<Vec<_>>().join(": "))
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
        let (next, hangs) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let results = Mutex::new(Vec::with_capacity(cases.len()));
        let work = || {
            let mut worker = Worker { runner: self, session, isolated, process: None, hangs: &hangs };
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
