//! `larder flavor check`: finds out whether a flavor keeps its promises.

use std::fs;
use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use expect_test::expect;
use larder_tests::{TestHome, library};
use rustix::process::{Pid, Signal, kill_process};

/// A home with copies of libraries under short names: `libmemory.so`, `libliars.so`.
fn home() -> TestHome {
    let home = TestHome::new();
    for flavor in ["memory", "local", "liars"] {
        fs::copy(library(flavor), home.path(&format!("lib{flavor}.so"))).expect("the library can be copied");
    }
    home
}

/// The text without the time that it took.
fn without_time(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if let Some(last) = lines.last_mut()
        && let (Some(from), Some(to)) = (last.find(" in "), last.find(" s, seed"))
    {
        last.replace_range(from..to, " in [TIME]");
    }
    lines.join("\n") + "\n"
}

#[test]
fn a_library_that_keeps_the_contract_passes_and_is_not_registered() {
    let home = home();
    let said = home.larder(["flavor", "check", "libmemory.so", "--filter", "rename::"]).ok();
    assert_eq!(without_time(&said), "17 ok, 0 failed, 0 skipped in [TIME] s, seed 0\n");
    assert!(!home.larder_home().exists(), "the user's own home is not touched");
}

#[test]
fn a_flavor_is_checked_by_its_name() {
    let home = home();
    home.register_flavor("local");
    let before = fs::read(home.larder_home().join("registry.json")).expect("there is a registry");
    let said = home.larder(["flavor", "check", "local", "--filter", "killed", "--seed", "7"]).ok();
    assert_eq!(without_time(&said), "5 ok, 0 failed, 0 skipped in [TIME] s, seed 7\n");
    let after = fs::read(home.larder_home().join("registry.json")).expect("there is a registry");
    assert_eq!(before, after);
}

#[test]
fn a_failure_says_what_was_expected_and_how_to_see_it_again() {
    let home = home();
    let line =
        ["flavor", "check", "libliars.so", "--flavor", "remove-missing", "--filter", "remove::fails_b"];
    let outcome = home.larder(line).run();
    assert_eq!(outcome.code, Some(1));
    expect![[r#"
        failed remove::fails_below_a_file
          Below a file is *not found* or *not a directory*.
          expected: an error of kind *not found* or *not a directory*
          got:      the call succeeded
          again:    larder flavor check libliars.so --filter remove::fails_below_a_file --flavor remove-missing

        0 ok, 1 failed, 0 skipped in [TIME] s, seed 0
    "#]].assert_eq(&without_time(&outcome.stdout));
}

#[test]
fn the_report_fits_a_terminal() {
    let home = home();
    let line = ["flavor", "check", "libliars.so", "--flavor", "rename-keeps-source"];
    let outcome = home.larder(line).arg("--filter").arg("::m").run();
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stdout.contains("failed rename::makes_missing_parents"), "{}", outcome.stdout);
    let commands = |line: &&str| !line.starts_with("  again:");
    for line in outcome.stdout.lines().filter(commands) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn what_cannot_be_checked_is_one_failure() {
    let home = home();
    home.file("notes.txt", "hello\n");
    home.file("full/a.txt", "a");
    home.play(&expect![[r#"
        $ larder flavor check notes.txt
        ! error: library `notes.txt` is a text file that starts with `hello`, a shared library was expected
        ! hint: give the path of the compiled library, which ends in `.so`; its crate needs `crate-type = ["cdylib"]`
        [1]
        $ larder flavor check ./nothing.so
        ! error: library `./nothing.so` does not exist
        ! hint: check the path; after `cargo build --release` a flavor is in `target/release/`, as `lib<name>.so`
        [1]
        $ larder flavor check nothing
        ! error: no flavor is named `nothing`
        ! hint: register a library: larder flavor register <PATH>, or put it into a plugins directory
        [1]
        $ larder flavor check liblocal.so --path full
        ! error: `[TMP]/full` is not empty: it holds `a.txt`
        ! hint: check an empty root, or allow an existing one: the check stays in a directory of its own
        [2]
        $ larder flavor check liblocal.so --path s3://bucket
        ! error: root path `s3://bucket` has the scheme `s3://`, flavor `local` supports `file://`, plain absolute paths
        [1]
        $ larder flavor check libmemory.so --config limit=much
        ! error: config key `limit` is "much", expected a number of bytes such as 1048576, 512KiB or 8MiB
        [1]
        $ larder flavor check libmemory.so --filter rename::replaces_an_existing_tarket
        ! error: no case is named `rename::replaces_an_existing_tarket`
        ! hint: did you mean `rename::replaces_an_existing_target`?
        [1]
        $ larder flavor check libmemory.so --filter teleport
        ! error: no case is named `teleport`
        ! hint: for their names: larder flavor check --list
        [1]
        $ larder flavor check libliars.so --flavor honets
        ! error: no flavor of library `libliars.so` is named `honets`
        ! hint: did you mean `honest`?
        [1]
    "#]]);
}

#[test]
fn a_check_that_ran_no_case_is_a_failure() {
    let home = home();
    let outcome = home.larder(["flavor", "check", "libmemory.so", "--filter", "killed"]).run();
    assert_eq!(outcome.code, Some(1));
    expect![[r#"
        skipped 5, `persistent` is not claimed: faults::a_killed_writer_leaves_nothing,
          faults::a_killed_writer_leaves_the_old_content,
          faults::a_killed_writer_is_in_no_ones_way and 2 more
        no case was run
        0 ok, 0 failed, 5 skipped in [TIME] s, seed 0
    "#]]
    .assert_eq(&without_time(&outcome.stdout));
}

#[test]
fn an_existing_root_is_left_as_it_was() {
    let home = home();
    home.file("full/a.txt", "a");
    let line =
        ["flavor", "check", "liblocal.so", "--path", "full", "--filter", "stat::f", "--allow-existing"];
    home.larder(line).ok();
    let left = fs::read_dir(home.path("full")).expect("it is there").count();
    assert_eq!(left, 1, "the directory of the check is gone");
}

#[test]
fn a_secret_is_never_printed() {
    let home = home();
    let line = ["flavor", "check", "libliars.so", "--flavor", "tells-secrets", "--filter", "config::"];
    let outcome =
        home.larder(line).args(["--config", "token=hush-hush", "--junit", "check.xml", "-vv"]).run();
    assert_eq!(outcome.code, Some(1));
    let xml = fs::read_to_string(home.path("check.xml")).expect("the report is there");
    for text in [outcome.stdout, outcome.stderr, xml] {
        assert!(!text.contains("hush"), "{text}");
    }
    let json = home.larder(line).args(["--config", "token=hush-hush", "--json"]).run();
    assert!(
        !json.stdout.contains("hush") && json.stdout.contains("token `***` has expired"),
        "{}",
        json.stdout
    );
}

#[test]
fn the_report_is_there_as_json_and_xml() {
    let home = home();
    let line = ["flavor", "check", "libmemory.so", "--filter", "size::", "--junit", "check.xml"];
    let report = home.larder(line).json();
    assert_eq!(report["counts"]["ok"], 7);
    assert_eq!(report["results"][0]["case"], "size::counts_bytes");
    assert_eq!(report["results"][0]["outcome"], "ok");
    let xml = fs::read_to_string(home.path("check.xml")).expect("the report is there");
    assert!(xml.contains(r#"<testsuite name="size" tests="7" failures="0" skipped="0""#), "{xml}");
}

#[test]
fn lists_the_cases_without_running_any() {
    let home = TestHome::new();
    home.play(&expect![[r#"
        $ larder flavor check --list --filter mkdir::fails_on
        mkdir::fails_on_a_file
            A file at the path is *already exists*.
        ! 1 case
    "#]]);
    let listed = home.larder(["flavor", "check", "--list", "--level", "full"]).json();
    let cases = listed.as_array().expect("a list");
    assert!(cases.len() >= 150, "{} cases", cases.len());
    assert!(cases.iter().any(|case| case["level"] == "full"), "level full is among them");
}

#[test]
fn an_interrupt_leaves_nothing_behind() {
    let home = home();
    fs::create_dir(home.path("root")).expect("a directory");
    let line = ["flavor", "check", "liblocal.so", "--path", "root", "--jobs", "2", "--filter", "extent::"];
    let mut command = home.larder(line).into_command();
    let temporary = home.path("temporary");
    fs::create_dir(&temporary).expect("a directory");
    command.env("TMPDIR", &temporary).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command can be started");
    while fs::read_dir(home.path("root")).expect("it is there").count() == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    kill_process(Pid::from_child(&child), Signal::INT).expect("it runs");
    let mut said = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut said).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert!(said.contains("cancelled before all cases were run"), "{said}");
    for directory in [home.path("root"), temporary] {
        assert_eq!(fs::read_dir(&directory).expect("it is there").count(), 0, "{}", directory.display());
    }
}
