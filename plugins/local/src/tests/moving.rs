//! `copyfile` and `rename`.

use super::*;

#[test]
fn copies_whole_and_refuses_what_is_taken() {
    let home = Home::new();
    let content = "0123456789".repeat(100_000);
    home.put("a", &content);
    home.put("b", "b");
    let store = &home.store;
    assert_eq!(store.copyfile(path("a"), path("x/y"), false), Ok(()));
    assert_eq!(home.read("x/y"), Ok(content.clone()));
    let error = store.copyfile(path("a"), path("b"), false).expect_err("it is taken");
    assert_eq!((error.kind(), error.path()), (ErrorKind::AlreadyExists, "b"));
    assert_eq!(home.read("b").as_deref(), Ok("b"));
    assert_eq!(store.copyfile(path("a"), path("b"), true), Ok(()));
    assert_eq!(home.read("b"), Ok(content));
    assert_eq!(store.copyfile(path("a"), path("a"), true), Ok(()));
    assert_eq!(kind(store.copyfile(path("a"), path("a"), false)), ErrorKind::AlreadyExists);
    assert_eq!(kind(store.copyfile(path("none"), path("c"), true)), ErrorKind::NotFound);
    assert_eq!(kind(store.copyfile(path("x"), path("c"), true)), ErrorKind::IsADirectory);
    assert_eq!(kind(store.copyfile(path("a"), path("x"), true)), ErrorKind::IsADirectory);
    assert_eq!(home.on_disk(), ["a", "b", "x", "x/y"]);
}

#[test]
fn renames_files() {
    let home = Home::new();
    home.put("a", "a");
    home.put("b", "b");
    home.store.mkdir(path("d")).expect("a directory");
    let rename = |from: &str, to: &str, overwrite| home.store.rename(path(from), path(to), overwrite);
    assert_eq!(kind(rename("a", "b", false)), ErrorKind::AlreadyExists);
    assert_eq!(kind(rename("a", "d", false)), ErrorKind::AlreadyExists);
    assert_eq!(kind(rename("a", "d", true)), ErrorKind::IsADirectory);
    assert_eq!(kind(rename("a", "a", false)), ErrorKind::AlreadyExists);
    assert_eq!(rename("a", "a", true), Ok(()));
    assert_eq!(rename("a", "b", true), Ok(()));
    assert_eq!(rename("b", "x/y/z", false), Ok(()));
    assert_eq!(home.read("x/y/z").as_deref(), Ok("a"));
    assert_eq!(kind(rename("b", "c", false)), ErrorKind::NotFound);
    assert_eq!(kind(rename("b", "p/q", false)), ErrorKind::NotFound);
    assert_eq!(home.on_disk(), ["d", "x", "x/y", "x/y/z"]);
}

#[test]
fn renames_directories_onto_nothing() {
    let home = Home::new();
    home.put("a/f", "f");
    home.store.mkdir(path("empty")).expect("a directory");
    let rename = |from: &str, to: &str, overwrite| home.store.rename(path(from), path(to), overwrite);
    for overwrite in [false, true] {
        assert_eq!(kind(rename("a", "empty", overwrite)), ErrorKind::AlreadyExists);
        assert_eq!(kind(rename("empty", "a/f", overwrite)), ErrorKind::AlreadyExists);
        assert_eq!(kind(rename("a", "a/b", overwrite)), ErrorKind::InvalidArgument);
        assert_eq!(kind(rename("a", "", overwrite)), ErrorKind::InvalidArgument);
    }
    assert_eq!(rename("a", "x/b", false), Ok(()));
    assert_eq!(home.on_disk(), ["empty", "x", "x/b", "x/b/f"]);
}

#[test]
fn a_name_of_the_same_file_is_replaced() {
    let home = Home::new();
    home.put("a", "a");
    std::fs::hard_link(home.root().join("a"), home.root().join("b")).expect("a second name");
    assert_eq!(home.store.rename(path("a"), path("b"), true), Ok(()));
    assert_eq!(home.on_disk(), ["b"]);
}

#[test]
fn removes_files_only() {
    let home = Home::new();
    home.put("d/f", "");
    assert_eq!(kind(home.store.remove(path("d"))), ErrorKind::IsADirectory);
    assert_eq!(kind(home.store.remove(path(""))), ErrorKind::IsADirectory);
    assert_eq!(kind(home.store.remove(path("x"))), ErrorKind::NotFound);
    assert_eq!(kind(home.store.remove(path("d/f/x"))), ErrorKind::NotFound);
    assert_eq!(home.store.remove(path("d/f")), Ok(()));
    assert_eq!(home.store.isdir(path("d")), Ok(true));
}
