//! The child's side: does what the check asks for on stdin, one request a line.

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::os::fd::AsFd;
use std::sync::Mutex;

use super::preflight::{clean_up, preflight};
use super::protocol::{Answer, Request, SessionDescription};
use super::session::run_child;
use super::{Case, CaseResult, Outcome, Session, Subject, cases, run_case};

/// Serves the check that started this process with a [`ChildCommand`](super::ChildCommand), until it closes stdin.
///
/// Answers go where stdout led. From then on stdout leads to stderr: what a library prints is no answer.
///
/// # Errors
///
/// When stdin cannot be read or the answers cannot be written.
pub fn serve(subject: &Subject) -> io::Result<()> {
    let answers = Mutex::new(File::from(io::stdout().as_fd().try_clone_to_owned()?));
    rustix::stdio::dup2_stdout(io::stderr())?;
    let mut line = String::new();
    while io::stdin().lock().read_line(&mut line)? > 0 {
        let answer = answer(subject, serde_json::from_str(&line)?, &answers);
        send(&answers, &answer)?;
        line.clear();
    }
    Ok(())
}

fn send(answers: &Mutex<File>, answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    let mut answers = answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    answers.write_all(&line)
}

fn answer(subject: &Subject, request: Request, answers: &Mutex<File>) -> Answer {
    match request {
        Request::Preflight { directory, allow_existing } => {
            match preflight(subject, &directory, allow_existing) {
                Ok(capabilities) => Answer::Ready { capabilities },
                Err(error) => Answer::Refused((&error).into()),
            }
        }
        Request::Case { case, session } => match find(&case) {
            Some(case) => Answer::Ended(run_case(case, &session_of(subject, session))),
            None => unknown(case),
        },
        Request::Hold { case, session } => match find(&case) {
            Some(case) => hold(case, &session_of(subject, session), answers),
            None => unknown(case),
        },
        Request::CleanUp { directory } => match clean_up(subject, &directory) {
            Ok(()) => Answer::CleanedUp,
            Err(error) => Answer::Refused((&error).into()),
        },
    }
}

fn find(id: &str) -> Option<&'static Case> {
    cases().find(|case| case.id() == id)
}

fn unknown(case: String) -> Answer {
    let expected = "a case that this process knows".to_owned();
    Answer::Ended(CaseResult { outcome: Outcome::Failed { expected, got: case.clone() }, case, seconds: 0.0 })
}

fn session_of(subject: &Subject, session: SessionDescription) -> Session {
    let SessionDescription { directory, seed, capabilities } = session;
    Session { subject: subject.clone(), directory, seed, capabilities }
}

/// Comes back only when the case fails before it is ready, or when the parent has gone.
fn hold(case: &'static Case, session: &Session, answers: &Mutex<File>) -> Answer {
    let wait_to_be_killed = || {
        if send(answers, &Answer::Holding).is_ok() {
            // Nothing more is asked of this process: the end of stdin is the end of the parent.
            let _end = io::copy(&mut io::stdin().lock(), &mut io::sink());
        }
    };
    let outcome = run_child(case, session, &wait_to_be_killed).into();
    Answer::Ended(CaseResult { case: case.id(), outcome, seconds: 0.0 })
}
