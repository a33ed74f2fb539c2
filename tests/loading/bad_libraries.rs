//! One library a defect: the exact text that each gets, and that nothing else suffers.

use larder::Host;
use larder_tests::TestHome;

use crate::fixtures::{compile, compile_to, hasty_host, host, prove_that_others_work, refused};
use crate::processes;

/// What registering a fixture says.
fn text_for(name: &str) -> Vec<String> {
    let home = TestHome::new();
    text_in(&home, &host(&home), name)
}

fn text_in(home: &TestHome, host: &Host, name: &str) -> Vec<String> {
    let library = compile(home, name);
    let text = refused(host, home, &library);
    assert_eq!(processes::of(home), Vec::<String>::new(), "{name} has left processes");
    prove_that_others_work(host, home);
    text
}

#[test]
fn a_library_without_a_manifest() {
    assert_eq!(
        text_for("no_manifest"),
        [
            "error: library `[TMP]/libno_manifest.so` has no flavor manifest: it exports no symbol `LARDER_FLAVOR_MANIFEST`",
            "hint: if this is a flavor, call `larder_plugin_api::export_flavors!` in it and build it again"
        ]
    );
}

#[test]
fn a_manifest_without_a_registration_symbol() {
    assert_eq!(
        text_for("no_symbol"),
        [
            "error: library `[TMP]/libno_symbol.so` has a flavor manifest, but exports no registration symbol `LARDER_FLAVOR`",
            "hint: build the flavor again with `larder_plugin_api::export_flavors!`, and keep its exported symbols when linking"
        ]
    );
}

#[test]
fn another_major_version() {
    assert_eq!(
        text_for("wrong_major"),
        [
            "error: library `[TMP]/libwrong_major.so` is built with plugin API 2.3.4, this host has plugin API 1.0.0: the major versions must be equal",
            "hint: build the flavor with `larder-plugin-api = \"1.0.0\"`"
        ]
    );
}

#[test]
fn a_panic_that_aborts() {
    assert_eq!(
        text_for("panic_abort"),
        [
            "error: library `[TMP]/libpanic_abort.so` is built with panic strategy `abort`, `unwind` was expected",
            "hint: remove `panic = \"abort\"` from the profile that the flavor is built with"
        ]
    );
}

#[test]
fn a_manifest_that_is_cut_off() {
    assert_eq!(
        text_for("not_json"),
        [
            "error: library `[TMP]/libnot_json.so` has a flavor manifest that is not JSON",
            "caused by: EOF while parsing a string at line 1 column 24",
            "hint: let `larder_plugin_api::export_flavors!` write the manifest"
        ]
    );
}

#[test]
fn a_registration_symbol_without_a_header() {
    assert_eq!(
        text_for("no_header"),
        [
            "error: library `[TMP]/libno_header.so` failed its trial",
            "caused by: its registration symbol `LARDER_FLAVOR` holds no header of abi_stable",
            "hint: build it with `larder_plugin_api::export_flavors!`"
        ]
    );
}

#[test]
fn a_manifest_of_two_megabytes() {
    assert_eq!(
        text_for("huge_manifest"),
        [
            "error: library `[TMP]/libhuge_manifest.so` has a flavor manifest of 2097152 bytes, at most 1048576 are allowed",
            "hint: shorten the texts of the flavor's config keys"
        ]
    );
}

#[test]
fn escapes_for_the_terminal_as_json() {
    assert_eq!(
        text_for("escaped_escapes"),
        [
            "error: library `[TMP]/libescaped_escapes.so` has a flavor manifest with a control character at `flavors[0].about`: `\\u{1b}[31mred\\u{7}`",
            "hint: write the flavor's texts in one line, without control characters, and build it again"
        ]
    );
}

#[test]
fn raw_escapes_for_the_terminal() {
    assert_eq!(
        text_for("raw_escapes"),
        [
            "error: library `[TMP]/libraw_escapes.so` has a flavor manifest that is not JSON",
            "caused by: control character (\\u0000-\\u001F) found while parsing a string at line 1 column 22",
            "hint: let `larder_plugin_api::export_flavors!` write the manifest"
        ]
    );
}

#[test]
fn a_missing_needed_library() {
    let home = TestHome::new();
    let needed = home.path("libtaken_away.so");
    compile_to("brought", &needed, &["-DFUNCTION=taken_away"]);
    let library = home.path("libmissing_library.so");
    let place = format!("-L{}", home.path("").display());
    compile_to("missing_library", &library, &[&place, "-ltaken_away"]);
    std::fs::remove_file(needed).expect("it is ours");
    let host = host(&home);
    assert_eq!(
        refused(&host, &home, &library),
        [
            "error: library `[TMP]/libmissing_library.so` needs `libtaken_away.so`, which cannot be found",
            "hint: install `libtaken_away.so`, or put it beside the flavor and build the flavor with the run path `$ORIGIN`"
        ]
    );
}

#[test]
fn a_symbol_that_no_library_has() {
    assert_eq!(
        text_for("undefined_symbol"),
        [
            "error: library `[TMP]/libundefined_symbol.so` failed its trial",
            "caused by: the dynamic linker refuses it: undefined symbol: nowhere",
            "hint: when it is mended: larder flavor retry bad"
        ]
    );
}

#[test]
fn a_crash_at_load() {
    assert_eq!(
        text_for("segfault"),
        [
            "error: library `[TMP]/libsegfault.so` failed its trial",
            "caused by: it crashed with signal 11 (SIGSEGV) while it was loaded",
            "hint: when it is mended: larder flavor retry bad"
        ]
    );
}

#[test]
fn an_abort_at_load() {
    assert_eq!(
        text_for("abort"),
        [
            "error: library `[TMP]/libabort.so` failed its trial",
            "caused by: it crashed with signal 6 (SIGABRT) while it was loaded, and said: licence check failed | \\u{1b}[31mgoodbye",
            "hint: when it is mended: larder flavor retry bad"
        ]
    );
}

#[test]
fn an_exit_at_load() {
    assert_eq!(
        text_for("exit_zero"),
        [
            "error: library `[TMP]/libexit_zero.so` failed its trial",
            "caused by: it ended the process with status 0 while it was loaded",
            "hint: when it is mended: larder flavor retry bad"
        ]
    );
}

#[test]
fn an_endless_loop_at_load() {
    let home = TestHome::new();
    assert_eq!(
        text_in(&home, &hasty_host(&home), "endless_loop"),
        [
            "error: library `[TMP]/libendless_loop.so` failed its trial",
            "caused by: it took longer than 1.5s while it was loaded",
            "hint: when it is mended: larder flavor retry bad"
        ]
    );
}

#[test]
fn ten_megabytes_of_output() {
    assert_eq!(
        text_for("ten_megabytes"),
        [
            "error: library `[TMP]/libten_megabytes.so` failed its trial",
            "caused by: it crashed with signal 6 (SIGABRT) while it was loaded, and said: and this line of it goes to the other stream, as long as that. | and this line of it goes to the other stream, as long as that. | the last line",
            "hint: when it is mended: larder flavor retry bad"
        ]
    );
}

#[test]
fn a_stack_that_overflows() {
    let [error, cause, hint] = &text_for("stack_overflow")[..] else { panic!("three lines") };
    assert_eq!(error, "error: library `[TMP]/libstack_overflow.so` failed its trial");
    let start = "caused by: it crashed with signal 6 (SIGABRT) while it was loaded, and said: thread 'main'";
    assert!(cause.starts_with(start), "{cause}");
    assert!(
        cause.ends_with("has overflowed its stack | fatal runtime error: stack overflow, aborting"),
        "{cause}"
    );
    assert_eq!(hint, "hint: when it is mended: larder flavor retry bad");
}

#[test]
fn a_process_that_is_left_running() {
    assert_eq!(
        text_for("daemon"),
        [
            "error: library `[TMP]/libdaemon.so` failed its trial",
            "caused by: its registration symbol `LARDER_FLAVOR` holds no header of abi_stable",
            "hint: build it with `larder_plugin_api::export_flavors!`"
        ]
    );
}

#[test]
fn twenty_processes_that_are_left_running_by_one_that_never_ends() {
    let home = TestHome::new();
    assert_eq!(
        text_in(&home, &hasty_host(&home), "daemon_and_loop"),
        [
            "error: library `[TMP]/libdaemon_and_loop.so` failed its trial",
            "caused by: it took longer than 1.5s while it was loaded",
            "hint: when it is mended: larder flavor retry bad"
        ]
    );
}

/// A fixture as the command meets it: the same text, exit code 1, and the list goes on.
#[test]
fn the_command_says_the_same_and_fails_with_1() {
    let names =
        ["no_manifest", "no_symbol", "wrong_major", "panic_abort", "not_json", "no_header", "huge_manifest"];
    let more =
        ["escaped_escapes", "raw_escapes", "undefined_symbol", "segfault", "abort", "exit_zero", "daemon"];
    for name in names.into_iter().chain(more) {
        let home = TestHome::new();
        let library = compile(&home, name);
        let said = home.larder(["flavor", "register"]).arg(&library).fails();
        let elsewhere = TestHome::new();
        let expected = refused(&host(&elsewhere), &elsewhere, &compile(&elsewhere, name));
        assert_eq!(said.lines().collect::<Vec<_>>(), expected, "{name}");
        assert_eq!(processes::of(&home), Vec::<String>::new(), "{name} has left processes");
        home.larder(["flavor", "list"]).ok();
    }
}
