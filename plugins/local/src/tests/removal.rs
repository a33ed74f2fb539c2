//! Removing what was read, and nothing else.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};

use larder_plugin_api::Removal;

use super::*;

fn etag(home: &Home, at: &str) -> String {
    home.store.stat(path(at)).expect("a stat").etag.expect("an etag")
}

fn remove(home: &Home, at: &str, etag: Option<&str>) -> Result<()> {
    home.store.remove_many(&[Removal { path: path(at), etag }]).expect("it was asked").remove(0)
}

#[test]
fn a_file_goes_only_with_the_etag_that_it_has() {
    let home = Home::new();
    home.put("a", "1");
    let old = etag(&home, "a");
    home.put("a", "2");
    assert_eq!(kind(remove(&home, "a", Some(&old))), ErrorKind::Changed);
    assert_eq!(home.read("a").as_deref(), Ok("2"));
    assert_eq!(remove(&home, "a", Some(&etag(&home, "a"))), Ok(()));
    assert_eq!(kind(remove(&home, "a", Some(&old))), ErrorKind::NotFound);
    assert_eq!(kind(remove(&home, "a", None)), ErrorKind::NotFound);
    assert_eq!(home.on_disk(), [""; 0]);
}

#[test]
fn each_of_many_has_its_own_answer() {
    let home = Home::new();
    home.put("a", "1");
    home.put("d/b", "2");
    let (right, wrong) = (etag(&home, "a"), "another");
    let files = [
        Removal { path: path("missing"), etag: None },
        Removal { path: path("a"), etag: Some(&right) },
        Removal { path: path("d/b"), etag: Some(wrong) },
        Removal { path: path("d"), etag: None },
        Removal { path: path("d"), etag: Some(wrong) },
        Removal { path: path(".larder-0.tmp"), etag: None },
    ];
    let answers = home.store.remove_many(&files).expect("it was asked");
    let kinds: Vec<_> = answers.iter().map(|answer| answer.as_ref().err().map(Error::kind)).collect();
    let expected = [
        Some(ErrorKind::NotFound),
        None,
        Some(ErrorKind::Changed),
        Some(ErrorKind::IsADirectory),
        Some(ErrorKind::IsADirectory),
        Some(ErrorKind::InvalidPath),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(answers[2].as_ref().expect_err("it stays").path(), "d/b");
    assert_eq!(home.on_disk(), ["d", "d/b"]);
}

#[test]
fn a_link_goes_with_the_etag_of_what_it_leads_to() {
    let home = Home::new();
    home.put("a", "1");
    symlink("a", home.root().join("link")).expect("a link");
    let seen = etag(&home, "link");
    assert_eq!(remove(&home, "link", Some(&seen)), Ok(()));
    assert_eq!(home.on_disk(), ["a"]);
}

#[test]
fn links_go_together_with_what_they_lead_to() {
    let home = Home::new();
    home.put("a", "1");
    symlink("a", home.root().join("link")).expect("a link");
    symlink("link", home.root().join("chain")).expect("a link");
    let etags = ["a", "link", "chain"].map(|at| etag(&home, at));
    let files = ["a", "link", "chain"].iter().zip(&etags);
    let files: Vec<_> = files.map(|(at, etag)| Removal { path: path(at), etag: Some(etag) }).collect();
    assert_eq!(home.store.remove_many(&files).expect("it was asked"), [Ok(()), Ok(()), Ok(())]);
    assert_eq!(home.on_disk(), [""; 0]);
}

/// One thread replaces a file without end; another removes what it has read. What was written last and not read before it
/// was removed must be there.
#[test]
fn no_write_is_removed_that_came_after_the_read() {
    let home = Home::new();
    let stop = AtomicBool::new(false);
    let removed = std::thread::scope(|scope| {
        let remover = scope.spawn(|| {
            let mut removed = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let Ok(mut reader) = home.reader("a") else { continue };
                let etag = reader.stat().expect("a stat").etag.expect("an etag");
                let mut content = [0; 20];
                let count = reader.read(&mut content).expect("it reads");
                if remove(&home, "a", Some(&etag)).is_ok() {
                    removed.push(String::from_utf8_lossy(&content[..count]).into_owned());
                }
            }
            removed
        });
        for number in 0..3000 {
            // Only what is not there is made, so that nothing is lost by being replaced.
            let text = number.to_string();
            while home.write("a", OpenMode::Exclusive, &text).is_err() {}
        }
        stop.store(true, Ordering::Relaxed);
        remover.join().expect("no panic")
    });
    let mut expected: Vec<_> = (0..3000).map(|number| number.to_string()).collect();
    if let Ok(last) = home.read("a") {
        assert_eq!(expected.pop(), Some(last));
    }
    assert_eq!(removed, expected);
}

#[test]
fn a_write_between_look_and_removal_stays() {
    let home = Home::new();
    home.put("a", "1");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // A foreign program, which replaces the file without asking.
            let other = home.outside();
            for number in 0..3000 {
                fs::write(&other, number.to_string()).expect("a file");
                fs::rename(&other, home.root().join("a")).expect("it is renamed");
            }
            stop.store(true, Ordering::Relaxed);
        });
        while !stop.load(Ordering::Relaxed) {
            // An etag of the past: the file was replaced since, or is replaced now.
            let Ok(stat) = home.store.stat(path("a")) else { continue };
            let etag = stat.etag.expect("an etag");
            std::thread::yield_now();
            if remove(&home, "a", Some(&etag)).is_err() {
                assert!(home.on_disk().len() <= 2, "{:?}", home.on_disk());
            }
        }
    });
    fs::write(home.root().join("a"), "last").expect("a file");
    assert_eq!(home.on_disk(), ["a"]);
}

#[test]
fn what_a_killed_removal_left_is_removed_or_given_back() {
    let home = Home::new();
    let described = |name: &str| {
        let found = rustix::fs::stat(home.root().join(name)).expect("a stat");
        format!("0_{:x}_{:x}_{:x}_{:x}_", found.st_ino, found.st_size, found.st_mtime, found.st_mtime_nsec)
    };
    for (name, aside) in [("meant", None), ("other", Some("0_1_2_3_4_")), ("newer", Some("0_1_2_3_4_"))] {
        home.put(name, name);
        let aside = aside.map_or_else(|| described(name), str::to_owned);
        let aside = home.root().join(crate::names::aside(&aside, name));
        fs::rename(home.root().join(name), aside).expect("it is renamed");
    }
    fs::write(home.root().join("newer"), "a write since").expect("a file");
    let later = Home { store: Arc::new(store_in(&home.root())), ..home };
    later.put("x", "1");
    assert_eq!(later.on_disk(), ["newer", "other", "x"]);
    assert_eq!(later.read("other").as_deref(), Ok("other"));
    assert_eq!(later.read("newer").as_deref(), Ok("a write since"));
}

#[test]
fn removes_a_directory_only_when_it_is_empty() {
    let home = Home::new();
    home.put("d/f", "");
    home.store.mkdir(path("empty")).expect("a directory");
    symlink("empty", home.root().join("link")).expect("a link");
    for (at, expected) in [
        ("d", ErrorKind::NotEmpty),
        ("d/f", ErrorKind::NotADirectory),
        ("link", ErrorKind::NotADirectory),
        ("missing", ErrorKind::NotFound),
        ("", ErrorKind::InvalidArgument),
    ] {
        assert_eq!(kind(home.store.remove_directory(path(at))), expected, "{at}");
    }
    fs::write(home.root().join("empty/.larder-7.tmp"), "left").expect("a leftover");
    assert_eq!(home.store.remove_directory(path("empty")), Ok(()));
    assert_eq!(home.on_disk(), ["d", "d/f", "link"]);
}

#[test]
fn two_stores_that_lead_to_one_file_say_so() {
    let home = Home::new();
    home.put("d/f", "");
    symlink("root/d", home.outside()).expect("a link");
    let other = store_in(&home.outside());
    let identity =
        |store: &LocalStore, at: &str| store.identity(path(at)).expect("it is found").expect("one");
    for (one, same) in [("d/f", "f"), ("d", ""), ("d/new/x", "new/x")] {
        assert_eq!(identity(&home.store, one).is_same(&identity(&other, same)), Some(true), "{one}");
    }
    assert_eq!(identity(&other, "f").is_within(&identity(&home.store, "")), Some(true));
    assert_eq!(identity(&home.store, "f").is_same(&identity(&other, "f")), Some(false));
}
