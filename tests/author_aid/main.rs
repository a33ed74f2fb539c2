//! The check as an author's own test runs it.

use std::panic::catch_unwind;

use larder::check::{Filter, LibraryCheck, Runner, assert_keeps_contract, built_library};
use larder_tests::{TestHome, library};

#[test]
fn a_flavor_is_checked_in_one_line() {
    assert_keeps_contract(built_library("larder-flavor-memory"));
}

#[test]
fn a_flavor_that_needs_more_is_checked_in_a_few() {
    let home = TestHome::new();
    let check = LibraryCheck::new(library("sqlite"))
        .with_flavor("sqlite")
        .with_root(format!("sqlite://{}", home.path("store.db").display()));
    let runner = Runner { filter: Filter::new("stat::"), ..Runner::default() };
    let report = check.run(&runner).expect("the flavor can be checked");
    assert!(report.passed(), "{report:?}");
}

#[test]
fn the_panic_is_the_report() {
    // The name of the thread leads the children of the check to this test.
    let liar = || LibraryCheck::new(library("liars")).with_flavor("listdir-of-files").assert_passes();
    let Err(panic) = catch_unwind(liar) else {
        // In a child the check has asked for what it wants by now.
        assert!(std::env::var_os("LARDER_CHECK_HOME").is_some(), "the lie is not found");
        return;
    };
    let text = panic.downcast_ref::<String>().expect("a panic has a text");
    for part in
        ["failed listdir::fails_on_a_file", "expected: ", "again:    larder flavor check ", " failed, "]
    {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

#[test]
fn a_library_that_cannot_be_checked_says_why() {
    for (check, expected) in [
        (LibraryCheck::new("./no/such/library.so"), "library `./no/such/library.so` does not exist"),
        (LibraryCheck::new(library("liars")), " flavors\nhint: choose one with `--flavor`: `honest`,"),
        (LibraryCheck::new(library("memory")).with_config("limt", "1"), "hint: did you mean `limit`?"),
    ] {
        let panic = catch_unwind(|| check.assert_passes()).expect_err(expected);
        let text = panic.downcast_ref::<String>().expect("a panic has a text");
        assert!(text.starts_with("the library cannot be checked: "), "{text}");
        assert!(text.contains(expected), "{text}");
    }
}
