//! Many commands at once, and commands that are killed at any moment: nothing is lost, nothing is half visible.

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use larder_tests::{Larder, TestHome};
use rustix::process::{Pid, Signal, kill_process};

const MIB: usize = 1 << 20;

fn start(larder: Larder) -> Child {
    let mut command = larder.into_command();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it can be started")
}

fn send(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id()).expect("a process has a small number");
    let pid = Pid::from_raw(id).expect("a process has a number");
    kill_process(pid, signal).expect("it is ours");
}

/// Lets this much time pass while it works; the moment matters, not the waiting.
fn spin(duration: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < duration {
        std::hint::spin_loop();
    }
}

/// How long a command takes that nobody disturbs.
fn took(larder: impl FnOnce() -> Larder) -> Duration {
    let begun = Instant::now();
    larder().ok();
    begun.elapsed()
}

/// Everything that stands in a directory, hidden or not.
fn all_names(home: &TestHome, directory: &str) -> Vec<String> {
    let entries = fs::read_dir(home.path(directory)).expect("the directory can be read");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn fifty_commands_that_register_at_once_all_succeed() {
    let home = TestHome::with_local_store();
    let register = |number: usize| {
        let (name, root) = (format!("store-{number:02}"), format!("roots/{number}"));
        start(home.larder(["store", "register", &name, "-f", "local", "--path", &root]))
    };
    let running: Vec<Child> = (0..50).map(register).collect();
    for child in running {
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let listed = home.larder(["store", "list", "--columns", "name", "-o", "csv"]).ok();
    let expected = (0..50).map(|number| format!("store-{number:02}"));
    let expected: Vec<String> = ["name".to_owned(), "mine".to_owned()].into_iter().chain(expected).collect();
    assert_eq!(listed.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn of_commands_that_want_one_name_at_once_exactly_one_succeeds() {
    let home = TestHome::with_local_store();
    let register = |_| start(home.larder(["store", "register", "wanted", "-f", "local", "--path", "wanted"]));
    let running: Vec<Child> = (0..8).map(register).collect();
    let outputs = running.into_iter().map(|child| child.wait_with_output().expect("it ends"));
    let (done, refused): (Vec<_>, Vec<_>) = outputs.partition(|output| output.status.success());
    assert_eq!(done.len(), 1);
    for output in refused {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(text, "error: artifact store `wanted` already exists\n");
    }
}

#[test]
fn of_puts_that_may_not_overwrite_exactly_one_succeeds() {
    let home = TestHome::with_local_store();
    for number in 0..8 {
        home.file(&format!("{number}.txt"), number.to_string());
    }
    let put = |number| start(home.larder(["put", "-n", &format!("{number}.txt"), "mine:wanted"]));
    let running: Vec<(usize, Child)> = (0..8).map(|number| (number, put(number))).collect();
    let ended = running.into_iter().map(|(number, mut child)| (number, child.wait().expect("it ends")));
    let won: Vec<usize> = ended.filter(|(_, status)| status.success()).map(|(number, _)| number).collect();
    assert_eq!(won.len(), 1);
    home.larder(["cat", "mine:wanted"]).gives(0, &won[0].to_string(), "");
}

#[test]
fn a_put_from_a_pipe_that_is_killed_leaves_nothing_to_see() {
    let home = TestHome::with_local_store();
    let chunk = vec![7; 64 * 1024];
    for chunks in 0..24 {
        let mut child = start(home.larder(["put", "-", "mine:file"]));
        let mut stdin = child.stdin.take().expect("it is a pipe");
        for _ in 0..chunks {
            stdin.write_all(&chunk).expect("it reads");
        }
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
        home.larder(["exists", "mine:file"]).gives(1, "", "");
        home.larder(["ls", "mine:"]).gives(0, "", "");
    }
    home.larder(["put", "-", "mine:file"]).input("whole").ok();
    assert_eq!(all_names(&home, "artifacts"), ["file"], "the next writer cleans up");
}

#[test]
fn a_put_of_a_large_file_that_is_killed_at_any_moment_is_whole_or_absent() {
    let home = TestHome::with_local_store();
    let content = vec![7; 16 * MIB];
    home.file("large", &content);
    let undisturbed = took(|| home.larder(["put", "large", "mine:deep/file"]));
    home.larder(["rm", "mine:deep/file"]).ok();
    let (mut whole, mut absent) = (0, 0);
    for round in 0..30 {
        let mut child = start(home.larder(["put", "large", "mine:deep/file"]));
        spin(undisturbed * round / 25);
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
        match fs::read(home.path("artifacts/deep/file")) {
            Ok(found) => {
                assert!(found == content, "round {round}: {} bytes are visible", found.len());
                whole += 1;
                home.larder(["rm", "mine:deep/file"]).ok();
            }
            Err(_) => absent += 1,
        }
        let seen = home.larder(["glob", "mine:**/*"]).ok();
        assert!(["", "mine:deep/\n"].contains(&&*seen), "round {round}: {seen}");
    }
    println!("{whole} times whole, {absent} times absent");
    home.larder(["put", "large", "mine:deep/file"]).ok();
    assert_eq!(all_names(&home, "artifacts/deep"), ["file"], "the next writer cleans up");
}

#[test]
fn a_registry_write_that_is_killed_at_any_moment_is_whole_or_absent() {
    let home = TestHome::with_local_store();
    let mut done = vec!["mine".to_owned(), "undisturbed".to_owned()];
    let undisturbed = took(|| home.larder(["store", "copy", "mine", "undisturbed"]));
    for round in 0..60 {
        let name = format!("store-{round:02}");
        let mut child = start(home.larder(["store", "copy", "mine", &name]));
        spin(undisturbed * round / 50);
        child.kill().expect("it is ours");
        let ended = child.wait().expect("it ends");
        let host = home.host();
        let registry = host.registry().unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert!(registry.problems().is_empty(), "round {round}: {:?}", registry.problems());
        let there = registry.store(&name).is_ok();
        assert!(there || !ended.success(), "round {round}: what was done is lost");
        if there {
            done.push(name);
        }
    }
    home.larder(["store", "copy", "mine", "last"]).ok();
    done.insert(0, "last".to_owned());
    done.sort();
    let listed = home.larder(["store", "list", "--columns", "name", "-o", "csv"]).ok();
    assert_eq!(listed.lines().skip(1).collect::<Vec<_>>(), done);
    assert_eq!(all_names(&home, "home"), ["cache", "registry.json", "registry.lock"], "leftovers are gone");
}

/// Starts a put from a pipe, lets it read something, and sends it a signal while it waits for more.
fn interrupted_put(home: &TestHome, signal: Signal) -> (Option<i32>, String) {
    let mut child = start(home.larder(["put", "-", "mine:deep/file"]));
    let mut stdin = child.stdin.take().expect("it is a pipe");
    // More than a pipe holds: when all of it is written, the command has read and listens to signals.
    stdin.write_all(&vec![7; MIB]).expect("it reads");
    send(&child, signal);
    let output = child.wait_with_output().expect("it ends while its input is still open");
    drop(stdin);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_signal_ends_a_put_with_its_own_status_and_nothing_is_visible() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let home = TestHome::with_local_store();
        let (code, text) = interrupted_put(&home, signal);
        assert_eq!(code, Some(status), "{signal:?}: {text}");
        assert_eq!(text, "error: interrupted\n");
        assert_eq!(home.larder(["glob", "mine:**"]).ok().replace("mine:deep/\n", ""), "");
        let left = fs::read_dir(home.path("artifacts/deep")).map(Iterator::count).unwrap_or_default();
        assert_eq!(left, 0, "nothing hidden is left either");
    }
}

#[test]
fn ctrl_c_does_not_touch_the_file_that_was_there() {
    let home = TestHome::with_local_store();
    home.file("artifacts/deep/file", "precious");
    assert_eq!(interrupted_put(&home, Signal::INT).0, Some(130));
    home.larder(["cat", "mine:deep/file"]).gives(0, "precious", "");
    assert_eq!(all_names(&home, "artifacts/deep"), ["file"]);
}

#[test]
fn ctrl_c_ends_a_put_from_a_pipe_that_nobody_writes() {
    let home = TestHome::with_local_store();
    assert!(Command::new("mkfifo").arg(home.path("pipe")).status().expect("there is mkfifo").success());
    let mut child = start(home.larder(["put", "-v", "pipe", "mine:file"]));
    let code = loop {
        // The first one may come before it listens; then it ends the process as any other.
        send(&child, Signal::INT);
        if let Some(status) = child.try_wait().expect("it is ours") {
            break status.code();
        }
    };
    assert!(matches!(code, Some(130) | None), "{code:?}");
    home.larder(["ls", "mine:"]).gives(0, "", "");
}

#[test]
fn two_signals_end_what_waits_for_a_reader_of_its_output() {
    let home = TestHome::with_local_store();
    home.file("artifacts/large", vec![7; 4 * MIB]);
    assert_eq!(signalled_cat(&home, Signal::INT), Some(130));
    assert_eq!(signalled_cat(&home, Signal::TERM), Some(143));
}

/// Sends a signal to a command whose output nobody takes, until it ends.
fn signalled_cat(home: &TestHome, signal: Signal) -> Option<i32> {
    let mut child = start(home.larder(["cat", "mine:large"]));
    let mut stdout = child.stdout.take().expect("it is a pipe");
    stdout.read_exact(&mut [0; 1024]).expect("it writes");
    // It stands still now, its pipe is full. The first one asks, one more ends it at once.
    loop {
        send(&child, signal);
        if let Some(status) = child.try_wait().expect("it is ours") {
            return status.code();
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = TestHome::with_local_store();
    for number in 0..3000 {
        home.file(&format!("artifacts/many/a-rather-long-name-{number:05}"), "");
    }
    home.file("artifacts/large", vec![b'x'; 4 * MIB]);
    for line in [
        &["ls", "mine:many"][..],
        &["ls", "--json", "mine:many"],
        &["walk", "mine:"],
        &["glob", "mine:**"],
        &["tree", "mine:"],
        &["cat", "mine:large"],
        &["get", "mine:large", "-"],
    ] {
        let mut child = start(home.larder([]).args(line));
        let mut stdout = child.stdout.take().expect("it is a pipe");
        stdout.read_exact(&mut [0; 16]).expect("it writes");
        drop(stdout);
        let output = child.wait_with_output().expect("it ends");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), &*text), (Some(0), ""), "{line:?}");
    }
}

#[test]
fn a_listing_shows_what_another_process_wrote_just_now() {
    let home = TestHome::with_local_store();
    for number in 0..5 {
        let name = format!("mine:{number}");
        home.larder(["put", "-", &name]).input("x").ok();
        assert!(home.larder(["ls", "mine:"]).ok().contains(&number.to_string()));
        home.larder(["rm", &name]).ok();
        home.larder(["ls", "mine:"]).gives(0, "", "");
    }
}
