//! Names and messages of a store reach a terminal with everything written out that it would act on; pipes get the bytes.

use larder_tests::TestHome;
use serde_json::{Value, json};

/// Characters that a terminal acts on: controls, those that turn text, those that end lines.
const ACTING: &[char] = &[
    '\u{1b}', '\u{7}', '\r', '\u{9b}', '\u{7f}', '\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}',
    '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}',
];

fn odd_name() -> String {
    format!("a{}z", ACTING.iter().collect::<String>())
}

fn answers() -> Value {
    let name = odd_name();
    json!({
        "listings": {"": [{"name": name}, {"error": name}, {"name": format!("../{name}")}]},
        "files": {name: {"text": "x"}},
    })
}

/// A terminal gets no such character but the ends of lines.
fn assert_safe(seen: &str, line: &str) {
    let seen = seen.replace("\r\n", "\n");
    let acting: Vec<char> = seen.chars().filter(|c| ACTING.contains(c)).collect();
    assert!(acting.is_empty(), "{line}: {acting:?} in {seen:?}");
}

#[test]
fn a_terminal_gets_nothing_that_it_would_act_on() {
    let home = TestHome::with_hostile(&answers());
    let name = odd_name();
    for command in ["ls", "ls -l", "ls -R", "walk", "tree", "du", "glob"] {
        for format in ["table", "json", "yaml", "csv"] {
            let at = if command == "glob" { "evil:*" } else { "evil:" };
            let line = format!("larder {command} {at} -o {format}");
            let seen = home.typed(&line).on_a_terminal();
            assert!(
                command == "du" || seen.contains("u{202e}") || seen.contains("u202e"),
                "{line}: {seen:?}"
            );
            assert_safe(&seen, &line);
        }
    }
    for format in ["table", "json", "yaml", "csv"] {
        let seen = home.larder(["stat", "-o", format]).arg(format!("evil:{name}")).on_a_terminal();
        assert_safe(&seen, "stat");
    }
    assert_safe(&home.larder(["cat"]).arg(format!("evil:{name}/none")).on_a_terminal(), "cat");
    // The bar of a copy moves the cursor by itself: without it only what the store said is left.
    assert_safe(&home.typed("larder get -q -r evil: [TMP]/t").on_a_terminal(), "get");
}

#[test]
fn yaml_on_a_terminal_is_still_the_same_data() {
    let home = TestHome::with_hostile(&json!({"listings": {"": [{"name": odd_name()}]}}));
    let seen = home.typed("larder ls evil: -o yaml").on_a_terminal();
    let row = seen.trim().strip_prefix("- ").expect("an item of a list");
    let row: Value = serde_json::from_str(row).expect("JSON is YAML");
    assert_eq!(row["name"], odd_name());
}

#[test]
fn a_pipe_gets_the_bytes() {
    let home = TestHome::with_hostile(&json!({"listings": {"": [{"name": odd_name()}]}}));
    home.typed("larder ls evil:").gives(0, &format!("{}\n", odd_name()), "");
    let csv = home.typed("larder ls evil: -o csv").ok();
    assert!(csv.contains(&odd_name()), "{csv:?}");
    let json = home.typed("larder ls evil:").json();
    assert_eq!(json[0]["name"], odd_name());
}
