//! A library in the host's process: loaded once, by however many threads, and never unloaded.

use std::path::Path;
use std::sync::Barrier;
use std::thread;

use larder::RegisterFlavor;
use larder_tests::TestHome;

use crate::fixtures::{add_to, host, is_mapped, lines_in, misbehaving, misbehaving_store, trusting_host};

#[test]
fn sixty_four_threads_that_first_use_a_flavor_at_once_cause_one_load() {
    let home = TestHome::new();
    let loads = home.path("loads");
    let library = misbehaving(&home, "libx.so", &format!("load:write={}", loads.display()));
    home.larder(["flavor", "register"]).arg(&library).ok();
    home.larder(["artifact-store", "register", "s", "--flavor", "misbehaving", "--path", "misbehaving://s"])
        .ok();
    let before = lines_in(&loads);
    let (host, start) = (host(&home), Barrier::new(64));
    thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                start.wait();
                let store = host.store("s").expect("it is made");
                assert_eq!(store.exists("p"), Ok(true));
            });
        }
    });
    assert_eq!(lines_in(&loads) - before, 1);
}

#[test]
fn sixty_four_threads_that_first_use_a_library_that_was_dropped_in_take_it_in_once() {
    let home = TestHome::new();
    let loads = home.path("loads");
    misbehaving(&home, "home/plugins/libx.so", &format!("load:write={}", loads.display()));
    let (host, start) = (host(&home), Barrier::new(64));
    thread::scope(|scope| {
        for number in 0..64 {
            let (host, start) = (&host, &start);
            scope.spawn(move || {
                start.wait();
                misbehaving_store(host, &format!("s{number}"), "").expect("it is made");
            });
        }
    });
    assert_eq!(lines_in(&loads), 2, "one trial, one load");
}

#[test]
fn a_library_is_never_unloaded() {
    let home = TestHome::new();
    let unloads = home.path("unloads");
    let library = misbehaving(&home, "libx.so", &format!("unload:write={}", unloads.display()));
    let host = trusting_host(&home);
    host.register_flavor(&library, RegisterFlavor::default()).expect("it is taken");
    drop(misbehaving_store(&host, "s", "").expect("it is made"));
    host.delete_flavor("misbehaving").expect_err("the store needs it");
    host.update(|registry| registry.delete_store("s")).expect("nobody needs it");
    host.delete_flavor("misbehaving").expect("nobody needs it");
    drop(host);
    assert!(is_mapped(&home.path("home/cache/libraries")), "it is mapped still");
    assert!(!unloads.exists(), "its destructor ran");
}

#[test]
fn a_new_version_is_loaded_beside_the_old_one() {
    let home = TestHome::new();
    let loads = home.path("loads");
    let host = host(&home);
    let library = misbehaving(&home, "libx.so", &format!("load:write={}", loads.display()));
    host.register_flavor(&library, RegisterFlavor::default()).expect("it is taken");
    let old = misbehaving_store(&host, "old", "").expect("it is made");
    add_to(&library, " exists");
    let accepted = host.update_flavor("misbehaving").expect("it is accepted");
    assert_ne!(accepted.replaced, None);
    assert_ne!(accepted.replaced, Some(accepted.sha256));
    let new = misbehaving_store(&host, "new", "").expect("it is made");
    assert_eq!(old.exists("p"), Ok(true), "the old version runs on");
    new.exists("p").expect_err("the new version panics");
    assert_eq!(old.exists("p"), Ok(true), "and the old one still does");
    // Twice in a trial, twice here.
    assert_eq!(lines_in(&loads), 4);
    assert!(is_mapped(Path::new("libx.so")));
}
