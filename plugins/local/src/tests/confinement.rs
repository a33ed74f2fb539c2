//! Symbolic links: followed within the root, refused out of it, also while they change.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};

use larder_plugin_api::Kind;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::*;

/// A root with `in/file`, links to it, and links to `outside/secret`.
fn linked() -> Home {
    let home = Home::new();
    fs::create_dir(home.outside()).expect("a directory");
    fs::write(home.outside().join("secret"), "secret").expect("a file");
    home.put("in/file", "inner");
    symlink("in", home.root().join("dir")).expect("a link");
    symlink("../in/file", home.root().join("in/link")).expect("a link");
    symlink("../outside", home.root().join("out")).expect("a link");
    symlink(home.outside().join("secret"), home.root().join("absolute")).expect("a link");
    symlink("nowhere", home.root().join("dangling")).expect("a link");
    symlink("loop", home.root().join("loop")).expect("a link");
    home
}

#[test]
fn links_within_the_root_are_followed() {
    let home = linked();
    assert_eq!(home.read("dir/file").as_deref(), Ok("inner"));
    assert_eq!(home.read("in/link").as_deref(), Ok("inner"));
    assert_eq!(home.store.stat(path("dir")).map(|stat| stat.kind), Ok(Kind::Directory));
    assert_eq!(home.names("dir"), ["file", "link"]);
    home.put("dir/new", "x");
    assert_eq!(home.read("in/new").as_deref(), Ok("x"));
}

#[test]
fn links_that_lead_out_are_refused_by_every_operation() {
    let home = linked();
    let store = &home.store;
    for at in ["out/secret", "absolute"] {
        assert_eq!(kind(home.read(at)), ErrorKind::OutOfBounds, "{at}");
        assert_eq!(kind(home.writer(at, OpenMode::Write)), ErrorKind::OutOfBounds, "{at}");
        assert_eq!(kind(home.writer(at, OpenMode::Append)), ErrorKind::OutOfBounds, "{at}");
        assert_eq!(kind(store.stat(path(at))), ErrorKind::OutOfBounds, "{at}");
        assert_eq!(kind(store.copyfile(path(at), path("copy"), true)), ErrorKind::OutOfBounds, "{at}");
        assert_eq!(kind(store.copyfile(path("in/file"), path(at), true)), ErrorKind::OutOfBounds, "{at}");
    }
    assert_eq!(kind(home.list("out")), ErrorKind::OutOfBounds);
    for result in [
        store.mkdir(path("out/new")),
        store.makedirs(path("out/new/er")),
        store.remove(path("out/secret")),
        store.rmtree(path("out/dir")),
        store.rename(path("in/file"), path("out/file"), true),
        store.rename(path("out/secret"), path("file"), true),
    ] {
        assert_eq!(kind(result), ErrorKind::OutOfBounds);
    }
    let walked = home.walk("out", WalkOptions::default());
    assert_eq!(walked.len(), 1);
    assert_eq!(walked[0].as_ref().map_err(Error::kind), Err(ErrorKind::OutOfBounds));
    let outside: Vec<_> = fs::read_dir(home.outside()).expect("a directory").collect();
    assert_eq!(outside.len(), 1);
}

#[test]
fn a_listing_says_what_a_link_leads_to() {
    let home = linked();
    let listed = home.list("").expect("the root is listed").into_iter().map(|entry| entry.expect("an entry"));
    let kinds: Vec<_> = listed.map(|entry| (entry.name, entry.kind)).collect();
    let expected = [
        ("absolute", Kind::Other),
        ("dangling", Kind::Other),
        ("dir", Kind::Directory),
        ("in", Kind::Directory),
        ("loop", Kind::Other),
        ("out", Kind::Other),
    ];
    assert_eq!(kinds, expected.map(|(name, kind)| (name.to_owned(), kind)));
    assert_eq!(home.store.stat(path("dangling")).map(|stat| stat.kind), Ok(Kind::Other));
    assert_eq!(home.store.exists(path("dangling")), Ok(true));
    assert_eq!(kind(home.reader("dangling")), ErrorKind::NotFound);
    assert_eq!(kind(home.writer("dangling", OpenMode::Write)), ErrorKind::Unsupported);
}

#[test]
fn walks_and_patterns_do_not_enter_links() {
    let home = linked();
    let visits = home.walk("", WalkOptions::default());
    let directories: Vec<_> = visits.into_iter().map(|visit| visit.expect("a directory").directory).collect();
    assert_eq!(directories, ["", "in"]);
    assert_eq!(home.glob("**/file"), ["in/file"]);
    assert_eq!(home.glob("dir"), ["dir"]);
    assert_eq!(home.glob("d*"), ["dangling", "dir"]);
}

#[test]
fn remove_and_rmtree_take_the_link_itself() {
    let home = linked();
    for link in ["absolute", "out", "dangling", "loop", "in/link"] {
        assert_eq!(home.store.remove(path(link)), Ok(()), "{link}");
    }
    assert_eq!(home.store.rmtree(path("dir")), Ok(()));
    assert_eq!(home.read("in/file").as_deref(), Ok("inner"));
    symlink("../../outside", home.root().join("in/out")).expect("a link");
    assert_eq!(home.store.rmtree(path("in")), Ok(()));
    assert!(home.outside().join("secret").exists());
    assert_eq!(home.on_disk(), [""; 0]);
}

#[test]
fn a_write_to_a_link_replaces_the_link() {
    let home = linked();
    home.put("in/link", "new");
    assert_eq!(home.read("in/file").as_deref(), Ok("inner"));
    assert_eq!(home.read("in/link").as_deref(), Ok("new"));
}

/// A directory and a link out of the root swap names without end, while every operation goes through that name.
#[test]
fn a_link_swapped_during_the_call_does_not_lead_out() {
    let home = linked();
    let (name, other) = (home.root().join("swap"), home.root().join("other"));
    fs::create_dir(&name).expect("a directory");
    fs::write(name.join("secret"), "inner").expect("a file");
    symlink("../outside", &other).expect("a link");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                renameat_with(CWD, &name, CWD, &other, RenameFlags::EXCHANGE).expect("they swap");
            }
        });
        for round in 0..3000 {
            if let Ok(content) = home.read("swap/secret") {
                assert_eq!(content, "inner");
            }
            let _ = home.write("swap/planted", OpenMode::Write, "x");
            let _ = home.store.mkdir(path("swap/made"));
            let _ = home.store.rename(path("in/file"), path("swap/moved"), true);
            let _ = home.store.rename(path("swap/moved"), path("in/file"), true);
            let _ = home.store.copyfile(path("in/file"), path("swap/copied"), true);
            let _ = home.list("swap");
            if round % 10 == 0 {
                let _ = home.store.rmtree(path("swap/made"));
                let _ = home.store.remove(path("swap/planted"));
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    let names: Vec<_> = fs::read_dir(home.outside())
        .expect("a directory")
        .map(|e| e.expect("an entry").file_name())
        .collect();
    assert_eq!(names, ["secret"]);
    assert_eq!(fs::read_to_string(home.outside().join("secret")).expect("it is there"), "secret");
}

#[test]
fn rmtree_never_follows_a_link_that_appears_meanwhile() {
    let home = linked();
    let (name, other) = (home.root().join("tree/swap"), home.root().join("other"));
    symlink("../outside", &other).expect("a link");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let _ = renameat_with(CWD, &name, CWD, &other, RenameFlags::EXCHANGE);
            }
        });
        for _ in 0..500 {
            let _ = fs::create_dir_all(home.root().join("tree/swap/secret"));
            let _ = home.store.rmtree(path("tree"));
            let _ = symlink("../outside", &other);
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(fs::read_to_string(home.outside().join("secret")).expect("it is there"), "secret");
}
