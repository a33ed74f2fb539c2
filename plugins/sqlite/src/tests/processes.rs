//! Several processes at one database, also one that is killed. The other process is this test binary, which runs one
//! test when an environment variable says so.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::*;

const ROLE: &str = "LARDER_SQLITE_TEST_ROLE";
const FILE: &str = "LARDER_SQLITE_TEST_FILE";

/// What the other process does; nothing in an ordinary run.
#[test]
fn other_process() {
    let (Ok(role), Ok(file)) = (std::env::var(ROLE), std::env::var(FILE)) else { return };
    let store = store(Path::new(&file), "{}");
    match role.as_str() {
        "write without end" => write_without_end(&store),
        "append" => append_lines(&store, "other"),
        "large" => write_and_read_large(&store),
        role => panic!("no role {role}"),
    }
}

fn start(role: &str, file: &Path) -> Child {
    let binary = std::env::current_exe().expect("a test knows its binary");
    Command::new(binary)
        .args(["--exact", "tests::processes::other_process", "--nocapture"])
        .env(ROLE, role)
        .env(FILE, file)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary can be run again")
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "say {line}").and_then(|()| out.flush()).expect("the first process listens");
}

/// The next line that the other process says, which the frame of the test harness is not part of.
fn hear(child: &mut Child) -> String {
    let out = child.stdout.as_mut().expect("it is piped");
    let mut lines = BufReader::with_capacity(1, out).lines().map(|line| line.expect("it is text"));
    lines.find_map(|line| Some(line.split_once("say ")?.1.to_owned())).expect("the other process speaks")
}

fn write_without_end(store: &SqliteStore) {
    let mut writer = writer(store, "d/f", OpenMode::Write).expect("it can be opened");
    for number in 0.. {
        writer.write(&bytes(600_000, number)).expect("it can be written");
        if number == 3 {
            say("writing");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_killed_writer_leaves_nothing_and_a_live_one_keeps_its_chunks() {
    let scratch = Scratch::new();
    let mut killed = start("write without end", &scratch.file());
    assert_eq!(hear(&mut killed), "writing");

    let data = bytes(2_000_000, 1);
    let alive = scratch.store();
    let mut writing = writer(&alive, "alive", OpenMode::Write).expect("it can be opened");
    writing.write(&data).expect("it can be written");
    let pending = rows(&scratch.file(), "data");
    assert!(pending >= 3 + 3, "{pending} chunks of two writers");
    assert_eq!(rows(&scratch.file(), "session"), 2, "opening the second store did not end the first one's");

    killed.kill().expect("it runs");
    killed.wait().expect("it ended");
    let later = scratch.store();
    assert!(names(&later, "").is_empty());
    put(&later, "later", OpenMode::Write, b"1").expect("it can be written");
    assert_eq!((rows(&scratch.file(), "session"), rows(&scratch.file(), "content")), (1, 2));
    assert_eq!(
        rows(&scratch.file(), "data"),
        7 + 1,
        "the chunks of the one that is alive, and the new file's"
    );

    writing.close().expect("its chunks are there");
    assert_eq!(get(&later, "alive"), data);
    drop((alive, later));
    assert_eq!(scratch.names(), ["artifacts.db"]);
    let connection = rusqlite::Connection::open(scratch.file()).expect("it is a database");
    let verdict: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it can be checked");
    assert_eq!(verdict, "ok");
}

#[test]
fn a_writer_killed_at_any_moment_leaves_the_old_file() {
    let scratch = Scratch::new();
    put(&scratch.store(), "d/f", OpenMode::Write, b"old").expect("it can be written");
    for round in 0..6_u64 {
        let mut killed = start("write without end", &scratch.file());
        std::thread::sleep(Duration::from_millis(15 * round));
        killed.kill().expect("it runs");
        killed.wait().expect("it ended");
        let store = scratch.store();
        assert_eq!(text(&store, "d/f"), "old");
        put(&store, "new", OpenMode::Write, b"new").expect("it can be written");
        assert_eq!((rows(&scratch.file(), "data"), rows(&scratch.file(), "session")), (2, 0));
    }
}

fn append_lines(store: &SqliteStore, who: &str) {
    for number in 0..100 {
        let line = format!("{who} {number}\n");
        put(store, "log", OpenMode::Append, line.as_bytes()).expect("it can be written");
        let at = format!("files/{who}/{number}");
        put(store, &at, OpenMode::Exclusive, line.as_bytes()).expect("nobody else writes it");
    }
}

#[test]
fn two_processes_use_one_database_at_once() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let mut other = start("append", &scratch.file());
    append_lines(&store, "this");
    assert!(other.wait().expect("it ends").success());
    let log = text(&store, "log");
    for who in ["this", "other"] {
        let lines: Vec<_> = log.lines().filter(|line| line.starts_with(who)).collect();
        assert_eq!(lines, (0..100).map(|number| format!("{who} {number}")).collect::<Vec<_>>());
        assert_eq!(names(&store, &format!("files/{who}")).len(), 100);
    }
}

const LARGE: usize = 200 << 20;

fn write_and_read_large(store: &SqliteStore) {
    let piece = bytes(1 << 20, 9);
    let mut writer = writer(store, "large", OpenMode::Write).expect("it can be opened");
    for _ in 0..LARGE / piece.len() {
        writer.write(&piece).expect("it can be written");
    }
    writer.close().expect("it can be closed");
    let mut reader = reader(store, "large");
    let mut buffer = vec![0; piece.len()];
    let mut read = 0;
    loop {
        match reader.read(&mut buffer).expect("it can be read") {
            0 => break,
            count => read += count,
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    say(&format!("{read} {}", peak.trim().trim_end_matches(" kB")));
}

#[test]
fn an_artifact_of_200_mib_takes_little_memory() {
    let scratch = Scratch::new();
    let begun = Instant::now();
    let mut other = start("large", &scratch.file());
    let answer = hear(&mut other);
    assert!(other.wait().expect("it ends").success());
    let (read, peak_kib) = answer.split_once(' ').expect("two numbers");
    assert_eq!(read, LARGE.to_string());
    let peak_kib: u64 = peak_kib.parse().expect("a number");
    assert!(peak_kib < 64 << 10, "peak of {peak_kib} KiB after {:?}", begun.elapsed());
}
