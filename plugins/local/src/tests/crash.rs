//! A process killed while it writes: nothing is visible, and what it left goes away.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};

use rustix::fs::{Mode, OFlags, open};

use super::*;
use crate::leftovers;

const ROOT: &str = "LARDER_LOCAL_TEST_ROOT";
const WHAT: &str = "LARDER_LOCAL_TEST_WHAT";

/// The other process: this test, run again with a root in its environment.
#[test]
fn the_process_to_kill() {
    let Ok(root) = std::env::var(ROOT) else { return };
    let mut home = Home::new();
    home.store = Arc::new(store_in(Path::new(&root)));
    let _held: Box<dyn std::any::Any> = if std::env::var(WHAT).as_deref() == Ok("named") {
        let directory = open(&root, OFlags::DIRECTORY, Mode::empty()).expect("the root");
        Box::new(leftovers::create(directory.as_fd(), Mode::RUSR).expect("a reserved name"))
    } else {
        let mut writer = home.writer("a/b", OpenMode::Write).expect("a writer");
        writer.write(&vec![1; 1 << 20]).expect("it writes");
        Box::new(writer)
    };
    std::io::stdout().write_all(b"\nready\n").expect("a pipe");
    let _ = std::io::stdin().read(&mut [0]);
}

fn other_process(home: &Home, what: &str) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "--nocapture", "tests::crash::the_process_to_kill"])
        .env(ROOT, home.root())
        .env(WHAT, what)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line == "ready")), "the process is ready");
    child
}

fn kill(mut child: Child) {
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
}

#[test]
fn a_killed_writer_leaves_nothing() {
    let home = Home::new();
    kill(other_process(&home, "writer"));
    assert_eq!(home.names(""), [""; 0]);
    home.put("c", "1");
    assert_eq!(home.on_disk(), ["c"]);
}

#[test]
fn a_leftover_is_hidden_and_goes_with_the_next_write() {
    let home = Home::new();
    let child = other_process(&home, "named");
    assert_eq!(home.on_disk(), [".larder-0.tmp"]);
    assert_eq!(home.names(""), [""; 0]);
    assert_eq!(home.glob("*"), [""; 0]);
    assert_eq!(home.glob(".larder-0.tmp"), [""; 0]);
    home.put("a", "1");
    assert_eq!(home.on_disk(), [".larder-0.tmp", "a"], "its process lives");
    kill(child);
    let later = Home { store: Arc::new(store_in(&home.root())), ..home };
    later.put("b", "1");
    assert_eq!(later.on_disk(), ["a", "b"]);
}

#[test]
fn a_leftover_does_not_keep_a_directory() {
    let home = Home::new();
    kill(other_process(&home, "named"));
    assert_eq!(home.store.rmtree(path("")), Ok(()));
    assert_eq!(home.on_disk(), [""; 0]);
}

#[test]
fn every_leftover_goes_and_what_is_used_or_may_be_continued_stays() {
    let home = Home::new();
    let file = |name: &str| {
        let path = home.root().join(name);
        std::fs::File::create(&path).map(|file| (path, file)).expect("a file")
    };
    for number in 0..40 {
        file(&format!(".larder-{number}.tmp"));
    }
    file(".larder-random-name.tmp");
    file(".larder-alone.part.tmp");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(8 * 24 * 60 * 60);
    let mut held = Vec::new();
    for (stem, is_old, is_locked) in [("young", false, false), ("old", true, false), ("used", true, true)] {
        file(&format!(".larder-{stem}.part.tmp"));
        let (_, journal) = file(&format!(".larder-{stem}.journal.tmp"));
        if is_old {
            journal.set_modified(old).expect("a time");
        }
        if is_locked {
            journal.lock().expect("a lock");
            held.push(journal);
        }
    }
    home.put("a", "1");
    let expected = [
        ".larder-used.journal.tmp",
        ".larder-used.part.tmp",
        ".larder-young.journal.tmp",
        ".larder-young.part.tmp",
        "a",
    ];
    assert_eq!(home.on_disk(), expected);
    assert_eq!(home.names(""), ["a"]);
}
