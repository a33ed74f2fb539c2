//! Cycles, ten thousand levels, listings without an end: memory is bounded, a limit has a name, and Ctrl-C works.

use std::io::Read;
use std::process::Stdio;

use larder_tests::TestHome;
use serde_json::{Value, json};

/// Every directory has another one in it.
fn cycle() -> Value {
    json!({"everywhere": [{"name": "d", "kind": "directory"}, {"name": "f"}]})
}

#[test]
fn a_cycle_ends_at_the_limit_which_is_told_once() {
    let home = TestHome::with_hostile(&cycle());
    for line in [
        "larder tree evil:",
        "larder tree evil: --json",
        "larder du -s evil:",
        "larder walk --bottom-up evil:",
    ] {
        let outcome = home.typed(line).run();
        assert_eq!(outcome.code, Some(1), "{line}: {:.2000}", outcome.stderr);
        let told = outcome.stderr.matches("4097 levels deep, at most 4096 are allowed").count();
        assert!(
            told <= 1 && outcome.stderr.contains("at most 4096 are allowed"),
            "{line}: {:.2000}",
            outcome.stderr
        );
    }
}

#[test]
fn a_tree_of_any_depth_is_one_document() {
    let home = TestHome::with_hostile(&cycle());
    let json = home.typed("larder tree evil: --json").run().stdout;
    assert_eq!(json.matches("\"children\": [").count(), 4098);
    assert_eq!(json.matches('[').count(), json.matches(']').count());
    assert_eq!(json.matches('{').count(), json.matches('}').count());
    assert!(json.ends_with("\n  ]\n}\n"), "{}", &json[json.len() - 100..]);
}

#[test]
fn a_directory_too_far_is_an_error_and_its_neighbours_are_visited() {
    let long = "x".repeat(70_000);
    let home = TestHome::with_hostile(&json!({"walk": [
        {"directory": ""},
        {"directory": long, "files": [{"name": "lost"}]},
        {"directory": format!("{long}/y"), "files": [{"name": "lost"}]},
        {"directory": "z", "files": [{"name": "kept"}]},
    ]}));
    let outcome = home.typed("larder walk evil:").run();
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), "evil:\nevil:z/\nevil:z/kept\n"));
    assert_eq!(outcome.stderr.matches("at most 65536 are allowed").count(), 1, "{}", outcome.stderr);
}

#[test]
fn a_listing_without_an_end_is_printed_while_it_comes() {
    let home = TestHome::with_hostile(&json!({"endless": ""}));
    for line in ["larder ls evil:", "larder ls evil: --json", "larder tree evil:", "larder glob evil:*"] {
        let mut command = home.typed(line).into_command();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut out = child.stdout.take().expect("a pipe");
        let mut read = vec![0; 4 << 20];
        out.read_exact(&mut read).expect("it goes on");
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let kib = |key: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("0");
            line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
        };
        assert!(kib("VmHWM:") < 200 << 10, "{line}: {} KiB", kib("VmHWM:"));
        // Interrupted, it ends by itself.
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it runs");
        std::io::copy(&mut out, &mut std::io::sink()).expect("it ends");
        assert_eq!(child.wait().expect("it ends").code(), Some(130), "{line}");
    }
}

#[test]
fn sizes_that_no_disk_has_are_added_up_without_harm() {
    let home = TestHome::with_hostile(&json!({"listings": {"": [
        {"name": "a", "size": u64::MAX}, {"name": "b", "size": u64::MAX},
    ]}}));
    home.typed("larder du evil:").gives(0, "18446744073709551615\tevil:\n", "");
}
