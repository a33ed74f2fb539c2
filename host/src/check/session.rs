//! One check under way: what all its cases share, and how one of them is run.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::protocol::SessionDescription;
use super::{Case, CaseResult, Checked, Context, Outcome, Run, Stop, Subject};

/// What all cases of a check share.
#[derive(Clone, Debug)]
pub struct Session {
    /// What is checked.
    pub subject: Subject,
    /// The directory of the check, relative to the root of the store; each case has its own below it.
    pub directory: String,
    /// Where chance comes from.
    pub seed: u64,
    /// What the store claims.
    pub capabilities: Vec<String>,
}

impl Session {
    pub(super) fn description(&self) -> SessionDescription {
        let Self { directory, seed, capabilities, .. } = self.clone();
        SessionDescription { directory, seed, capabilities }
    }
}

/// Runs one case in this process. A panic of the case is a failed case; a library that crashes takes the process along.
pub fn run_case(case: &'static Case, session: &Session) -> CaseResult {
    let begin = Instant::now();
    let outcome = match case.does_not_apply(&session.capabilities) {
        Some(reason) => Outcome::Skipped { reason },
        None => match catch_unwind(AssertUnwindSafe(|| run(case, session))) {
            Ok(checked) => checked.into(),
            Err(panic) => Outcome::Failed {
                expected: "the case ends without a panic".to_owned(),
                got: format!("a panic: {}", panic_message(&*panic)),
            },
        },
    };
    CaseResult { case: case.id(), outcome, seconds: begin.elapsed().as_secs_f64() }
}

fn run(case: &'static Case, session: &Session) -> Checked {
    let run = match case.run {
        Run::Library(run) => match &session.subject.library {
            Some(library) => return run(library),
            None => return Err(Stop::Skipped("the library is not given, only the store".to_owned())),
        },
        Run::Store(run) | Run::Process { run, .. } => run,
    };
    let context = Context::new(session, case)?;
    let checked = run(&context);
    // What a broken flavor keeps here is seen when the directory of the whole check is removed.
    let _kept = context.rmtree("");
    checked
}

/// Runs the part of a case that another process runs until it is killed.
pub(super) fn run_child(case: &'static Case, session: &Session, hold: &dyn Fn()) -> Checked {
    match case.run {
        Run::Process { child, .. } => child(&Context::new(session, case)?, hold),
        _ => Err(Stop::failed("a case that kills a process", case.id())),
    }
}

pub(super) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a message").to_owned()
}
