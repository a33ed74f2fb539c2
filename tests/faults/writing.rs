//! Faults while a file is written: it is there whole or not at all, the caller is told which, and no upload is left over.

use larder_plugin_api::{ErrorKind, OpenMode};
use larder_tests::fault_proxy::{Fault, Rule};

use crate::rig::{MIB, PART, Rig, content, fails};

const LARGE: usize = 2 * PART + MIB;

/// The requests that a small and a large upload to S3 are made of.
fn rules(fault: &Fault) -> [Rule; 4] {
    let rule = || Rule::new(fault.clone());
    [
        rule().method("PUT").path("small"),
        rule().method("POST").path("large").query("uploads"),
        rule().method("PUT").path("large").query("partNumber=2"),
        rule().method("POST").path("large").query("uploadId"),
    ]
}

fn both_are_written(rig: &Rig, mode: OpenMode) {
    for (path, len) in [("small", 1000), ("large", LARGE)] {
        rig.put(path, &content(len, 1), mode).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(rig.get(path).expect("it is there") == content(len, 1), "other bytes are in {path}");
    }
    rig.holds(&["large", "small"]);
}

fn each_once(rig: &Rig, fault: &Fault) {
    for rule in rules(fault) {
        rig.proxy.on(rule.first(1));
    }
    both_are_written(rig, OpenMode::Write);
}

fn each_always(rig: &Rig, kind: ErrorKind, fault: &Fault) {
    for rule in rules(fault) {
        rig.proxy.clear();
        rig.proxy.on(rule);
        let results = [("small", 1000), ("large", LARGE)]
            .map(|(path, len)| rig.put(path, &content(len, 1), OpenMode::Write));
        let mut errors = results.into_iter().filter(Result::is_err);
        assert!(fails(errors.next().expect("one of them fails"), kind, "").is_retryable());
        assert!(errors.next().is_none(), "one request is made by one of them only");
        rig.proxy.clear();
        for path in ["small", "large"] {
            if rig.store.exists(path).expect("nothing is wrong any more") {
                rig.store.remove(path).expect("nothing is wrong any more");
            }
        }
        rig.holds(&[]);
    }
}

pub fn an_upload_that_breaks_off_is_sent_again(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::ResetRequestAfter(500)).method("PUT").path("small").first(1));
    rig.proxy.on(Rule::new(Fault::ResetRequestAfter(MIB as u64)).query("partNumber=1").first(1));
    rig.proxy.on(Rule::new(Fault::ResetRequestAfter(MIB as u64)).query("partNumber=2").first(1));
    both_are_written(rig, OpenMode::Write);
}

pub fn uploads_that_always_break_off_leave_nothing(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::ResetRequestAfter(500)).method("PUT"));
    for (path, len) in [("small", 1000), ("large", LARGE)] {
        let error = fails(rig.put(path, &content(len, 1), OpenMode::Write), ErrorKind::Unavailable, "");
        assert!(error.is_retryable());
    }
    rig.holds(&[]);
}

pub fn an_internal_error_is_made_up_for(rig: &Rig) {
    each_once(rig, &Fault::internal_error());
}

pub fn silence_is_made_up_for(rig: &Rig) {
    each_once(rig, &Fault::Silence);
}

pub fn internal_errors_without_end_leave_nothing(rig: &Rig) {
    each_always(rig, ErrorKind::Unavailable, &Fault::internal_error());
}

pub fn silence_without_end_leaves_nothing(rig: &Rig) {
    each_always(rig, ErrorKind::TimedOut, &Fault::Silence);
}

/// S3 may begin to answer 200 before it knows.
pub fn an_error_in_an_answer_of_success_is_made_up_for(rig: &Rig) {
    let fault = Fault::error(200, "InternalError", "We encountered an internal error. Please try again.");
    rig.proxy.on(Rule::new(fault).method("POST").query("uploadId").first(1));
    both_are_written(rig, OpenMode::Write);
}

pub fn a_lost_answer_is_asked_for_again(rig: &Rig) {
    for rule in
        rules(&Fault::LoseResponse).into_iter().enumerate().filter(|(at, _)| *at != 1).map(|(_, rule)| rule)
    {
        rig.proxy.on(rule.first(1));
    }
    both_are_written(rig, OpenMode::Write);
}

/// Who is asked twice says that it is there: it is ours.
pub fn a_lost_answer_does_not_turn_ones_own_file_into_anothers(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::LoseResponse).method("PUT").path("small").first(1));
    rig.proxy.on(Rule::new(Fault::LoseResponse).method("POST").path("large").query("uploadId").first(1));
    both_are_written(rig, OpenMode::Exclusive);
    for path in ["small", "large"] {
        fails(rig.put(path, b"another", OpenMode::Exclusive), ErrorKind::AlreadyExists, "");
        let metadata = rig.store.stat(path).expect("it is there").metadata;
        assert!(metadata.is_empty(), "what tells whose it is is nobody's business: {metadata:?}");
    }
    rig.holds(&["large", "small"]);
}

/// Any service: the first answer to what makes the file is lost.
pub fn a_lost_answer_to_an_exclusive_write_is_no_failure(rig: &Rig) {
    for method in ["PUT", "POST"] {
        rig.proxy.on(Rule::new(Fault::LoseResponse).method(method).first(1));
    }
    rig.put("new", b"mine", OpenMode::Exclusive).expect("it is ours");
    fails(rig.put("new", b"mine", OpenMode::Exclusive), ErrorKind::AlreadyExists, "");
    assert_eq!(rig.get("new").expect("it is there"), b"mine");
    rig.holds(&["new"]);
}

/// The same content, but not the same writer: whoever comes second is told so.
pub fn what_another_wrote_is_anothers_after_a_lost_request(rig: &Rig) {
    let writer = rig.store.writer("lock", OpenMode::Exclusive).expect("it is free");
    rig.put("lock", b"", OpenMode::Exclusive).expect("it is free still");
    rig.proxy.on(Rule::new(Fault::LoseResponse).method("PUT").first(1));
    fails(writer.close(), ErrorKind::AlreadyExists, "");
    rig.holds(&["lock"]);
}

pub fn a_lost_answer_to_an_append_appends_once(rig: &Rig) {
    let rig = rig.with_file("log", b"one ");
    rig.proxy.on(Rule::new(Fault::LoseResponse).method("PUT").first(1));
    rig.put("log", b"two", OpenMode::Append).expect("it is ours");
    assert_eq!(rig.get("log").expect("it is there"), b"one two");
}

pub fn a_lost_answer_does_not_turn_ones_own_directory_into_anothers(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::LoseResponse).method("PUT").first(1));
    rig.store.mkdir("made").expect("it is ours");
    fails(rig.store.mkdir("made"), ErrorKind::AlreadyExists, "");
    rig.holds(&["made/"]);
}

/// Amazon forgets an upload when it is complete; moto does not.
pub fn an_upload_that_is_complete_and_forgotten_is_no_failure(rig: &Rig) {
    let forgotten = Fault::error(404, "NoSuchUpload", "The specified upload does not exist.");
    for mode in [OpenMode::Write, OpenMode::Exclusive] {
        rig.proxy.clear();
        rig.proxy.on(Rule::new(Fault::LoseResponse).method("POST").query("uploadId").first(1));
        rig.proxy.on(Rule::new(forgotten.clone()).method("POST").query("uploadId"));
        let path = mode.as_str();
        rig.put(path, &content(LARGE, 1), mode).expect("it is there");
        assert!(rig.get(path).expect("it is there") == content(LARGE, 1), "other bytes came");
    }
    rig.holds(&["w", "x"]);
}

pub fn an_upload_that_another_has_ended_is_said(rig: &Rig) {
    let forgotten = Fault::error(404, "NoSuchUpload", "The specified upload does not exist.");
    rig.proxy.on(Rule::new(forgotten).method("POST").query("uploadId"));
    let result = rig.put("large", &content(LARGE, 1), OpenMode::Write);
    fails(result, ErrorKind::Unavailable, "does not know the upload any more");
    rig.holds(&[]);
}

pub fn a_lost_answer_to_a_removal_is_no_failure(rig: &Rig) {
    let rig = rig.with_file("old", b"old");
    rig.proxy.on(Rule::new(Fault::LoseResponse).method("DELETE").first(1));
    rig.proxy.on(Rule::new(Fault::LoseResponse).method("POST").first(1));
    rig.store.remove("old").expect("it was removed");
    rig.holds(&[]);
}

pub fn a_writer_that_is_dropped_takes_its_parts_back(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::internal_error()).method("DELETE").first(1));
    let mut writer = rig.store.writer("large", OpenMode::Write).expect("it can be written");
    writer.write(&content(LARGE, 1)).expect("nothing is wrong");
    drop(writer);
    rig.holds(&[]);
}

/// On `MinIO`, which compares the checksum that comes with an upload.
pub fn a_wrong_byte_in_an_upload_is_refused(rig: &Rig) {
    rig.proxy.on(Rule::new(Fault::CorruptRequestAt(10)).method("PUT"));
    fails(rig.put("small", &content(1000, 1), OpenMode::Write), ErrorKind::Corrupt, "");
    rig.holds(&[]);
}
