//! The check: the conformance suite that proves a flavor keeps the contract.
//!
//! A [`Case`] is one sentence of the contract. [`cases`] are all of them, a [`Runner`] runs those that a filter selects
//! against a [`Subject`], and a [`Report`] says how each ended. With a [`ChildCommand`] the cases run in child processes,
//! so that a library that crashes or hangs costs one case.
//!
//! A case relies on as little as it can: beside the operation that it is about it uses `open` in the modes `r` and `w`,
//! and `listdir`. Thus a flavor that breaks one promise fails the cases that name that promise. The cases of `model`
//! are the exception: they use everything.

mod author;
mod case;
mod cases;
mod child;
mod context;
mod data;
mod expect;
mod isolate;
mod junit;
mod library_check;
mod model;
mod place;
mod preflight;
mod prepared_check;
mod protocol;
mod report;
mod runner;
mod session;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod worker;

pub use author::{assert_keeps_contract, built_library};
pub use case::{Case, Level, Outcome};
pub use cases::cases;
pub use child::serve;
pub use isolate::ChildCommand;
pub use junit::write_junit;
pub use library_check::LibraryCheck;
pub use prepared_check::{PreparedCheck, serve_home};
pub use report::{CaseResult, Counts, Report};
pub use runner::{Filter, Observer, Runner};
pub use subject::{LibrarySubject, Opener, Subject};
pub use text::write_text;

use case::{Checked, Run, Stop};
use context::Context;
use session::{Session, run_case};
