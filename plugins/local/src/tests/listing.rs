//! Listings: order, details, and names that cannot be said.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use larder_plugin_api::Kind;

use super::*;

#[test]
fn lists_in_the_order_of_whole_paths_with_sizes_and_times() {
    let home = Home::new();
    for at in ["a/x", "a-1", "a.d", "a0"] {
        home.put(at, at);
    }
    assert_eq!(home.names(""), ["a-1", "a.d", "a", "a0"]);
    let entry = home.list("").expect("a listing").remove(0).expect("an entry");
    assert_eq!((entry.kind, entry.size), (Kind::File, Some(3)));
    assert_eq!(entry.modified, home.store.stat(path("a-1")).expect("a stat").modified);
    assert!(entry.modified.is_some());
}

#[test]
fn says_what_is_no_directory() {
    let home = Home::new();
    home.put("f", "");
    assert_eq!(kind(home.list("f")), ErrorKind::NotADirectory);
    assert_eq!(kind(home.list("f/x")), ErrorKind::NotFound);
    assert_eq!(kind(home.list("x")), ErrorKind::NotFound);
}

#[test]
fn a_name_that_is_not_utf8_is_an_error_among_entries() {
    let home = Home::new();
    home.put("d/a", "");
    std::fs::write(home.root().join("d").join(OsStr::from_bytes(b"b\xff")), "").expect("a file");
    home.put("d/c", "");
    let (listed, failed): (Vec<_>, Vec<_>) =
        home.list("d").expect("a listing").into_iter().partition(Result::is_ok);
    assert_eq!(listed.len(), 2);
    let error = failed[0].as_ref().expect_err("not UTF-8");
    assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidPath, "d/b\u{fffd}"));
    let walked = home.walk("", WalkOptions::default());
    assert_eq!(walked.iter().filter(|visit| visit.is_err()).count(), 1);
    assert_eq!(home.store.rmtree(path("d")), Ok(()));
    assert_eq!(home.on_disk(), [""; 0]);
}
