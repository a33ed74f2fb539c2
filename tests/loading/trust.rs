//! Which bytes may run: those that were accepted, of files that nobody else can write.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use larder::{RegisterFlavor, Status};
use larder_tests::TestHome;

use crate::fixtures::{add_to, host, lines_in, memory, misbehaving, misbehaving_store, refused, told, works};

#[test]
fn a_changed_file_is_refused_with_both_digests_and_the_command() {
    let home = TestHome::new();
    let host = host(&home);
    let ran = home.path("it-ran");
    let library = memory(&home, "libmemory.so");
    let accepted = host.register_flavor(&library, RegisterFlavor::default()).expect("it is taken").sha256;
    home.register_store(&crate::fixtures::host(&home), "m", "memory", Path::new("memory://m"));
    let evil = misbehaving(&home, "evil.so", &format!("load:write={}", ran.display()));
    fs::copy(evil, &library).expect("it is ours");

    let error = host.store("m").expect_err("it changed");
    let found = larder::library::identity::sha256_of(&library).expect("it can be read");
    let cause = error.causes().last().expect("a cause");
    assert!(cause.contains(&accepted) && cause.contains(&found), "{cause}");
    assert_eq!(
        told(&home, &error),
        [
            "error: artifact store `m` cannot be used",
            "caused by: flavor `memory` is not loaded: its library is not the one accepted on [TIME]",
            "caused by: library `[TMP]/libmemory.so` changed: SHA-256 [SHA-256] was accepted, the file is [SHA-256] now",
            "hint: if you trust the change: larder flavor update memory"
        ]
    );
    assert_eq!(host.flavor("memory").expect("it is known").status, Status::Changed);
    let list = home.larder(["flavor", "list"]).ok();
    assert!(list.contains("to accept it: larder flavor update memory"), "{list}");
    assert!(!ran.exists(), "bytes that were not accepted have run");
}

#[test]
fn an_update_accepts_a_changed_file() {
    let home = TestHome::new();
    let host = host(&home);
    let library = memory(&home, "libmemory.so");
    let before = host.register_flavor(&library, RegisterFlavor::default()).expect("it is taken").sha256;
    add_to(&library, "more");
    let accepted = host.update_flavor("memory").expect("it is accepted");
    assert_eq!(accepted.replaced, Some(before));
    home.register_store(&host, "m", "memory", Path::new("memory://m"));
    works(&host.store("m").expect("it is made"));
}

#[test]
fn an_update_to_a_library_without_the_flavor_says_so() {
    let home = TestHome::new();
    let host = host(&home);
    let library = memory(&home, "libmemory.so");
    host.register_flavor(&library, RegisterFlavor::default()).expect("it is taken");
    fs::copy(misbehaving(&home, "other.so", ""), &library).expect("it is ours");
    let error = host.update_flavor("memory").expect_err("it carries another flavor");
    assert_eq!(
        told(&home, &error),
        [
            "error: library `[TMP]/libmemory.so` does not carry flavor `memory` any more",
            "hint: larder flavor delete memory"
        ]
    );
}

#[test]
fn a_file_that_was_touched_and_is_the_same_is_used_and_remembered() {
    let home = TestHome::new();
    let host = host(&home);
    let loads = home.path("loads");
    let library = misbehaving(&home, "libx.so", &format!("load:write={}", loads.display()));
    host.register_flavor(&library, RegisterFlavor::default()).expect("it is taken");
    let identity =
        || host.registry().expect("it can be read").flavor("misbehaving").expect("it is known").identity;
    let before = identity();
    let bytes = fs::read(&library).expect("it can be read");
    fs::write(&library, bytes).expect("it is ours");
    assert_eq!(host.flavor("misbehaving").expect("it is known").status, Status::Ready);
    misbehaving_store(&host, "s", "").expect("it is made");
    assert_ne!(identity(), before);
    assert_eq!(identity(), Some(larder::library::identity::FileIdentity::of(&library).expect("it is there")));
    assert_eq!(lines_in(&loads), 2, "one trial at its registration, one load");
}

#[test]
fn an_unpinned_library_follows_its_file() {
    let home = TestHome::new();
    let host = host(&home);
    let library = misbehaving(&home, "libx.so", "");
    host.register_flavor(&library, RegisterFlavor { unpinned: true }).expect("it is taken");
    let store = misbehaving_store(&host, "a", "").expect("it is made");
    assert_eq!(store.exists("p"), Ok(true));
    let list = home.larder(["flavor", "list"]).ok();
    assert!(list.contains("unpinned: a changed file is used"), "{list}");

    misbehaving(&home, "libx.so", "exists");
    let store = misbehaving_store(&host, "b", "").expect("it is made");
    store.exists("p").expect_err("the new file panics");

    misbehaving(&home, "libx.so", "load:crash");
    let error = misbehaving_store(&host, "c", "").expect_err("the trial fails");
    assert_eq!(
        told(&home, &error),
        [
            "error: library `[TMP]/libx.so` failed its trial",
            "caused by: it crashed with signal 11 (SIGSEGV) while it was loaded",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );

    misbehaving(&home, "libx.so", "isdir");
    let store = misbehaving_store(&host, "d", "").expect("a mended file is used at once");
    assert_eq!(store.exists("p"), Ok(true));
    store.isdir("p").expect_err("the mended file panics elsewhere");
}

#[test]
fn a_file_that_others_can_write_is_refused_by_name_and_mode() {
    let home = TestHome::new();
    let host = host(&home);
    let library = memory(&home, "d/libmemory.so");
    fs::set_permissions(&library, Permissions::from_mode(0o666)).expect("it is ours");
    assert_eq!(
        refused(&host, &home, &library),
        [
            "error: library `[TMP]/d/libmemory.so` can be written by other users (mode 0666)",
            "hint: chmod go-w [TMP]/d/libmemory.so"
        ]
    );
    fs::set_permissions(&library, Permissions::from_mode(0o755)).expect("it is ours");
    fs::set_permissions(home.path("d"), Permissions::from_mode(0o777)).expect("it is ours");
    assert_eq!(
        refused(&host, &home, &library),
        ["error: directory `[TMP]/d` can be written by other users (mode 0777)", "hint: chmod go-w [TMP]/d"]
    );
    let link = home.path("link.so");
    std::os::unix::fs::symlink(&library, &link).expect("a link");
    assert_eq!(
        refused(&host, &home, &link),
        ["error: directory `[TMP]/d` can be written by other users (mode 0777)", "hint: chmod go-w [TMP]/d"]
    );
    fs::set_permissions(home.path("d"), Permissions::from_mode(0o755)).expect("it is ours");
    host.register_flavor(&library, RegisterFlavor::default()).expect("nobody else can write it now");
    home.register_store(&crate::fixtures::host(&home), "m", "memory", Path::new("memory://m"));
    fs::set_permissions(&library, Permissions::from_mode(0o777)).expect("it is ours");
    assert_eq!(
        told(&home, &host.store("m").expect_err("others can write it")),
        [
            "error: artifact store `m` cannot be used",
            "caused by: library `[TMP]/d/libmemory.so` can be written by other users (mode 0777)",
            "hint: chmod go-w [TMP]/d/libmemory.so"
        ]
    );
}

#[test]
fn a_missing_library_stops_nothing_but_its_use() {
    let home = TestHome::new();
    let host = host(&home);
    let library = memory(&home, "libmemory.so");
    host.register_flavor(&library, RegisterFlavor::default()).expect("it is taken");
    home.register_store(&crate::fixtures::host(&home), "m", "memory", Path::new("memory://m"));
    let elsewhere = home.path("elsewhere.so");
    fs::rename(&library, &elsewhere).expect("it is ours");

    assert_eq!(
        told(&home, &host.store("m").expect_err("it is gone")),
        [
            "error: artifact store `m` cannot be used",
            "caused by: library `[TMP]/libmemory.so` is missing",
            "hint: put it back, or tell where it is now: larder flavor register <PATH>"
        ]
    );
    let list = home.larder(["flavor", "list"]).ok();
    assert!(list.contains("missing") && list.contains("the library is gone"), "{list}");
    assert!(home.larder(["flavor", "describe", "memory"]).ok().contains("missing"));
    home.larder(["artifact-store", "list"]).ok();
    assert!(home.larder(["artifact-store", "describe", "m"]).ok().contains("memory://m"));
    home.larder(["artifact-store", "rename", "m", "n"]).ok();
    home.larder(["stack", "register", "dev", "--artifact-store", "n"]).ok();
    home.larder(["stack", "list"]).ok();

    host.register_flavor(&elsewhere, RegisterFlavor::default()).expect("it is found where it is now");
    works(&host.store("n").expect("it is made"));
    fs::remove_file(&elsewhere).expect("it is ours");
    home.larder(["stack", "delete", "dev", "--yes"]).ok();
    home.larder(["artifact-store", "delete", "n", "--yes"]).ok();
    home.larder(["flavor", "delete", "memory", "--yes"]).ok();
}
