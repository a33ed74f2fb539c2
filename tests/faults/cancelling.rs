//! The caller cancels while the service says nothing: the call ends soon, and takes back what it has begun.

use std::thread;
use std::time::{Duration, Instant};

use larder_plugin_api::{Detail, Error, ErrorKind, OpenMode};
use larder_tests::fault_proxy::{Fault, Recorded, Rule};

use crate::rig::{MIB, PART, Rig, content, fails, read_on};

/// A second, and what a machine that is busy with other tests adds to it.
const SOON: Duration = Duration::from_secs(3);

/// Calls, cancels once the request is there that nobody answers, and sees how soon the call ends.
fn ends_soon(rig: &Rig, is_it: fn(&Recorded) -> bool, call: impl FnOnce() -> Result<(), Error> + Send) {
    let (result, ended, cancelled) = thread::scope(|scope| {
        let call = scope.spawn(|| (call(), Instant::now()));
        rig.proxy.wait_for(is_it);
        rig.cancellation.cancel();
        let cancelled = Instant::now();
        let (result, ended) = call.join().expect("no call panics");
        (result, ended, cancelled)
    });
    fails(result, ErrorKind::Interrupted, "");
    let took = ended.saturating_duration_since(cancelled);
    assert!(took < SOON, "it took {took:?}");
    rig.cancellation.reset();
}

type Call = fn(&Rig) -> Result<(), Error>;

pub fn a_request_ends(rig: &Rig) {
    let calls: [Call; 5] = [
        |rig| rig.store.exists("a").map(drop),
        |rig| rig.store.listdir("", Detail::Kind).map(drop),
        |rig| rig.store.reader("a").map(drop),
        |rig| rig.store.remove("a"),
        |rig| rig.put("a", b"content", OpenMode::Write),
    ];
    for call in calls {
        rig.proxy.clear();
        rig.proxy.on(Rule::new(Fault::Silence));
        ends_soon(rig, |_| true, || call(rig));
    }
    rig.holds(&[]);
}

pub fn a_pause_before_the_next_attempt_ends(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::slow_down(15)));
    ends_soon(
        rig,
        |request| request.status == Some(503) || request.method == "HEAD",
        || rig.store.exists("a").map(drop),
    );
}

pub fn a_download_ends(rig: &Rig) {
    let rig = rig.with_file("large", &content(2 * PART + MIB, 1));
    rig.proxy.on(Rule::new(Fault::StallResponseAfter(MIB as u64)).method("GET"));
    ends_soon(
        rig,
        |request| request.method == "GET",
        || {
            let mut reader = rig.store.reader("large")?;
            read_on(&mut reader, Vec::new()).map(drop)
        },
    );
}

pub fn an_upload_ends_and_takes_its_parts_back(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::Silence).query("partNumber=2"));
    ends_soon(
        rig,
        |request| request.target.contains("partNumber=2"),
        || rig.put("large", &content(4 * PART, 1), OpenMode::Write),
    );
    rig.holds(&[]);
}

pub fn the_end_of_an_upload_ends_and_takes_its_parts_back(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::Silence).method("POST").query("uploadId"));
    let is_it = |request: &Recorded| request.method == "POST" && request.target.contains("uploadId");
    ends_soon(rig, is_it, || rig.put("large", &content(2 * PART, 1), OpenMode::Exclusive));
    rig.holds(&[]);
}

/// Taking the parts back is not waited for where nobody answers that either.
pub fn an_upload_ends_when_nobody_answers_at_all(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::Silence).query("partNumber=2"));
    rig.proxy.on(Rule::new(Fault::Silence).method("DELETE"));
    ends_soon(
        rig,
        |request| request.target.contains("partNumber=2"),
        || rig.put("large", &content(4 * PART, 1), OpenMode::Write),
    );
}

/// Azure: blocks that were not committed are nobody's file.
pub fn an_upload_in_blocks_ends_and_is_not_visible(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::Silence).query("blocklist"));
    ends_soon(
        rig,
        |request| request.target.contains("blocklist"),
        || rig.put("large", &content(3 * PART, 1), OpenMode::Write),
    );
    assert_eq!(rig.server.objects(&rig.bucket), []);
}
