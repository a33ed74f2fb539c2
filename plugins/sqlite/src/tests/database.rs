//! The database file: when it is made, when it is refused, what happens when it goes away.

use std::fs;

use larder_plugin_api::Capability;
use rusqlite::Connection;

use super::*;

#[test]
fn a_store_makes_no_file_before_something_is_written() {
    let scratch = Scratch::new();
    let file = scratch.0.join("not/yet/artifacts.db");
    let store = store(&file, "{}");
    assert_eq!(store.exists(path("a")), Ok(false));
    assert_eq!(store.isdir(StorePath::ROOT), Ok(true));
    assert!(names(&store, "").is_empty());
    assert_eq!(kind(store.remove(path("a"))), Some(ErrorKind::NotFound));
    assert_eq!(kind(store.mkdir(path("a/b"))), Some(ErrorKind::NotFound));
    drop(writer(&store, "a", OpenMode::Write).expect("it can be opened"));
    assert!(scratch.names().is_empty());
    put(&store, "a", OpenMode::Write, b"1").expect("it can be written");
    assert!(file.exists());
    assert_eq!(text(&store, "a"), "1");
}

#[test]
fn an_empty_file_is_an_empty_store() {
    let scratch = Scratch::new();
    fs::write(scratch.file(), "").expect("it can be written");
    let store = scratch.store();
    assert!(names(&store, "").is_empty());
    put(&store, "a", OpenMode::Write, b"1").expect("it can be written");
    assert_eq!(names(&store, ""), ["a"]);
}

#[test]
fn many_that_make_the_same_database_make_one() {
    for _ in 0..20 {
        let scratch = Scratch::new();
        std::thread::scope(|scope| {
            for number in 0..8 {
                let store = scratch.store();
                scope.spawn(move || {
                    let at = number.to_string();
                    assert_eq!(store.exists(path(&at)), Ok(false));
                    put(&store, &at, OpenMode::Write, b"1").expect("it can be written");
                });
            }
        });
        assert_eq!(names(&scratch.store(), "").len(), 8);
    }
}

fn refused(scratch: &Scratch, expected: ErrorKind, message: &str) {
    let before = fs::read(scratch.file()).expect("the file is there");
    let store = scratch.store();
    for result in [store.exists(path("a")).map(|_| ()), put(&store, "a", OpenMode::Write, b"1")] {
        let error = result.expect_err("the file is refused");
        assert_eq!(error.kind(), expected);
        assert!(error.message().contains("artifacts.db"), "{error}");
        assert!(error.message().contains(message), "{error}");
    }
    drop(store);
    let root = Root::parse(&format!("sqlite://{}", scratch.file().display())).expect("it is a root");
    let config = Config::from_json(Sqlite::CONFIG, "{}").expect("it is a config");
    assert_eq!(kind(Sqlite::validate(&root, &config)), Some(expected));
    assert_eq!(fs::read(scratch.file()).expect("the file is there"), before);
    assert_eq!(scratch.names(), ["artifacts.db"]);
}

#[test]
fn refuses_a_database_of_something_else_untouched() {
    let scratch = Scratch::new();
    let foreign = Connection::open(scratch.file()).expect("it can be made");
    foreign.execute_batch("CREATE TABLE data (id); INSERT INTO data VALUES (1)").expect("it can be filled");
    drop(foreign);
    refused(&scratch, ErrorKind::InvalidArgument, "belongs to something else");
    let foreign = Connection::open(scratch.file()).expect("it is a database");
    foreign.pragma_update(None, "journal_mode", "wal").expect("it can have a log");
    drop(foreign);
    refused(&scratch, ErrorKind::InvalidArgument, "belongs to something else");
}

#[test]
fn does_not_write_back_the_log_of_a_database_of_something_else() {
    let scratch = Scratch::new();
    let foreign = Connection::open(scratch.file()).expect("it can be made");
    foreign.pragma_update(None, "journal_mode", "wal").expect("it can have a log");
    foreign.execute_batch("CREATE TABLE data (id)").expect("it can be filled");
    foreign
        .set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .expect("the log can stay");
    drop(foreign);
    let log = scratch.0.join("artifacts.db-wal");
    let before = (fs::read(scratch.file()).expect("it is there"), fs::read(&log).expect("it is there"));
    assert_eq!(kind(scratch.store().exists(path("a"))), Some(ErrorKind::InvalidArgument));
    let after = (fs::read(scratch.file()).expect("it is there"), fs::read(&log).expect("it is there"));
    assert!(before == after);
}

#[test]
fn refuses_a_file_that_is_no_database() {
    let scratch = Scratch::new();
    fs::write(scratch.file(), "not a database, but long enough to look at\n".repeat(100))
        .expect("it can be written");
    refused(&scratch, ErrorKind::Corrupt, "is no SQLite database");
}

#[test]
fn refuses_tables_of_a_newer_version() {
    let scratch = Scratch::new();
    put(&scratch.store(), "a", OpenMode::Write, b"1").expect("it can be written");
    let newer = Connection::open(scratch.file()).expect("it is a database");
    newer.pragma_update(None, "user_version", 2).expect("it can be written");
    drop(newer);
    refused(&scratch, ErrorKind::Unsupported, "version 2, this flavor knows version 1");
}

#[test]
fn a_directory_is_no_database_file() {
    let scratch = Scratch::new();
    let store = store(&scratch.0, "{}");
    assert_eq!(kind(store.exists(path("a"))), Some(ErrorKind::InvalidPath));
}

#[test]
fn a_place_where_no_file_can_be_is_named() {
    let scratch = Scratch::new();
    fs::write(scratch.file(), "").expect("it can be written");
    let store = store(&scratch.file().join("below.db"), "{}");
    let error = put(&store, "a", OpenMode::Write, b"1").expect_err("a file is no directory");
    assert_eq!(error.kind(), ErrorKind::NotADirectory);
    assert!(error.message().contains("artifacts.db/below.db"), "{error}");
}

#[test]
fn a_database_that_is_deleted_is_an_empty_store_and_made_again() {
    let scratch = Scratch::new();
    let store = scratch.store();
    put(&store, "a", OpenMode::Write, b"1").expect("it can be written");
    let mut lost = writer(&store, "b", OpenMode::Write).expect("it can be opened");
    lost.write(&bytes(2_000_000, 1)).expect("it can be written");
    for name in scratch.names() {
        fs::remove_file(scratch.0.join(name)).expect("it is there");
    }
    assert_eq!(store.exists(path("a")), Ok(false));
    put(&store, "c", OpenMode::Write, &bytes(2_000_000, 1)).expect("it can be written");
    assert_eq!(kind(lost.close()), Some(ErrorKind::Corrupt));
    assert_eq!(names(&scratch.store(), ""), ["c"]);
}

#[test]
fn a_damaged_database_is_corrupt_and_named() {
    let scratch = Scratch::new();
    put(&scratch.store(), "a", OpenMode::Write, &bytes(100_000, 1)).expect("it can be written");
    let mut damaged = fs::read(scratch.file()).expect("it is there");
    damaged[2000..].fill(0x55);
    fs::write(scratch.file(), damaged).expect("it can be written");
    let error = scratch.store().listdir(StorePath::ROOT, Detail::Full).err().expect("it is damaged");
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.message().contains("artifacts.db"), "{error}");
}

#[test]
fn waits_for_another_writer_and_then_says_so() {
    let scratch = Scratch::new();
    let store = store(&scratch.file(), r#"{"busy_timeout": "200ms"}"#);
    put(&store, "a", OpenMode::Write, b"1").expect("it can be written");
    let other = Connection::open(scratch.file()).expect("it is a database");
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    let error = put(&store, "b", OpenMode::Write, b"1").expect_err("another one writes");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, true));
    assert_eq!(text(&store, "a"), "1", "readers do not wait");
    other.execute_batch("COMMIT").expect("it can end");
    put(&store, "b", OpenMode::Write, b"1").expect("nobody writes");
}

#[test]
fn claims_to_be_durable_only_when_it_is() {
    let scratch = Scratch::new();
    let durable = store(&scratch.file(), r#"{"synchronous": "full"}"#);
    assert!(durable.capabilities().is_some_and(|all| all.contains(&Capability::Durable)));
    put(&durable, "a", OpenMode::Write, &bytes(2_000_000, 1)).expect("it can be written");
    assert_eq!(scratch.store().capabilities(), None);
    assert!(!Sqlite::CAPABILITIES.contains(&Capability::Durable));
}

#[test]
fn a_root_or_config_that_cannot_work_is_refused_at_registration() {
    let validate = |root: &str, config: &str| {
        let root = Root::parse(root).expect("the test gives a root");
        Sqlite::validate(&root, &Config::from_json(Sqlite::CONFIG, config)?)
    };
    assert_eq!(validate("sqlite:///data/x.db", "{}"), Ok(()));
    for (root, config, expected) in [
        (
            "sqlite://",
            "{}",
            "`sqlite://` names no file, expected `sqlite:///` and the path of a database file",
        ),
        (
            "sqlite://data/x.db",
            "{}",
            "`sqlite://data/x.db` has a host, expected `sqlite:///` and the path of a database file",
        ),
        ("sqlite:///x.db", r#"{"chunk_size": 1}"#, "config key `chunk_size`: expected 4KiB to 64MiB"),
        (
            "sqlite:///x.db",
            r#"{"synchronous": "off"}"#,
            "config key `synchronous`: expected one of normal, full",
        ),
    ] {
        let error = validate(root, config).expect_err(root);
        assert_eq!(error.message(), expected);
    }
}
