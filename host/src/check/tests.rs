//! The check on the `memory` flavor, in this process and in children.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Map;

use super::*;
use crate::library::load;
use crate::{Cancellation, Error, ErrorKind, Store};
use larder_plugin_api::Root;
use larder_plugin_api::abi::module::ModuleRef;

const CHILD: &str = "LARDER_TEST_CHECK_CHILD";

/// The built library of the `memory` flavor, which stands beside the test binary or above it.
fn memory() -> ModuleRef {
    let name = format!("{}larder_flavor_memory{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let executable = env::current_exe().expect("a test has an executable");
    let file = executable
        .ancestors()
        .skip(1)
        .take(2)
        .map(|directory| directory.join(&name))
        .find(|file| file.exists())
        .unwrap_or_else(|| panic!("{name} is missing: run `cargo build -p larder-flavor-memory` first"));
    load::load("the memory flavor of this test", &file).expect("the library can be loaded")
}

fn memory_subject(root: &'static str) -> Subject {
    let module = memory();
    let library = LibrarySubject {
        module,
        manifest: serde_json::from_str(module.manifest()().as_str()).expect("the manifest is JSON"),
        flavor: "memory".to_owned(),
        root: root.to_owned(),
        config: Map::new(),
    };
    Subject::new(move |cancellation| open(module, root, cancellation)).with_library(library)
}

fn open(module: ModuleRef, root: &str, cancellation: &Cancellation) -> crate::Result<Store> {
    let root = Root::parse(root)?;
    Ok(Store::make(module, "memory", "checked", &root, "{}", cancellation)?)
}

fn text(report: &Report) -> String {
    let mut text = Vec::new();
    write_text(report, &|case| format!("again {case}"), &mut text).expect("memory takes it");
    String::from_utf8(text).expect("a report is text")
}

#[test]
fn memory_keeps_the_whole_contract() {
    let subject = memory_subject("memory://check-all");
    let report = Runner { seed: 1, ..Runner::default() }.run(&subject).expect("memory can be checked");
    assert!(report.passed(), "{}", text(&report));
    assert_eq!(report.left_behind, None);
    assert_eq!(report.results.len(), cases().filter(|case| case.level == Level::Default).count());
    let store = (subject.open)(&Cancellation::new()).expect("memory can be opened");
    let left = store.listdir("", larder_plugin_api::Detail::Kind).expect("the root can be listed").count();
    assert_eq!(left, 0, "the directory of the check is removed");
}

#[test]
fn every_case_has_its_own_name_and_a_sentence() {
    let mut ids: Vec<String> = cases().map(Case::id).collect();
    assert!(ids.len() >= 150, "{} cases", ids.len());
    ids.sort();
    for pair in ids.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
    for case in cases() {
        assert!(case.description.ends_with('.'), "{}: {}", case.id(), case.description);
    }
}

#[test]
fn a_filter_that_matches_nothing_is_an_error() {
    let runner = Runner { filter: Filter::new("rename::replaces_an_existing_tarket"), ..Runner::default() };
    let error = runner.run(&memory_subject("memory://check-none")).expect_err("no case has this name");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.hint(), Some("did you mean `rename::replaces_an_existing_target`?"));
}

#[test]
fn an_id_selects_its_case_alone() {
    let runner = Runner { filter: Filter::new("size::counts_bytes"), ..Runner::default() };
    let report = runner.run(&memory_subject("memory://check-one")).expect("memory can be checked");
    assert_eq!(report.counts, Counts { ok: 1, failed: 0, skipped: 0 });
}

#[test]
fn a_root_that_is_not_empty_is_refused_unless_allowed() {
    let subject = memory_subject("memory://check-used");
    let store = (subject.open)(&Cancellation::new()).expect("memory can be opened");
    store.makedirs("mine").expect("memory makes directories");
    let runner = Runner { filter: Filter::new("size::"), ..Runner::default() };
    let error = runner.run(&subject).expect_err("the root holds something");
    assert_eq!(error.to_string(), "`memory://check-used` is not empty: it holds `mine`");
    let allowed = Runner { allow_existing: true, ..runner }.run(&subject).expect("it is allowed");
    assert!(allowed.passed(), "{}", text(&allowed));
    assert_eq!(store.isdir("mine"), Ok(true));
}

#[test]
fn a_store_that_cannot_be_opened_is_one_failure() {
    let down = Subject::new(|_| Err(Error::library("the server is down")));
    let error = Runner::default().run(&down).expect_err("nothing can be opened");
    assert_eq!(error.to_string(), "the store cannot be opened");
    assert_eq!(error.causes().collect::<Vec<_>>(), ["the server is down"]);
}

#[test]
fn a_cancelled_check_says_so_and_cleans_up() {
    let subject = memory_subject("memory://check-cancelled");
    let cancellation = Cancellation::new();
    let runner = Runner {
        jobs: 1,
        cancellation: cancellation.clone(),
        observer: Some(Arc::new(move |_| cancellation.cancel())),
        ..Runner::default()
    };
    let report = runner.run(&subject).expect("memory can be checked");
    assert_eq!((report.results.len(), report.cancelled, report.passed()), (1, true, false));
    let store = (subject.open)(&Cancellation::new()).expect("memory can be opened");
    assert_eq!(
        store.listdir("", larder_plugin_api::Detail::Kind).expect("the root can be listed").count(),
        0
    );
}

/// Starts this test binary again, which then runs [`is_a_child`] alone.
fn this_binary(kind: &'static str) -> ChildCommand {
    let executable: PathBuf = env::current_exe().expect("a test has an executable");
    ChildCommand::new(move || {
        let mut command = Command::new(&executable);
        command.args(["--exact", "check::tests::is_a_child", "--include-ignored", "--nocapture"]);
        command.env(CHILD, kind);
        command
    })
}

#[test]
#[ignore = "it is what the tests of child processes start"]
fn is_a_child() {
    let root = "memory://check-child";
    let subject = match env::var(CHILD).as_deref() {
        Ok("good") => memory_subject(root),
        Ok("crashes") => crashing(root),
        _ => return,
    };
    serve(&subject).expect("the check listens");
}

/// Dies when a second store is opened.
fn crashing(root: &'static str) -> Subject {
    let (module, opened) = (memory(), AtomicUsize::new(0));
    Subject::new(move |cancellation| {
        if opened.fetch_add(1, Ordering::Relaxed) > 0 {
            std::process::abort();
        }
        open(module, root, cancellation)
    })
}

#[test]
fn cases_run_in_child_processes() {
    let subject = memory_subject("memory://check-child").with_child(this_binary("good"));
    let runner = Runner { filter: Filter::new("rename::"), jobs: 2, ..Runner::default() };
    let report = runner.run(&subject).expect("memory can be checked");
    assert!(report.passed(), "{}", text(&report));
}

#[test]
fn a_crash_is_one_failed_case_and_the_others_go_on() {
    let subject = memory_subject("memory://check-child").with_child(this_binary("crashes"));
    let runner = Runner { filter: Filter::new("isdir::"), jobs: 1, ..Runner::default() };
    let report = runner.run(&subject).expect("memory can be checked");
    assert_eq!(report.counts, Counts { ok: 4, failed: 4, skipped: 0 }, "{}", text(&report));
    let failed = report.failed().next().expect("the second case crashed");
    let Outcome::Failed { got, .. } = &failed.outcome else { panic!("it failed") };
    assert!(got.starts_with("the process was ended by signal 6"), "{got}");
}

#[test]
fn junit_counts_what_the_report_counts() {
    let failed = Outcome::Failed { expected: "a < b".to_owned(), got: "\u{1b}".to_owned() };
    let result = |case: &str, outcome| CaseResult { case: case.to_owned(), outcome, seconds: 0.5 };
    let results = vec![result("size::a", Outcome::Ok), result("size::b", failed)];
    let report = Report {
        counts: Counts::of(&results),
        results,
        seed: 1,
        seconds: 1.0,
        cancelled: false,
        left_behind: None,
    };
    let mut xml = Vec::new();
    write_junit(&report, &mut xml).expect("memory takes it");
    let xml = String::from_utf8(xml).expect("XML is text");
    assert!(xml.contains(r#"<testsuite name="size" tests="2" failures="1" skipped="0""#), "{xml}");
    assert!(xml.contains(r#"message="expected: a &lt; b&#10;got: "#), "{xml}");
}
