//! What a service says is wrong, and how the caller hears it: the kind, the words, and never that nothing is there.

use std::time::{Duration, Instant};

use larder::Store;
use larder_plugin_api::{Detail, Error, ErrorKind, OpenMode, WalkOptions};
use larder_tests::fault_proxy::{Fault, Rule};

use crate::rig::{Rig, fails};

type Operation = (&'static str, fn(&Store) -> Result<String, Error>);

fn write(store: &Store, mode: OpenMode) -> Result<String, Error> {
    let mut writer = store.writer("a/b", mode)?;
    writer.write(b"content")?;
    writer.close().map(|()| "written".to_owned())
}

fn told<T: std::fmt::Debug>(result: Result<T, Error>) -> Result<String, Error> {
    result.map(|value| format!("{value:?}"))
}

/// Every operation, with the first error that it gives.
const OPERATIONS: [Operation; 19] = [
    ("exists", |store| told(store.exists("a/b"))),
    ("isdir", |store| told(store.isdir("a/b"))),
    ("stat", |store| told(store.stat("a/b"))),
    ("size", |store| told(store.size("a/b"))),
    ("listdir", |store| told(store.listdir("a", Detail::Full)?.collect::<Result<Vec<_>, _>>())),
    ("listdir of the root", |store| told(store.listdir("", Detail::Kind)?.collect::<Result<Vec<_>, _>>())),
    ("glob", |store| told(store.glob("a/*.txt")?.collect::<Result<Vec<_>, _>>())),
    ("glob of a path", |store| told(store.glob("a/b")?.collect::<Result<Vec<_>, _>>())),
    ("deep glob", |store| told(store.glob("a/**")?.collect::<Result<Vec<_>, _>>())),
    ("walk", |store| told(store.walk("", WalkOptions::default())?.collect::<Result<Vec<_>, _>>())),
    ("open r", |store| told(store.reader("a/b"))),
    ("open w", |store| write(store, OpenMode::Write)),
    ("open x", |store| write(store, OpenMode::Exclusive)),
    ("open a", |store| write(store, OpenMode::Append)),
    ("mkdir", |store| told(store.mkdir("made"))),
    ("makedirs", |store| told(store.makedirs("made/too"))),
    ("remove", |store| told(store.remove("a/b"))),
    ("rmtree", |store| told(store.rmtree("a"))),
    ("copyfile and rename", |store| {
        let copied = store.copyfile("a/b", "c", true).err();
        let renamed = store.rename("a/b", "c", true).err();
        match (copied, renamed) {
            (Some(copied), Some(renamed)) if copied.kind() == renamed.kind() => Err(copied),
            other => Ok(format!("{other:?}")),
        }
    }),
];

/// Each operation fails with a kind and says something; those that do not are told together.
fn all_fail(store: &Store, kind: ErrorKind, said: &str) {
    let mut wrong = Vec::new();
    for (name, operation) in OPERATIONS {
        match operation(store) {
            Ok(value) => wrong.push(format!("{name} succeeds: {value}")),
            Err(error) if error.kind() != kind || !format!("{error}").contains(said) => {
                wrong.push(format!("{name}: {error}"));
            }
            error => drop(fails(error, kind, said)),
        }
    }
    assert!(wrong.is_empty(), "expected {kind}: {said}\n{}", wrong.join("\n"));
}

/// Of any service.
pub fn a_place_that_is_missing_is_named(rig: &Rig) {
    all_fail(&rig.store, ErrorKind::Unavailable, &format!("`{}` does not exist", rig.bucket));
    rig.proxy.clear();
    fails(rig.store.stat(""), ErrorKind::NotFound, "does not exist");
    assert_eq!(rig.proxy.requests().len(), 1, "{:?}", rig.proxy.requests());
}

pub fn a_missing_place_is_named_when_only_the_body_says_so(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::no_such_bucket()));
    all_fail(&rig.store, ErrorKind::Unavailable, "does not exist");
}

pub fn expired_credentials_are_said(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::expired_token()));
    all_fail(&rig.store, ErrorKind::Unauthenticated, "ExpiredToken");
}

pub fn a_wrong_clock_is_said(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::clock_skew()));
    all_fail(&rig.store, ErrorKind::Unauthenticated, "RequestTimeTooSkewed");
}

pub fn credentials_that_expire_during_an_upload_leave_nothing_visible(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::expired_token()).query("partNumber=2"));
    let content = crate::rig::content(2 * crate::rig::PART + 1, 1);
    fails(rig.put("large", &content, OpenMode::Write), ErrorKind::Unauthenticated, "ExpiredToken");
    rig.holds(&[]);
}

pub fn another_region_is_named(rig: &Rig) {
    for status in [301, 307] {
        rig.proxy.clear();
        rig.proxy.on(Rule::new(Fault::redirect(
            status,
            "eu-west-3",
            "http://127.0.0.1:1/elsewhere?X-Amz-Signature=0",
        )));
        all_fail(&rig.store, ErrorKind::Unavailable, "eu-west-3");
    }
}

/// Amazon says so as well, with 400, to who signs for another region.
pub fn a_region_that_was_signed_wrongly_is_named(rig: &Rig) {
    let message =
        "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-3'";
    rig.proxy.on(Rule::new(
        Fault::error(400, "AuthorizationHeaderMalformed", message)
            .with_header("x-amz-bucket-region", "eu-west-3"),
    ));
    all_fail(&rig.store, ErrorKind::Unavailable, "eu-west-3");
}

pub fn the_pause_that_a_service_asks_for_is_kept(rig: &Rig) {
    let rig = rig.with_file("file", b"content");
    rig.proxy.on(Rule::new(Fault::slow_down(1)).method("HEAD").first(1));
    let begin = Instant::now();
    assert!(rig.store.exists("file").expect("it is asked again"));
    assert!(begin.elapsed() >= Duration::from_secs(1), "it was asked again after {:?}", begin.elapsed());
    assert_eq!(rig.asked("HEAD", "file"), 2);
}

pub fn a_service_that_never_has_time_is_an_error(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::slow_down(0)));
    // An answer to HEAD has no body that says why.
    let error = fails(rig.store.stat("file"), ErrorKind::Unavailable, "without a reason");
    assert!(error.is_retryable());
    assert_eq!(rig.asked("HEAD", "file"), 4);
    fails(rig.put("file", b"", OpenMode::Write), ErrorKind::RateLimited, "SlowDown");
    rig.holds(&[]);
}

/// Longer than `retry_limit`: then there is no second attempt.
pub fn a_pause_without_end_is_cut_at_the_limit(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::slow_down(1000)));
    let begin = Instant::now();
    fails(rig.store.exists("file"), ErrorKind::TimedOut, "retry_limit");
    assert!(begin.elapsed() < Duration::from_secs(30), "it took {:?}", begin.elapsed());
}
