//! The check is checked: each flavor of `bad-libraries/liars` has one lie and fails the cases that name it, and no other.

mod manifests;
mod table;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use larder::check::{Case, Filter, Level, Report, Runner, Subject, cases};
use larder::{Host, NewStore, RegisterFlavor};
use larder_tests::{TestHome, library};
use libtest_mimic::{Arguments, Failed, Trial};

use manifests::{FORGERIES, is_found};
use table::{LIES, Lie, SLOW};

/// With this variable also the cases run that take long and are not expected to fail.
const ALL_CASES: &str = "LARDER_TEST_ALL_CASES";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let home = TestHome::new();
    let host = Arc::new(home.host());
    host.register_flavor(&library("liars"), RegisterFlavor::default()).expect("the liars can be registered");
    let mut trials: Vec<Trial> = LIES.iter().map(|lie| trial(lie, &host)).collect();
    trials.extend(FORGERIES.iter().map(|forgery| {
        let host = host.clone();
        Trial::test(format!("manifests::{}", forgery.name), move || {
            is_found(forgery, subject(&host, "honest", forgery.name)?)
        })
    }));
    let known = host.clone();
    trials.push(Trial::test("every_lie_is_in_the_table", move || every_lie_is_in_the_table(&known)));
    trials.push(Trial::test("the_table_names_cases_that_exist", the_table_names_cases_that_exist));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(lie: &'static Lie, host: &Arc<Host>) -> Trial {
    let host = host.clone();
    Trial::test(format!("lies::{}", lie.flavor), move || is_caught_by_what_names_it(lie, &host))
}

/// A store of a flavor, under a name that is also its root.
fn subject(host: &Host, flavor: &str, name: &str) -> larder::Result<Subject> {
    let (name, flavor, root) = (name.to_owned(), flavor.to_owned(), format!("liar://{name}"));
    host.register_store(&NewStore { name: name.clone(), flavor, root, ..NewStore::default() })?;
    host.check_subject(&name)
}

fn is_caught_by_what_names_it(lie: &Lie, host: &Host) -> Result<(), Failed> {
    let subject = subject(host, lie.flavor, lie.flavor)?;
    let expected = lie.expected();
    let (mut failed, mut report) = (BTreeSet::new(), Vec::new());
    for case in cases().filter(|case| is_run(case, &expected)) {
        for result in run(case, &subject)?.failed() {
            report.push(format!("{result:?}"));
            failed.insert(result.case.clone());
        }
    }
    let by_the_model = failed.iter().any(|case: &String| case.starts_with("model::"));
    failed.retain(|case| !case.starts_with("model::"));
    if by_the_model != (lie.model && all_cases()) {
        return Err(format!("found by the model: {by_the_model}, as against the table").into());
    }
    let silent: Vec<_> = expected.difference(&failed).collect();
    let others: Vec<_> = failed.difference(&expected).collect();
    if silent.is_empty() && others.is_empty() {
        return Ok(());
    }
    let report = report.join("\n");
    Err(format!("passed and name the lie: {silent:#?}\nfailed and do not name it: {others:#?}\n{report}")
        .into())
}

/// A case that takes long is run when it should find the lie; all of them are when somebody asks for it.
fn is_run(case: &Case, expected: &BTreeSet<String>) -> bool {
    let id = case.id();
    let slow = || SLOW.iter().any(|part| id.contains(part));
    case.level == Level::Default && (expected.contains(&id) || all_cases() || !slow())
}

fn all_cases() -> bool {
    std::env::var_os(ALL_CASES).is_some()
}

fn run(case: &Case, subject: &Subject) -> larder::Result<Report> {
    let runner = Runner { filter: Filter::new(case.id()), jobs: 1, ..Runner::default() };
    runner.run(subject)
}

fn every_lie_is_in_the_table(host: &Host) -> Result<(), Failed> {
    let registry = host.registry()?;
    let told: BTreeSet<&str> = registry.flavors().map(|flavor| flavor.name.as_str()).collect();
    let expected: BTreeSet<&str> = LIES.iter().map(|lie| lie.flavor).collect();
    if told == expected && LIES.len() == expected.len() {
        return Ok(());
    }
    Err(format!("the library tells {told:?}, the table {expected:?}").into())
}

fn the_table_names_cases_that_exist() -> Result<(), Failed> {
    let known: BTreeSet<String> = cases().map(Case::id).collect();
    let named = LIES.iter().flat_map(Lie::expected);
    let unknown: Vec<_> = named.filter(|case| !known.contains(case)).collect();
    if unknown.is_empty() { Ok(()) } else { Err(format!("no such cases: {unknown:?}").into()) }
}
