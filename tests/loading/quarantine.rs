//! A library that crashed, hung or broke a rule: not loaded again, shown with the reason, and lifted when it is mended.

use std::fs;

use larder::{RegisterFlavor, Status};
use larder_tests::TestHome;

use crate::fixtures::{
    host, lines_in, misbehaving, misbehaving_store, prove_that_others_work, refused, replace, told,
    trusting_host,
};

const STORE: [&str; 7] =
    ["artifact-store", "register", "s", "--flavor", "misbehaving", "--path", "misbehaving://s"];

#[test]
fn is_shown_with_reason_and_time_and_the_others_work() {
    let home = TestHome::new();
    let host = host(&home);
    refused(&host, &home, &misbehaving(&home, "libx.so", "load:crash"));
    let known = host.flavor("misbehaving").expect("it is known");
    let Status::Quarantined { reason, when } = known.status else { panic!("{:?}", known.status) };
    assert_eq!(reason, "it crashed with signal 11 (SIGSEGV) while it was loaded");
    assert!(when.starts_with("20") && when.contains('T'), "{when}");
    let list = home.larder(["flavor", "list"]).ok();
    assert!(list.contains("quarantined") && list.contains(&reason), "{list}");
    let error = misbehaving_store(&host, "s", "").expect_err("it is not loaded");
    assert_eq!(
        told(&home, &error),
        [
            "error: flavor `misbehaving` is in quarantine since [TIME]: library `[TMP]/libx.so` is not loaded",
            "caused by: it crashed with signal 11 (SIGSEGV) while it was loaded",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
    prove_that_others_work(&host, &home);
}

#[test]
fn is_not_tried_at_each_use() {
    let home = TestHome::new();
    let host = host(&home);
    let loads = home.path("loads");
    let faults = format!("load:write={} load:crash", loads.display());
    let library = misbehaving(&home, "libx.so", &faults);
    refused(&host, &home, &library);
    for name in ["a", "b", "c"] {
        misbehaving_store(&host, name, "").expect_err("it is not loaded");
    }
    assert_eq!(lines_in(&loads), 1);
    // A file that was touched is tried once more, and once only.
    fs::write(home.path("same"), fs::read(&library).expect("it is there")).expect("a copy");
    replace(&library, &home.path("same"));
    fs::set_permissions(&library, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("it is ours");
    for name in ["a", "b", "c"] {
        misbehaving_store(&host, name, "").expect_err("it is not loaded");
    }
    assert_eq!(lines_in(&loads), 2);
}

#[test]
fn is_lifted_by_retry_when_the_trial_is_good() {
    let home = TestHome::new();
    let host = host(&home);
    let trouble = home.file("trouble", "");
    let library = misbehaving(&home, "libx.so", &format!("load:crash-if={}", trouble.display()));
    refused(&host, &home, &library);
    let error = host.retry_flavor("misbehaving").expect_err("it crashes still");
    assert_eq!(
        told(&home, &error),
        [
            "error: library `[TMP]/libx.so` failed its trial",
            "caused by: it crashed with signal 11 (SIGSEGV) while it was loaded",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
    fs::remove_file(trouble).expect("it is ours");
    host.retry_flavor("misbehaving").expect("it is mended");
    misbehaving_store(&host, "s", "").expect("it is made");
    let error = host.retry_flavor("misbehaving").expect_err("there is nothing to retry");
    assert_eq!(told(&home, &error), ["error: flavor `misbehaving` is not in quarantine"]);
}

#[test]
fn is_lifted_by_a_changed_file_that_was_never_accepted() {
    let home = TestHome::new();
    let host = host(&home);
    let library = misbehaving(&home, "libx.so", "load:crash");
    refused(&host, &home, &library);
    misbehaving(&home, "libx.so", "");
    assert_eq!(host.flavor("misbehaving").expect("it is known").status, Status::Ready);
    misbehaving_store(&host, "s", "").expect("it is made");
}

#[test]
fn a_changed_file_does_not_slip_in_where_another_was_accepted() {
    let home = TestHome::new();
    let trouble = home.path("trouble");
    let library = misbehaving(&home, "libx.so", &format!("load:crash-if={}", trouble.display()));
    let host = host(&home);
    host.register_flavor(&library, RegisterFlavor::default()).expect("it is taken");
    home.file("trouble", "");
    host.update_flavor("misbehaving").expect_err("it crashes now");
    let ran = home.path("it-ran");
    misbehaving(&home, "libx.so", &format!("load:write={}", ran.display()));
    assert_eq!(host.flavor("misbehaving").expect("it is known").status, Status::Changed);
    let error = misbehaving_store(&host, "s", "").expect_err("it was never accepted");
    assert_eq!(
        told(&home, &error),
        [
            "error: flavor `misbehaving` is not loaded: its library is not the one accepted on [TIME]",
            "caused by: library `[TMP]/libx.so` changed: SHA-256 [SHA-256] was accepted, the file is [SHA-256] now",
            "hint: if you trust the change: larder flavor update misbehaving"
        ]
    );
    let error = host.retry_flavor("misbehaving").expect_err("to retry is not to accept");
    assert_eq!(
        told(&home, &error)[1..],
        [
            "caused by: library `[TMP]/libx.so` changed: SHA-256 [SHA-256] was accepted, the file is [SHA-256] now",
            "hint: if you trust the change: larder flavor update misbehaving"
        ]
    );
    assert!(!ran.exists(), "bytes that were not accepted have run");
    host.update_flavor("misbehaving").expect("it is accepted");
    misbehaving_store(&host, "s", "").expect("it is made");
}

/// The mark that the first process left is what the second one sees.
#[test]
fn a_crash_of_the_host_is_noticed_by_the_next_one() {
    let home = TestHome::new();
    let trouble = home.path("trouble");
    let library = misbehaving(&home, "libx.so", &format!("load:crash-if={}", trouble.display()));
    home.larder(["flavor", "register"]).arg(&library).ok();
    home.larder(STORE).ok();
    home.file("trouble", "");
    let crashed = home.larder(["ls", "s:"]).run();
    assert_eq!(crashed.code, None, "{}", crashed.stderr);
    let said = home.larder(["ls", "s:"]).fails();
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "error: artifact store `s` cannot be used",
            "caused by: library `[TMP]/libx.so` failed its trial",
            "caused by: it crashed with signal 11 (SIGSEGV) while it was loaded",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
    let status = host(&home).flavor("misbehaving").expect("it is known").status;
    assert!(matches!(status, Status::Quarantined { .. }), "{status:?}");
    fs::remove_file(trouble).expect("it is ours");
    home.larder(["flavor", "retry", "misbehaving"]).ok();
    home.larder(["ls", "s:"]).ok();
}

#[test]
fn a_library_that_crashes_hosts_and_no_trial_is_not_loaded_a_third_time() {
    let home = TestHome::new();
    let library = misbehaving(&home, "libx.so", "load:crash-untried");
    home.larder(["flavor", "register"]).arg(&library).ok();
    for _ in 0..2 {
        assert_eq!(home.larder(STORE).run().code, None, "it crashes");
    }
    let said = home.larder(STORE).fails();
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "error: library `[TMP]/libx.so` is not loaded any more",
            "caused by: a host ended while it loaded it, 2 times",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
    home.larder(["flavor", "list"]).ok();
}

#[test]
fn a_host_without_trials_does_not_load_what_a_host_died_of() {
    let home = TestHome::new();
    let library = misbehaving(&home, "libx.so", "load:crash-untried");
    home.larder(["flavor", "register"]).arg(&library).ok();
    assert_eq!(home.larder(STORE).run().code, None, "it crashes");
    let error = misbehaving_store(&trusting_host(&home), "s", "").expect_err("it is not loaded");
    assert_eq!(
        told(&home, &error),
        [
            "error: library `[TMP]/libx.so` is not loaded any more",
            "caused by: a host ended while it loaded it",
            "hint: when it is mended: larder flavor retry misbehaving"
        ]
    );
}
