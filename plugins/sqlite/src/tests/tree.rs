//! Files and directories: order, what is refused, what a refusal leaves.

use larder_plugin_api::{Entries, Visit, WalkOptions};

use super::*;
use crate::listing::Listing;

fn filled(store: &SqliteStore, files: &[&str]) {
    for file in files {
        put(store, file, OpenMode::Write, file.as_bytes()).expect("it can be written");
    }
}

fn visits(store: &SqliteStore, top: &str, topdown: bool) -> Vec<Result<Visit>> {
    let walk = store.walk(path(top), WalkOptions::default().with_topdown(topdown)).expect("it begins");
    let unused: std::sync::Arc<dyn ArtifactStore> =
        std::sync::Arc::new(SqliteStore { database: store.database.clone() });
    walk.iterate(&unused).collect()
}

fn walked(store: &SqliteStore, topdown: bool) -> Vec<String> {
    let visits = visits(store, "", topdown).into_iter().map(|visit| visit.expect("it can be read"));
    visits
        .map(|visit| {
            let names = |entries: Vec<larder_plugin_api::Entry>| {
                entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>().join(",")
            };
            format!("{}: {} | {}", visit.directory, names(visit.directories), names(visit.files))
        })
        .collect()
}

#[test]
fn lists_in_the_order_of_names_where_a_directory_has_a_slash() {
    let scratch = Scratch::new();
    let store = scratch.store();
    filled(&store, &["a/x", "a-1", "a.d/x", "a0", "ü", "Z", "%", "x y", "line\nbreak"]);
    assert_eq!(names(&store, ""), ["%", "Z", "a-1", "a.d", "a", "a0", "line\nbreak", "x y", "ü"]);
}

#[test]
fn lists_a_directory_of_several_pages_once_each_while_it_changes() {
    let scratch = Scratch::new();
    let store = scratch.store();
    for number in 0..2500 {
        store.mkdir(path(&format!("d{number:04}"))).expect("the name is free");
    }
    let listing =
        Entries::streaming(Listing::new(&store.database, StorePath::ROOT).expect("the root is one"));
    let unused: std::sync::Arc<dyn ArtifactStore> = std::sync::Arc::new(scratch.store());
    let mut items = listing.iterate(&unused).expect("it begins");
    let mut seen = Vec::new();
    for number in 0.. {
        let Some(item) = items.next() else { break };
        seen.push(item.expect("it can be read").name);
        store.mkdir(path(&format!("a{number}"))).expect("the name is free");
    }
    assert_eq!(seen, (0..2500).map(|number| format!("d{number:04}")).collect::<Vec<_>>());
}

#[test]
fn walks_top_down_and_bottom_up() {
    let scratch = Scratch::new();
    let store = scratch.store();
    filled(&store, &["a/b/c", "a/d", "e", "f/g"]);
    store.makedirs(path("a/empty")).expect("it can be made");
    let topdown = [": a,f | e", "a: b,empty | d", "a/b:  | c", "a/empty:  | ", "f:  | g"];
    assert_eq!(walked(&store, true), topdown);
    assert_eq!(walked(&store, false), [topdown[2], topdown[3], topdown[1], topdown[4], topdown[0]]);
}

#[test]
fn a_walk_of_what_is_no_directory_is_one_error() {
    let scratch = Scratch::new();
    let store = scratch.store();
    filled(&store, &["f"]);
    for (top, expected) in [("f", ErrorKind::NotADirectory), ("missing", ErrorKind::NotFound)] {
        let kinds: Vec<_> = visits(&store, top, true).into_iter().map(kind).collect();
        assert_eq!(kinds, [Some(expected)]);
    }
}

#[test]
fn renames_a_directory_with_all_that_is_in_it_and_no_neighbour() {
    let scratch = Scratch::new();
    let store = scratch.store();
    filled(&store, &["run1/a", "run1/b/c", "run10/a"]);
    store.rename(path("run1"), path("old/run1"), false).expect("the target is free");
    assert_eq!(names(&store, ""), ["old", "run10"]);
    assert_eq!(text(&store, "old/run1/b/c"), "run1/b/c");
    assert_eq!(store.exists(path("run1")), Ok(false));
}

#[test]
fn a_refused_operation_says_why_and_changes_nothing() {
    let scratch = Scratch::new();
    let store = scratch.store();
    filled(&store, &["d/a", "e/b", "f"]);
    let before = walked(&store, true);
    let rename = |source, target, overwrite| store.rename(path(source), path(target), overwrite);
    let copy = |source, target, overwrite| store.copyfile(path(source), path(target), overwrite);
    for (case, result, expected) in [
        ("rename onto a file", rename("f", "d/a", false), ErrorKind::AlreadyExists),
        ("rename onto itself", rename("f", "f", false), ErrorKind::AlreadyExists),
        ("rename onto a directory", rename("f", "d", false), ErrorKind::AlreadyExists),
        ("rename over a directory", rename("f", "d", true), ErrorKind::IsADirectory),
        ("directory over a directory", rename("d", "e", true), ErrorKind::AlreadyExists),
        ("directory over a file", rename("d", "f", true), ErrorKind::AlreadyExists),
        ("below a file", rename("d", "f/d", true), ErrorKind::NotADirectory),
        ("below itself", rename("d", "d/a/d", true), ErrorKind::InvalidArgument),
        ("rename the root", rename("", "x", true), ErrorKind::InvalidArgument),
        ("rename nothing", rename("g", "x/y", true), ErrorKind::NotFound),
        ("copy a directory", copy("d", "x", true), ErrorKind::IsADirectory),
        ("copy over a directory", copy("f", "d", true), ErrorKind::IsADirectory),
        ("copy onto a file", copy("f", "d/a", false), ErrorKind::AlreadyExists),
        ("copy onto itself", copy("f", "f", false), ErrorKind::AlreadyExists),
        ("copy nothing", copy("g", "x", true), ErrorKind::NotFound),
        ("copy below a file", copy("f", "e/b/c", true), ErrorKind::NotADirectory),
        ("remove a directory", store.remove(path("d")), ErrorKind::IsADirectory),
        ("remove the root", store.remove(path("")), ErrorKind::IsADirectory),
        ("remove nothing", store.remove(path("d/a/b")), ErrorKind::NotFound),
        ("rmtree a file", store.rmtree(path("f")), ErrorKind::NotADirectory),
        ("rmtree nothing", store.rmtree(path("g")), ErrorKind::NotFound),
        ("mkdir on a file", store.mkdir(path("f")), ErrorKind::AlreadyExists),
        ("mkdir on the root", store.mkdir(path("")), ErrorKind::AlreadyExists),
        ("mkdir without parent", store.mkdir(path("x/y")), ErrorKind::NotFound),
        ("mkdir below a file", store.mkdir(path("f/y")), ErrorKind::NotADirectory),
        ("makedirs on a file", store.makedirs(path("f")), ErrorKind::AlreadyExists),
        ("makedirs below a file", store.makedirs(path("f/y/z")), ErrorKind::NotADirectory),
        ("write over a directory", put(&store, "d", OpenMode::Write, b""), ErrorKind::IsADirectory),
        ("write below a file", put(&store, "f/g", OpenMode::Append, b""), ErrorKind::NotADirectory),
        ("write what exists", put(&store, "f", OpenMode::Exclusive, b""), ErrorKind::AlreadyExists),
    ] {
        assert_eq!(kind(result), Some(expected), "{case}");
    }
    assert_eq!(walked(&store, true), before);
    assert_eq!(kind(store.size(path("d"))), Some(ErrorKind::IsADirectory));
    assert_eq!(kind(store.stat(path("f/x"))), Some(ErrorKind::NotFound));
    assert_eq!(kind(store.listdir(path("f"), Detail::Full)), Some(ErrorKind::NotADirectory));
    assert_eq!(kind(store.open(path("d"), OpenMode::Read)), Some(ErrorKind::IsADirectory));
}

#[test]
fn onto_itself_with_overwrite_nothing_changes() {
    let scratch = Scratch::new();
    let store = scratch.store();
    filled(&store, &["d/f"]);
    let before = store.stat(path("d/f"));
    store.rename(path("d/f"), path("d/f"), true).expect("it stays");
    store.rename(path("d"), path("d"), true).expect("it stays");
    store.copyfile(path("d/f"), path("d/f"), true).expect("it stays");
    assert_eq!(store.stat(path("d/f")), before);
}

#[test]
fn removes_a_tree_with_its_bytes_and_no_neighbour() {
    let scratch = Scratch::new();
    let store = scratch.store();
    filled(&store, &["run1/a", "run1/b/c", "run10/a", "run1.log"]);
    put(&store, "run1/large", OpenMode::Write, &bytes(40_000_000, 1)).expect("it can be written");
    store.rmtree(path("run1")).expect("it is a directory");
    assert_eq!(names(&store, ""), ["run1.log", "run10"]);
    assert_eq!((rows(&scratch.file(), "data"), rows(&scratch.file(), "content")), (2, 2));
    store.rmtree(StorePath::ROOT).expect("the root is a directory");
    assert!(names(&store, "").is_empty());
    assert_eq!(store.isdir(StorePath::ROOT), Ok(true));
}

#[test]
fn an_etag_changes_with_the_content_and_no_other_way() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let etag = |at: &str| store.stat(path(at)).expect("it is there").etag.expect("a file has one");
    let mut seen = Vec::new();
    for (mode, data) in [(OpenMode::Write, "1"), (OpenMode::Write, "1"), (OpenMode::Append, "2")] {
        put(&store, "f", mode, data.as_bytes()).expect("it can be written");
        assert!(!seen.contains(&etag("f")));
        seen.push(etag("f"));
    }
    store.rename(path("f"), path("g"), false).expect("the target is free");
    assert_eq!(seen.last(), Some(&etag("g")));
}
