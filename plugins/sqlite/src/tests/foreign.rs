//! Databases that somebody else made: what is not an entry of a directory is an error, and never left out in silence.

use larder_plugin_api::{Removal, Visit, WalkOptions};

use super::*;

fn store_of(scratch: &Scratch) -> std::sync::Arc<dyn ArtifactStore> {
    std::sync::Arc::new(scratch.store())
}

/// A store with `d/f`, and what a statement made of its database: `?1` is the number of `d`.
fn forged(statement: &str) -> Scratch {
    let scratch = Scratch::new();
    put(&scratch.store(), "d/f", OpenMode::Write, b"1").expect("it can be written");
    let connection = rusqlite::Connection::open(scratch.file()).expect("the database opens");
    connection.execute_batch(statement).expect("the statement runs");
    scratch
}

/// The names in a directory, and the paths of what is an error there.
fn listed(scratch: &Scratch, at: &str) -> (Vec<String>, Vec<String>) {
    let entries = scratch.store().listdir(path(at), Detail::Full).expect("it is a directory");
    let (mut names, mut failed) = (Vec::new(), Vec::new());
    for item in entries.iterate(&store_of(scratch)).expect("it begins") {
        match item {
            Ok(entry) => names.push(entry.name),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidPath);
                failed.push(error.path().to_owned());
            }
        }
    }
    (names, failed)
}

fn walked(scratch: &Scratch, topdown: bool) -> Vec<Result<Visit>> {
    let options = WalkOptions::default().with_topdown(topdown);
    scratch.store().walk(path(""), options).expect("it begins").iterate(&store_of(scratch)).collect()
}

#[test]
fn a_name_that_is_not_one_component_is_an_error_and_goes_with_its_directory() {
    for name in [
        "'/etc/x'",
        "'..'",
        "'../x'",
        "''",
        "'.'",
        "'a//b'",
        "'a/'",
        "'a' || char(0) || 'b'",
        "CAST(x'ff' AS TEXT)",
    ] {
        for content in ["NULL", "99"] {
            let scratch = forged(&format!(
                "INSERT INTO node (parent, name, content) SELECT id, {name}, {content} FROM node WHERE name = 'd'"
            ));
            let (names, failed) = listed(&scratch, "d");
            assert_eq!((names, failed.len()), (vec!["f".to_owned()], 1), "{name}");
            for topdown in [true, false] {
                let visits = walked(&scratch, topdown);
                let failed = visits.iter().filter(|visit| visit.is_err()).count();
                assert_eq!((visits.len(), failed), (3, 1), "{name}");
            }
            scratch.store().rmtree(path("d")).expect("it goes");
            assert_eq!(rows(&scratch.file(), "node"), 0, "{name}");
        }
    }
}

#[test]
fn a_file_with_something_below_it_is_an_error_and_is_not_removed_alone() {
    let scratch =
        forged("INSERT INTO node (parent, name, content) SELECT id, 'x', 99 FROM node WHERE name = 'f'");
    assert_eq!(listed(&scratch, "d"), (Vec::new(), vec!["d/f".to_owned()]));
    assert_eq!(kind(scratch.store().remove(path("d/f"))), Some(ErrorKind::InvalidPath));
    scratch.store().rmtree(path("d")).expect("it goes");
    assert_eq!(rows(&scratch.file(), "node"), 0);
}

#[test]
fn a_row_with_the_number_of_the_root_leads_nowhere_and_removes_nothing_else() {
    let scratch =
        forged("INSERT INTO node (id, parent, name) SELECT 0, id, 'loop' FROM node WHERE name = 'd'");
    put(&scratch.store(), "kept", OpenMode::Write, b"1").expect("it can be written");
    assert_eq!(listed(&scratch, "d"), (vec!["f".to_owned()], vec!["d/loop".to_owned()]));
    assert_eq!(walked(&scratch, true).len(), 3);
    scratch.store().rmtree(path("d")).expect("it goes");
    assert_eq!(names(&scratch.store(), ""), ["kept"]);
}

#[test]
fn other_tables_and_another_encoding_are_refused() {
    for statement in [
        "DROP INDEX node_by_name",
        "DROP INDEX node_in_order; CREATE INDEX node_in_order ON node (parent, listed)",
        "ALTER TABLE node ADD COLUMN other INTEGER",
    ] {
        let scratch = forged(statement);
        let listed = scratch.store().listdir(path(""), Detail::Kind).map(drop);
        assert_eq!(kind(listed), Some(ErrorKind::InvalidArgument), "{statement}");
        assert_eq!(kind(scratch.store().rmtree(path("d"))), Some(ErrorKind::InvalidArgument), "{statement}");
    }
    let scratch = Scratch::new();
    let connection = rusqlite::Connection::open(scratch.file()).expect("the database opens");
    connection.pragma_update(None, "encoding", "UTF-16le").expect("it is empty");
    crate::schema::make_tables(&connection).expect("the tables are made");
    let listed = scratch.store().listdir(path(""), Detail::Kind).map(drop);
    assert_eq!(kind(listed), Some(ErrorKind::InvalidArgument));
}

#[test]
fn a_trigger_of_somebody_else_does_not_run() {
    let scratch =
        forged("CREATE TRIGGER t AFTER INSERT ON node BEGIN DELETE FROM node WHERE name = 'd'; END");
    put(&scratch.store(), "x", OpenMode::Write, b"1").expect("it can be written");
    assert_eq!(names(&scratch.store(), ""), ["d", "x"]);
}

#[test]
fn a_directory_of_many_pages_comes_in_visits_that_follow_each_other() {
    let scratch = Scratch::new();
    let store = scratch.store();
    for number in 0..1200 {
        put(&store, &format!("d/f{number:04}"), OpenMode::Write, b"").expect("it can be written");
        store.makedirs(path(&format!("d/s{number:04}"))).expect("it is free");
    }
    for topdown in [true, false] {
        let visits: Vec<_> =
            walked(&scratch, topdown).into_iter().map(|visit| visit.expect("a visit")).collect();
        let pieces: Vec<_> = visits.iter().filter(|visit| visit.directory == "d").collect();
        let count = |entries: fn(&Visit) -> usize| pieces.iter().map(|visit| entries(visit)).sum::<usize>();
        assert_eq!(count(|visit| visit.files.len()), 1200);
        assert_eq!(count(|visit| visit.directories.len()), 1200);
        let first = visits.iter().position(|visit| visit.directory == "d").expect("it is there");
        assert!(visits[first..first + pieces.len()].iter().all(|visit| visit.directory == "d"));
        assert_eq!(visits.len(), 1200 + 1 + pieces.len());
    }
}

#[test]
fn a_database_that_is_missing_or_empty_is_not_an_empty_store() {
    let scratch = Scratch::new();
    let store = scratch.store();
    for _ in 0..2 {
        assert_eq!(kind(store.stat(path(""))), Some(ErrorKind::NotFound));
        assert_eq!((store.exists(path("")), store.isdir(path(""))), (Ok(true), Ok(true)));
        assert!(names(&store, "").is_empty());
        let removal = Removal { path: path("f"), etag: None };
        let answers = store.remove_many(&[removal]).expect("it was asked");
        assert_eq!(answers.into_iter().map(kind).collect::<Vec<_>>(), [Some(ErrorKind::NotFound)]);
        std::fs::write(scratch.file(), "").expect("a file of no bytes");
    }
    put(&store, "f", OpenMode::Write, b"1").expect("it can be written");
    assert!(store.stat(path("")).is_ok());
}

#[cfg(unix)]
#[test]
fn a_database_behind_a_link_to_nothing_says_where_the_link_leads() {
    let scratch = Scratch::new();
    std::os::unix::fs::symlink("nowhere/x.db", scratch.file()).expect("a link");
    let error = put(&scratch.store(), "f", OpenMode::Write, b"1").expect_err("it leads nowhere");
    assert_eq!(error.kind(), ErrorKind::InvalidPath);
    assert!(error.message().ends_with("is a symbolic link to `nowhere/x.db`, which does not exist"));
}

#[test]
fn a_file_goes_only_with_the_etag_that_it_has_and_a_directory_only_when_it_is_empty() {
    let scratch = Scratch::new();
    let store = scratch.store();
    put(&store, "d/f", OpenMode::Write, b"1").expect("it can be written");
    let etag = reader(&store, "d/f").stat().expect("a stat").etag;
    put(&store, "d/f", OpenMode::Write, b"1").expect("it can be written");
    let remove = |etag: Option<&str>| {
        let answers = store.remove_many(&[Removal { path: path("d/f"), etag }]).expect("it was asked");
        answers.into_iter().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(remove(etag.as_deref()), [Some(ErrorKind::Changed)]);
    assert_eq!(kind(store.remove_directory(path("d"))), Some(ErrorKind::NotEmpty));
    assert_eq!(remove(store.stat(path("d/f")).expect("a stat").etag.as_deref()), [None]);
    assert_eq!(store.remove_directory(path("d")), Ok(()));
    assert_eq!(kind(store.remove_directory(path(""))), Some(ErrorKind::InvalidArgument));
}
