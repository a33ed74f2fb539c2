//! Faults while a file is read: what comes is the file's content, or an error.

use std::time::Duration;

use larder_plugin_api::{ErrorKind, OpenMode};
use larder_tests::fault_proxy::{Fault, Rule};

use crate::rig::{MIB, PART, Rig, content, fails, read_on};

const SMALL: usize = 300_000;
const LARGE: usize = 2 * PART + MIB;

fn with_files(rig: &Rig) -> &Rig {
    rig.with_file("small", &content(SMALL, 1)).with_file("large", &content(LARGE, 2))
}

/// What the first answer of each kind has wrong with it does not reach the caller.
fn comes_all_the_same(rig: &Rig, fault: impl Fn(u64) -> Fault) {
    let rig = with_files(rig);
    rig.proxy.on(Rule::new(fault(100_000)).method("GET").path("small").first(1));
    assert!(rig.get("small").expect("it is asked for again") == content(SMALL, 1), "other bytes came");
    for number in 1..=3 {
        rig.proxy.clear();
        rig.proxy.on(Rule::new(fault(MIB as u64)).method("GET").path("large").nth(number));
        assert!(rig.get("large").expect("it is asked for again") == content(LARGE, 2), "other bytes came");
    }
}

fn fails_in_the_end(rig: &Rig, kind: ErrorKind, fault: impl Fn(u64) -> Fault) {
    let rig = with_files(rig);
    rig.proxy.on(Rule::new(fault(MIB as u64)).method("GET").path("large"));
    rig.proxy.on(Rule::new(fault(100_000)).method("GET").path("small"));
    for path in ["small", "large"] {
        assert!(fails(rig.get(path), kind, "").is_retryable());
    }
}

pub fn a_broken_connection_is_made_up_for(rig: &Rig) {
    comes_all_the_same(rig, Fault::ResetResponseAfter);
}

pub fn an_answer_that_ends_early_is_made_up_for(rig: &Rig) {
    comes_all_the_same(rig, Fault::TruncateResponseAfter);
}

pub fn an_answer_that_stops_is_made_up_for(rig: &Rig) {
    comes_all_the_same(rig, Fault::StallResponseAfter);
}

pub fn silence_is_made_up_for(rig: &Rig) {
    comes_all_the_same(rig, |_| Fault::Silence);
}

pub fn an_internal_error_is_made_up_for(rig: &Rig) {
    comes_all_the_same(rig, |_| Fault::internal_error());
}

pub fn connections_that_always_break_are_an_error(rig: &Rig) {
    fails_in_the_end(rig, ErrorKind::Unavailable, Fault::ResetResponseAfter);
}

pub fn answers_that_always_end_early_are_an_error(rig: &Rig) {
    fails_in_the_end(rig, ErrorKind::Unavailable, Fault::TruncateResponseAfter);
}

pub fn answers_that_always_stop_are_an_error(rig: &Rig) {
    fails_in_the_end(rig, ErrorKind::TimedOut, Fault::StallResponseAfter);
}

pub fn internal_errors_without_end_are_an_error(rig: &Rig) {
    fails_in_the_end(rig, ErrorKind::Unavailable, |_| Fault::internal_error());
}

/// Longer in all than `timeout`, which is about silence.
pub fn a_slow_answer_is_waited_for(rig: &Rig) {
    let rig = with_files(rig);
    let slow = Fault::SlowResponse { bytes: 30_000, pause: Duration::from_millis(150) };
    rig.proxy.on(Rule::new(slow).method("GET").path("small"));
    assert!(rig.get("small").expect("it comes") == content(SMALL, 1), "other bytes came");
    assert_eq!(rig.asked("GET", "small"), 1);
}

pub fn a_wrong_byte_of_a_small_file_is_seen(rig: &Rig) {
    let rig = with_files(rig);
    rig.proxy.on(Rule::new(Fault::CorruptResponseAt(10)).method("GET").path("small"));
    fails(rig.get("small"), ErrorKind::Corrupt, "differs from the checksum");
}

/// The first pieces were handed out before the last one shows that they are wrong.
pub fn a_wrong_byte_is_never_followed_by_a_good_end(rig: &Rig) {
    let rig = with_files(rig);
    rig.proxy.on(Rule::new(Fault::CorruptResponseAt(10)).method("GET").path("small").first(1));
    match rig.get("small") {
        Ok(read) => assert!(read == content(SMALL, 1), "other bytes came"),
        error => drop(fails(error, ErrorKind::Corrupt, "differs from the checksum")),
    }
}

/// No checksum of S3 is that of a range, or of what was uploaded in parts: only the length is known. This says what is
/// so, not what should be.
pub fn a_wrong_byte_of_a_large_file_cannot_be_seen(rig: &Rig) {
    let rig = with_files(rig);
    rig.proxy.on(Rule::new(Fault::CorruptResponseAt(10)).method("GET").path("large").first(1));
    let mut expected = content(LARGE, 2);
    expected[10] = !expected[10];
    assert!(rig.get("large").expect("nothing shows it") == expected);
}

pub fn a_file_that_is_replaced_meanwhile_is_never_mixed(rig: &Rig) {
    let rig = with_files(rig);
    let mut reader = rig.store.reader("large").expect("it is there");
    let mut first = [0];
    assert_eq!(reader.read(&mut first).expect("it begins"), 1);
    rig.put("large", &content(LARGE, 3), OpenMode::Write).expect("another can write it");
    fails(read_on(&mut reader, first.to_vec()), ErrorKind::Corrupt, "replaced");
    assert!(rig.get("large").expect("it is there") == content(LARGE, 3), "other bytes came");
}

pub fn a_file_that_is_removed_meanwhile_is_an_error(rig: &Rig) {
    let rig = with_files(rig);
    let mut reader = rig.store.reader("large").expect("it is there");
    let mut first = [0];
    assert_eq!(reader.read(&mut first).expect("it begins"), 1);
    rig.store.remove("large").expect("another can remove it");
    fails(read_on(&mut reader, first.to_vec()), ErrorKind::Corrupt, "removed");
}
