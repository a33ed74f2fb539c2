//! The contract: one table of flavors and cases. `cargo test --test contract local::rename::` runs a part of it.

mod child;
mod flavors;

use std::process::ExitCode;
use std::sync::Arc;

use larder::check::{Case, Filter, Level, Outcome, Runner, cases};
use libtest_mimic::{Arguments, Completion, Conclusion, Failed, Trial};

use flavors::{FLAVORS, Flavor, Opened};

fn main() -> ExitCode {
    if let Some(code) = child::serve() {
        return code;
    }
    let arguments = Arguments::from_args();
    let flavors: Vec<Arc<Opened>> = FLAVORS.iter().map(|flavor| Arc::new(Opened::new(flavor))).collect();
    let conclusion = libtest_mimic::run(&arguments, flavors.iter().flat_map(trials).collect());
    if nothing_was_run(&arguments, &conclusion) {
        eprintln!("no case was run");
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

/// A filter that is meant for other test binaries may select nothing here.
fn nothing_was_run(arguments: &Arguments, conclusion: &Conclusion) -> bool {
    let is_of = |filter: &String, Flavor { name, .. }: &Flavor| filter.starts_with(&format!("{name}::"));
    let meant = |filter| FLAVORS.iter().any(|flavor| is_of(filter, flavor));
    let none = conclusion.num_passed == 0 && conclusion.num_failed == 0;
    none && !arguments.list && arguments.filter.as_ref().is_none_or(meant)
}

/// A flavor whose server cannot be had is one trial that says so.
fn trials(flavor: &Arc<Opened>) -> Vec<Trial> {
    match flavor.flavor().unavailable() {
        Some(reason) => {
            let name = format!("{}::all", flavor.flavor().name);
            vec![Trial::ignorable_test(name, move || Ok(Completion::ignored_with(reason)))]
        }
        None => cases().map(|case| trial(flavor, case)).collect(),
    }
}

/// What only level full runs is run with `--include-ignored`.
fn trial(flavor: &Arc<Opened>, case: &'static Case) -> Trial {
    let name = format!("{}::{}", flavor.flavor().name, case.id());
    let flavor = flavor.clone();
    Trial::ignorable_test(name, move || run(&flavor, case)).with_ignored_flag(case.level == Level::Full)
}

/// All trials of a flavor share its root, where each has a directory of its own.
fn run(flavor: &Opened, case: &Case) -> Result<Completion, Failed> {
    if let Some(reason) = flavor.flavor().excuse(&case.id()) {
        return Ok(Completion::ignored_with(reason));
    }
    let filter = Filter::new(case.id());
    let runner = Runner {
        filter,
        jobs: 1,
        isolate: false,
        allow_existing: true,
        limit: flavor.flavor().limit(),
        ..Runner::default()
    };
    let report = runner.run(&flavor.subject()?)?;
    if let Some(left_behind) = report.left_behind {
        return Err(format!("left behind: {left_behind}").into());
    }
    match report.results.into_iter().next().map(|result| result.outcome) {
        Some(Outcome::Ok) => Ok(Completion::Completed),
        Some(Outcome::Skipped { reason }) => Ok(Completion::ignored_with(reason)),
        Some(Outcome::Failed { expected, got }) => {
            Err(format!("{}\nexpected: {expected}\ngot:      {got}", case.description).into())
        }
        None => Err("the case was not run".into()),
    }
}
