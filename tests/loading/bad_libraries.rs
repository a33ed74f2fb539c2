//! One library a defect: the exact text that each gets, and that nothing else suffers.

use larder::Host;
use larder_tests::TestHome;

use crate::fixtures::{compile, compile_to, hasty_host, host, prove_that_others_work, refused};
use crate::processes;

/// What registering a fixture says.
fn text_for(name: &str) -> String {
    let home = TestHome::new();
    text_in(&home, &host(&home), name)
}

fn text_in(home: &TestHome, host: &Host, name: &str) -> String {
    let library = compile(home, name);
    let text = refused(host, home, &library);
    assert_eq!(processes::of(home), Vec::<String>::new(), "{name} has left processes");
    prove_that_others_work(host, home);
    text
}

#[test]
fn a_library_without_a_manifest() {
    assert_eq!(text_for("no_manifest"), "");
}

#[test]
fn a_manifest_without_a_registration_symbol() {
    assert_eq!(text_for("no_symbol"), "");
}

#[test]
fn another_major_version() {
    assert_eq!(text_for("wrong_major"), "");
}

#[test]
fn a_panic_that_aborts() {
    assert_eq!(text_for("panic_abort"), "");
}

#[test]
fn a_manifest_that_is_cut_off() {
    assert_eq!(text_for("not_json"), "");
}

#[test]
fn a_registration_symbol_without_a_header() {
    assert_eq!(text_for("no_header"), "");
}

#[test]
fn a_manifest_of_two_megabytes() {
    assert_eq!(text_for("huge_manifest"), "");
}

#[test]
fn escapes_for_the_terminal_as_json() {
    assert_eq!(text_for("escaped_escapes"), "");
}

#[test]
fn raw_escapes_for_the_terminal() {
    assert_eq!(text_for("raw_escapes"), "");
}

#[test]
fn a_missing_needed_library() {
    let home = TestHome::new();
    let needed = home.path("libtaken_away.so");
    compile_to("brings_along", &needed, &["-DANSWER_NAME=taken_away"]);
    let library = home.path("libmissing_library.so");
    let place = format!("-L{}", home.path("").display());
    compile_to("missing_library", &library, &[&place, "-ltaken_away"]);
    std::fs::remove_file(needed).expect("it is ours");
    let host = host(&home);
    assert_eq!(refused(&host, &home, &library), "");
}

#[test]
fn a_symbol_that_no_library_has() {
    assert_eq!(text_for("undefined_symbol"), "");
}

#[test]
fn a_crash_at_load() {
    assert_eq!(text_for("segfault"), "");
}

#[test]
fn an_abort_at_load() {
    assert_eq!(text_for("abort"), "");
}

#[test]
fn an_exit_at_load() {
    assert_eq!(text_for("exit_zero"), "");
}

#[test]
fn an_endless_loop_at_load() {
    let home = TestHome::new();
    assert_eq!(text_in(&home, &hasty_host(&home), "endless_loop"), "");
}

#[test]
fn ten_megabytes_of_output() {
    assert_eq!(text_for("ten_megabytes"), "");
}

#[test]
fn a_stack_that_overflows() {
    assert_eq!(text_for("stack_overflow"), "");
}

#[test]
fn a_process_that_is_left_running() {
    assert_eq!(text_for("daemon"), "");
}

#[test]
fn twenty_processes_that_are_left_running_by_one_that_never_ends() {
    let home = TestHome::new();
    assert_eq!(text_in(&home, &hasty_host(&home), "daemon_and_loop"), "");
}
