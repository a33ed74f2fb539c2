//! Walks and removals of whole trees.

use super::*;

#[test]
fn walks_top_down_and_bottom_up() {
    let home = Home::new();
    for at in ["a/x", "a/b/y", "c/z", "f"] {
        home.put(at, "1");
    }
    let directories = |topdown| -> Vec<String> {
        let visits = home.walk("", WalkOptions::default().with_topdown(topdown));
        visits.into_iter().map(|visit| visit.expect("a directory").directory).collect()
    };
    assert_eq!(directories(true), ["", "a", "a/b", "c"]);
    assert_eq!(directories(false), ["a/b", "a", "c", ""]);
    let full = home.walk("a", WalkOptions::default().with_detail(Detail::Full));
    let visit = full[0].as_ref().expect("a directory");
    assert_eq!((visit.directories.len(), visit.files[0].size), (1, Some(1)));
    for (top, expected) in [("none", ErrorKind::NotFound), ("f", ErrorKind::NotADirectory)] {
        let visits = home.walk(top, WalkOptions::default());
        let error = visits[0].as_ref().expect_err("no directory");
        assert_eq!((visits.len(), error.kind(), error.path()), (1, expected, top));
    }
}

#[test]
fn a_tree_a_thousand_deep_is_written_walked_and_removed() {
    let home = Home::new();
    let deep = ["directory"; 1000].join("/");
    home.put(&format!("top/{deep}/file"), "1");
    assert_eq!(home.read(&format!("top/{deep}/file")).as_deref(), Ok("1"));
    for topdown in [true, false] {
        let visits = home.walk("top", WalkOptions::default().with_topdown(topdown));
        assert_eq!(visits.iter().filter(|visit| visit.is_ok()).count(), 1001);
    }
    assert_eq!(home.glob("**/file").len(), 1);
    assert_eq!(home.store.rmtree(path("top")), Ok(()));
    assert_eq!(home.on_disk(), [""; 0]);
}

#[test]
fn what_is_too_deep_is_an_error_of_that_directory_and_goes_all_the_same() {
    let home = Home::new();
    let deepest = vec!["d"; larder_plugin_api::MAX_LEVELS + 1].join("/");
    home.store.makedirs(path(&deepest)).expect("directories");
    home.put("z/file", "1");
    for topdown in [true, false] {
        let visits = home.walk("", WalkOptions::default().with_topdown(topdown));
        let (visits, failed): (Vec<_>, Vec<_>) = visits.into_iter().partition(Result::is_ok);
        assert_eq!(visits.len(), larder_plugin_api::MAX_LEVELS + 2);
        let error = failed[0].as_ref().expect_err("too deep");
        assert_eq!((failed.len(), error.kind(), error.path()), (1, ErrorKind::InvalidPath, deepest.as_str()));
    }
    assert_eq!(kind(home.list(&deepest)), ErrorKind::InvalidPath);
    assert_eq!(home.store.rmtree(path("d")), Ok(()));
    assert_eq!(home.on_disk(), ["z", "z/file"]);
}

#[test]
fn removes_more_directories_than_are_remembered_at_once() {
    let home = Home::new();
    for number in 0..3000 {
        std::fs::create_dir_all(home.root().join(format!("t/{number}/x"))).expect("directories");
    }
    assert_eq!(home.store.rmtree(path("t")), Ok(()));
    assert_eq!(home.on_disk(), [""; 0]);
}

#[test]
fn rmtree_takes_directories_only_and_no_neighbour() {
    let home = Home::new();
    home.put("run1/f", "");
    home.put("run10/f", "");
    assert_eq!(kind(home.store.rmtree(path("run1/f"))), ErrorKind::NotADirectory);
    assert_eq!(kind(home.store.rmtree(path("none"))), ErrorKind::NotFound);
    assert_eq!(home.store.rmtree(path("run1")), Ok(()));
    assert_eq!(home.on_disk(), ["run10", "run10/f"]);
    assert_eq!(home.store.rmtree(path("")), Ok(()));
    assert!(home.root().is_dir());
    assert_eq!(home.on_disk(), [""; 0]);
}

#[test]
fn globs_in_listing_order() {
    let home = Home::new();
    for at in ["a/1.md", "a-b/2.md", "a/c/3.md", "4.txt", "a/.h.md"] {
        home.put(at, "");
    }
    assert_eq!(home.glob("**/*.md"), ["a-b/2.md", "a/.h.md", "a/1.md", "a/c/3.md"]);
    assert_eq!(home.glob("*"), ["4.txt", "a-b", "a"]);
    assert_eq!(home.glob("a/c"), ["a/c"]);
    assert_eq!(home.glob("none/*"), [""; 0]);
    assert_eq!(home.glob("4.txt/*"), [""; 0]);
}
