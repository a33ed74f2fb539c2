//! Every defect of a manifest with its exact text.

use serde_json::{Value, json};

use crate::library::inspect::manifest_bytes::{MANIFEST_LIMIT_BYTES, major, parse};

type Case = (fn(&mut Value), &'static str);

fn manifest() -> Value {
    json!({
        "manifest": 1, "api": "1.0.0", "library": "x", "version": "0.1.0", "panic": "unwind",
        "flavors": [{"type": "artifact_store", "name": "mem", "schemes": ["mem://", ""],
            "config": [{"name": "limit", "type": "bytes", "aliases": ["cap"]}, {"name": "mode", "type": "color"}]}]
    })
}

fn refusal(change: impl FnOnce(&mut Value)) -> String {
    let mut manifest = manifest();
    change(&mut manifest);
    parse(manifest.to_string().as_bytes()).expect_err("the manifest is wrong").to_string()
}

#[test]
fn takes_a_manifest_of_a_newer_minor_version_with_unknown_fields_and_types() {
    let mut newer = manifest();
    newer["api"] = json!("1.99.0-beta.1");
    newer["surprise"] = json!({"a": ["\u{1b}"]});
    let parsed = parse(newer.to_string().as_bytes()).expect("the manifest is right");
    assert_eq!(parsed.flavors[0].config[1].value_type, "color");
}

#[test]
fn takes_the_nul_byte_of_a_c_string() {
    let text = format!("{}\0", manifest());
    assert!(parse(text.as_bytes()).is_ok());
}

#[test]
fn names_the_field_that_is_wrong() {
    let cases: &[Case] = &[
        (|m| m["manifest"] = json!(2), "has a flavor manifest of version 2, this host reads version 1"),
        (
            |m| m["api"] = json!("2.3.4"),
            "is built with plugin API 2.3.4, this host has plugin API 1.0.0: the major versions must be equal",
        ),
        (
            |m| m["api"] = json!("one\u{1b}"),
            "has a flavor manifest with `one\\u{1b}` at `api`, expected was a version such as 1.0.0",
        ),
        (|m| m["panic"] = json!("abort"), "is built with panic strategy `abort`, `unwind` was expected"),
        (
            |m| m["panic"] = json!("maybe"),
            "has a flavor manifest with `maybe` at `panic`, expected was `unwind` or `abort`",
        ),
        (|m| m["flavors"] = json!([]), "has a flavor manifest that names no flavor"),
        (
            |m| m["flavors"][0]["name"] = json!("Mem"),
            "has a flavor manifest with `Mem` at `flavors[0].name`, expected was a lower case letter, then at most 63 \
             lower case letters, digits, `-` or `_`",
        ),
        (
            |m| m["flavors"][0]["schemes"] = json!(["mem://", "mem:"]),
            "has a flavor manifest with `mem:` at `flavors[0].schemes[1]`, expected was a scheme such as `s3://`, or an \
             empty text for plain absolute paths",
        ),
        (
            |m| m["flavors"][0]["schemes"] = json!([]),
            "has a flavor manifest with `[]` at `flavors[0].schemes`, expected was at least one scheme",
        ),
        (
            |m| m["flavors"][0]["config"][1]["name"] = json!("cap"),
            "has a flavor manifest with two config keys of the name `cap`, the second at `flavors[0].config[1].name`",
        ),
        (
            |m| m["flavors"][0]["config"][1]["name"] = json!("a b"),
            "has a flavor manifest with `a b` at `flavors[0].config[1].name`, expected was a letter or `_`, then letters, \
             digits, `-`, `_` or `.`",
        ),
        (
            |m| m["flavors"][0]["about"] = json!("red \u{1b}[31m"),
            "has a flavor manifest with a control character at `flavors[0].about`: `red \\u{1b}[31m`",
        ),
        (
            |m| m["library"] = json!("a\nb"),
            "has a flavor manifest with a control character at `library`: `a\\nb`",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(refusal(change), *expected);
    }
}

#[test]
fn names_the_second_of_two_flavors() {
    let text = refusal(|m| {
        let flavor = m["flavors"][0].clone();
        m["flavors"].as_array_mut().expect("a list").push(flavor);
    });
    assert_eq!(
        text,
        "has a flavor manifest with two flavors of the name `mem`, the second at `flavors[1].name`"
    );
}

#[test]
fn names_the_path_of_a_missing_or_mistyped_field() {
    let text = refusal(|m| drop(m["flavors"][0]["config"][1].as_object_mut().map(|key| key.remove("type"))));
    assert!(
        text.starts_with(
            "has a flavor manifest that is wrong at `flavors[0].config[1]`: missing field `type`"
        ),
        "{text}"
    );
    let text = refusal(|m| m["flavors"][0]["schemes"] = json!("mem://\u{1b}"));
    assert!(
        text.starts_with("has a flavor manifest that is wrong at `flavors[0].schemes`: invalid type: string"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "{text}");
    let text = refusal(|m| drop(m.as_object_mut().map(|manifest| manifest.remove("manifest"))));
    assert!(
        text.starts_with("has a flavor manifest that is wrong at `the top`: missing field `manifest`"),
        "{text}"
    );
}

#[test]
fn refuses_what_is_no_json() {
    for text in ["", "{", "{\"manifest\": 1} x", "nonsense"] {
        let error = parse(text.as_bytes()).expect_err(text);
        assert_eq!(error.to_string(), "has a flavor manifest that is not JSON");
        assert!(std::error::Error::source(&error).is_some());
    }
    let error = parse(b"{\"manifest\": \"\xff\"}").expect_err("not UTF-8");
    assert_eq!(error.to_string(), "has a flavor manifest that is not UTF-8: byte 14 is wrong");
    let deep = "[".repeat(100_000);
    assert!(parse(deep.as_bytes()).is_err());
}

#[test]
fn refuses_a_huge_manifest() {
    let huge = vec![b' '; usize::try_from(MANIFEST_LIMIT_BYTES).expect("small") + 1];
    let error = parse(&huge).expect_err("too large");
    assert_eq!(error.to_string(), "has a flavor manifest of 1048577 bytes, at most 1048576 are allowed");
}

#[test]
fn reads_versions() {
    assert_eq!(major("1.2.3"), Some(1));
    assert_eq!(major("10.0.0+x"), Some(10));
    for wrong in ["", "1", "1.2", "1.2.3.4", "a.b.c", "-1.0.0"] {
        assert_eq!(major(wrong), None, "{wrong}");
    }
}
