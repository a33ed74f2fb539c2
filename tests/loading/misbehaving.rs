//! What a real flavor can do while it is loaded, made, used and dropped.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use larder::{Error, ErrorKind, RegisterFlavor, Store};
use larder_plugin_api::{Detail, ErrorKind as Kind, OpenMode, SeekFrom, WalkOptions};
use larder_tests::TestHome;

use crate::fixtures::{
    hasty_host, host, misbehaving, misbehaving_store, prove_that_others_work, refused, told, trusting_host,
};
use crate::processes;

/// What registering a library with these faults says.
fn text_for(faults: &str) -> Vec<String> {
    let home = TestHome::new();
    let host = host(&home);
    let text = refused(&host, &home, &misbehaving(&home, "libmisbehaving.so", faults));
    assert_eq!(processes::of(&home), Vec::<String>::new(), "{faults} has left processes");
    prove_that_others_work(&host, &home);
    text
}

#[test]
fn a_panic_when_it_is_made() {
    assert_eq!(
        text_for("make"),
        [
            "error: library `[TMP]/libmisbehaving.so` failed its trial",
            "caused by: flavor `misbehaving` panicked when it was made: panic in make at tests/bad-libraries/misbehaving/src",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
}

#[test]
fn a_panic_when_it_is_dropped_is_caught_by_the_shim() {
    let home = TestHome::new();
    let library = misbehaving(&home, "libmisbehaving.so", "drop");
    host(&home).register_flavor(&library, RegisterFlavor::default()).expect("a panic in Drop hurts nobody");
}

#[test]
fn a_crash_when_it_is_made() {
    assert_eq!(
        text_for("make:crash"),
        [
            "error: library `[TMP]/libmisbehaving.so` failed its trial",
            "caused by: it crashed with signal 11 (SIGSEGV) while flavor `misbehaving` was made",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
}

#[test]
fn a_crash_when_it_is_dropped() {
    assert_eq!(
        text_for("drop:crash"),
        [
            "error: library `[TMP]/libmisbehaving.so` failed its trial",
            "caused by: it crashed with signal 11 (SIGSEGV) while flavor `misbehaving` was dropped",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
}

#[test]
fn an_exit_when_it_is_made() {
    assert_eq!(
        text_for("make:exit"),
        [
            "error: library `[TMP]/libmisbehaving.so` failed its trial",
            "caused by: it ended the process with status 0 while flavor `misbehaving` was made",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
}

#[test]
fn an_hour_to_be_made() {
    let home = TestHome::new();
    let library = misbehaving(&home, "libmisbehaving.so", "make:sleep");
    assert_eq!(
        refused(&hasty_host(&home), &home, &library),
        [
            "error: library `[TMP]/libmisbehaving.so` failed its trial",
            "caused by: it took longer than 1.5s while flavor `misbehaving` was made",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
    assert_eq!(processes::of(&home), Vec::<String>::new());
}

#[test]
fn a_process_that_outlives_its_trial() {
    let mark = format!("{}01", std::process::id());
    assert_eq!(
        text_for(&format!("load:daemon={mark}")),
        [
            "error: library `[TMP]/libmisbehaving.so` failed its trial",
            "caused by: it left 1 process running",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
    assert_eq!(processes::with(&format!("3600.{mark}")), Vec::<String>::new());
}

#[test]
fn a_process_of_one_that_then_crashes() {
    let mark = format!("{}02", std::process::id());
    assert_eq!(
        text_for(&format!("load:daemon={mark} make:crash")),
        [
            "error: library `[TMP]/libmisbehaving.so` failed its trial",
            "caused by: it crashed with signal 11 (SIGSEGV) while flavor `misbehaving` was made",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
    assert_eq!(processes::with(&format!("3600.{mark}")), Vec::<String>::new());
}

#[test]
fn an_end_of_the_process_that_watches_it() {
    assert_eq!(
        text_for("load:kill-parent"),
        [
            "error: library `[TMP]/libmisbehaving.so` failed its trial",
            "caused by: it ended the process that watched it, with signal 9 (SIGKILL)",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
}

#[test]
fn another_manifest_when_it_runs() {
    assert_eq!(
        text_for("load:manifest"),
        [
            "error: library `[TMP]/libmisbehaving.so` failed its trial",
            "caused by: the running library says something else than its manifest in the file",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
}

#[test]
fn ten_megabytes_of_output_from_a_flavor_that_works() {
    let home = TestHome::new();
    let library = misbehaving(&home, "libmisbehaving.so", "load:print=5000000 make:print=5000000");
    host(&home).register_flavor(&library, RegisterFlavor::default()).expect("output hurts nobody");
}

type Call = fn(&Store) -> Result<(), larder_plugin_api::Error>;

const CALLS: &[(&str, &str, Call)] = &[
    ("open", "open", |store| store.reader("p").map(drop)),
    ("open", "open", |store| store.writer("p", OpenMode::Write).map(drop)),
    ("copyfile", "copyfile", |store| store.copyfile("p", "q", true)),
    ("exists", "exists", |store| store.exists("p").map(drop)),
    ("glob", "glob", |store| store.glob("p").map(drop)),
    ("isdir", "isdir", |store| store.isdir("p").map(drop)),
    ("listdir", "listdir", |store| store.listdir("p", Detail::Kind).map(drop)),
    ("makedirs", "makedirs", |store| store.makedirs("p")),
    ("mkdir", "mkdir", |store| store.mkdir("p")),
    ("remove", "remove", |store| store.remove("p")),
    ("rename", "rename", |store| store.rename("p", "q", true)),
    ("rmtree", "rmtree", |store| store.rmtree("p")),
    ("stat", "stat", |store| store.stat("p").map(drop)),
    ("size", "size", |store| store.size("p").map(drop)),
    ("walk", "walk", |store| store.walk("p", WalkOptions::default()).map(drop)),
    ("extension", "extension", |store| store.extension("p", b"").map(drop)),
    ("read", "read", |store| store.reader("p")?.read(&mut [0; 4]).map(drop)),
    ("seek", "seek", |store| store.reader("p")?.seek(SeekFrom::Start(1)).map(drop)),
    ("reader-size", "size", |store| store.reader("p")?.size().map(drop)),
    ("read_at", "read_at", |store| store.reader("p")?.read_at(1, &mut [0; 4]).map(drop)),
    ("write", "write", |store| store.writer("p", OpenMode::Write)?.write(&[b'x'; 1 << 20])),
    ("close", "close", |store| store.writer("p", OpenMode::Write)?.close()),
    ("next", "listdir", |store| store.listdir("p", Detail::Kind)?.try_for_each(|entry| entry.map(drop))),
    ("next", "glob", |store| store.glob("p")?.try_for_each(|entry| entry.map(drop))),
    ("next", "walk", |store| store.walk("p", WalkOptions::default())?.try_for_each(|visit| visit.map(drop))),
];

#[test]
fn a_panic_anywhere_is_an_error_and_poisons_that_store_only() {
    let home = TestHome::new();
    let host = host(&home);
    let library = misbehaving(&home, "libmisbehaving.so", "");
    host.register_flavor(&library, RegisterFlavor::default()).expect("without faults it is taken");
    for (number, (place, operation, call)) in CALLS.iter().enumerate() {
        let store = misbehaving_store(&host, &format!("s{number}"), place).expect("it is made");
        let other = misbehaving_store(&host, &format!("t{number}"), "").expect("it is made");
        let error = call(&store).expect_err(place);
        assert_eq!(
            (error.kind(), error.operation(), error.path()),
            (Kind::Panicked, *operation, "p"),
            "{place}"
        );
        let message = error.message();
        assert!(message.starts_with(&format!("panic in {place} at ")), "{message}");
        assert!(message.contains("faults.rs:"), "{message}");
        let poisoned = store.isdir("p").expect_err("it is poisoned");
        assert_eq!(poisoned.message(), "this store panicked before and answers nothing since", "{place}");
        call(&other).unwrap_or_else(|error| panic!("{place} hurts another store: {error}"));
    }
    prove_that_others_work(&host, &home);
}

#[test]
fn a_panic_in_validate_or_make_is_an_error_with_its_place() {
    let home = TestHome::new();
    let host = host(&home);
    let library = misbehaving(&home, "libmisbehaving.so", "");
    host.register_flavor(&library, RegisterFlavor::default()).expect("without faults it is taken");
    let lines = |error: &Error| -> Vec<String> {
        told(&home, error)
            .iter()
            .map(|line| line.split(" at ").next().unwrap_or_default().to_owned())
            .collect()
    };
    let error = misbehaving_store(&host, "v", "validate").expect_err("it panics");
    assert_eq!(
        lines(&error),
        [
            "error: flavor `misbehaving` refuses artifact store `v`",
            "caused by: validate: panicked: panic in validate"
        ]
    );
    let error = misbehaving_store(&host, "m", "make").expect_err("it panics");
    assert_eq!(error.kind(), ErrorKind::Store(Kind::Panicked));
    assert_eq!(
        lines(&error),
        ["error: artifact store `m` cannot be used", "caused by: make: panicked: panic in make"]
    );
    misbehaving_store(&host, "fine", "").expect("another store is made");
}

/// Keeps what is logged under the target of the flavor.
struct Records(Mutex<Vec<String>>);

impl log::Log for Records {
    fn enabled(&self, _metadata: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if record.target() == "larder::flavor::misbehaving" {
            let line = format!("{} {}", record.level(), record.args());
            self.0.lock().expect("no test panics in the log").push(line);
        }
    }

    fn flush(&self) {}
}

static RECORDS: Records = Records(Mutex::new(Vec::new()));

#[test]
fn log_records_arrive_under_the_name_of_the_flavor() {
    log::set_logger(&RECORDS).expect("no other test sets a logger");
    log::set_max_level(log::LevelFilter::Trace);
    let home = TestHome::new();
    let host = trusting_host(&home);
    let library = misbehaving(&home, "libmisbehaving.so", "log");
    host.register_flavor(&library, RegisterFlavor::default()).expect("it is taken");
    let store = misbehaving_store(&host, "one", "drop-reader").expect("it is made");
    drop(store.reader("p").expect("it opens"));
    let records = RECORDS.0.lock().expect("no test panics in the log").clone();
    let has = |wanted: &str| records.iter().any(|record| record.starts_with(wanted));
    for level in ["ERROR made, at level Error", "WARN made, at level Warn", "TRACE made, at level Trace"] {
        assert!(has(level), "{level} is not in {records:?}");
    }
    assert!(has("ERROR panicked while a reader was dropped: panic in drop-reader at "), "{records:?}");
}

#[test]
fn the_limit_is_kept_and_nothing_waits_longer() {
    let home = TestHome::new();
    let library = misbehaving(&home, "libmisbehaving.so", "drop:sleep");
    let begun = Instant::now();
    let text = refused(&hasty_host(&home), &home, &library);
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_eq!(text[1], "caused by: it took longer than 1.5s while flavor `misbehaving` was dropped");
}
