//! Names and paths that lead elsewhere are errors, told one by one, and never files.

use std::fs;
use std::path::Path;

use larder_tests::{Outcome, TestHome};
use serde_json::{Value, json};

/// A store whose root lists names that lead elsewhere, beside good ones.
fn listing() -> Value {
    json!({"listings": {
        "": [
            {"name": "/etc/larder-made"}, {"name": "../made"}, {"name": ".."}, {"name": "."}, {"name": ""},
            {"name": "a/b"}, {"name": "nul\u{0}"}, {"name": "d", "kind": "directory"}, {"name": "good"},
        ],
        "d": [{"name": "fine"}],
    }})
}

/// How many names of [`listing`] lead elsewhere.
const REFUSED: usize = 7;

/// A store that visits directories outside its top, beside a good one.
fn visits() -> Value {
    let files = json!([{"name": "x"}]);
    json!({"walk": [
        {"directory": "top", "directories": [], "files": [{"name": "good"}]},
        {"directory": "../made", "files": files},
        {"directory": "/made", "files": files},
        {"directory": "top/../../made", "files": files},
        {"directory": "other", "files": files},
        {"directory": "topped", "files": files},
        {"directory": "top//x", "files": files},
        {"directory": "top/z", "files": files},
    ], "listings": {"top": [{"name": "good"}, {"name": "z", "kind": "directory"}], "top/z": [{"name": "x"}], "other": []}})
}

fn refused(outcome: &Outcome) -> usize {
    outcome.stderr.matches("invalid path: the store ").count()
}

/// Everything in the home's directory but what Larder keeps there itself, as paths.
fn made(home: &TestHome) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending = vec![home.path("")];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path == home.larder_home() || path.extension().is_some_and(|extension| extension == "json") {
                continue;
            }
            if path.is_dir() {
                pending.push(path.clone());
            } else {
                let relative = path.strip_prefix(home.path("")).expect("it is below");
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_listing_gives_its_good_names_and_tells_of_the_others() {
    let home = TestHome::with_hostile(&listing());
    for (line, good) in [
        ("larder ls evil:", "d/\ngood\n"),
        ("larder ls -R evil:", "evil:\nd/\ngood\n\nevil:d:\nfine\n"),
        ("larder walk evil:", "evil:\nevil:good\nevil:d/\nevil:d/fine\n"),
        ("larder du evil:", "5\tevil:d\n10\tevil:\n"),
        ("larder tree evil:", "evil:\n├── d/\n│   └── fine\n└── good\n\n1 directory, 2 files\n"),
    ] {
        let outcome = home.typed(line).run();
        assert_eq!((outcome.code, refused(&outcome)), (Some(1), REFUSED), "{line}: {}", outcome.stderr);
        assert!(
            outcome.stderr.contains("invalid path: the store lists `../made`, which has a `/`"),
            "{line}"
        );
        assert_eq!(outcome.stdout.replace("a/b", ""), good, "{line}");
    }
}

#[test]
fn structured_output_has_no_name_that_leads_elsewhere() {
    let home = TestHome::with_hostile(&listing());
    for line in [
        "larder ls -R evil: --json",
        "larder walk evil: --json",
        "larder tree evil: --json",
        "larder tree evil: -o csv",
    ] {
        let outcome = home.typed(line).run();
        assert_eq!((outcome.code, refused(&outcome)), (Some(1), REFUSED), "{line}: {}", outcome.stderr);
        assert!(outcome.stdout.contains("good") && !outcome.stdout.contains("made"), "{}", outcome.stdout);
    }
}

#[test]
fn copies_of_a_tree_write_nothing_outside_their_target() {
    for (line, target) in [
        ("larder get -r evil: [TMP]/target/t", "target/t"),
        ("larder sync evil: [TMP]/target/t", "target/t"),
        ("larder sync --delete evil: [TMP]/target/t", "target/t"),
        ("larder cp -r evil: mine:target/t", "artifacts/target/t"),
        ("larder sync evil: mine:target/t", "artifacts/target/t"),
    ] {
        let home = TestHome::with_hostile(&listing());
        home.file("target/beside", "");
        home.file("artifacts/beside", "");
        let outcome = home.typed(line).run();
        assert_eq!((outcome.code, refused(&outcome)), (Some(1), REFUSED), "{line}: {}", outcome.stderr);
        let (d, good) = (format!("{target}/d/fine"), format!("{target}/good"));
        let mut expected = vec!["artifacts/beside", "target/beside", &d, &good];
        expected.sort_unstable();
        assert_eq!(made(&home), expected, "{line}");
        assert!(!Path::new("/etc/larder-made").exists());
    }
}

#[test]
fn visits_outside_the_top_are_dropped_with_their_entries() {
    for line in [
        "larder get -r evil:top [TMP]/target/t",
        "larder sync evil:top [TMP]/target/t",
        "larder sync --delete evil:top [TMP]/target/t",
    ] {
        let home = TestHome::with_hostile(&visits());
        home.file("target/beside", "");
        let outcome = home.typed(line).run();
        assert_eq!((outcome.code, refused(&outcome)), (Some(1), 6), "{line}: {}", outcome.stderr);
        assert_eq!(
            made(&home),
            ["target/beside", "target/t/good", "target/t/z/x"],
            "{line}: {}",
            outcome.stderr
        );
    }
    let home = TestHome::with_hostile(&visits());
    for (line, good) in [
        ("larder walk evil:top", "evil:top/\nevil:top/good\nevil:top/z/\nevil:top/z/x\n"),
        ("larder ls -R evil:top", "evil:top:\ngood\n\nevil:top/z:\nx\n"),
    ] {
        let outcome = home.typed(line).run();
        assert_eq!(
            (outcome.code, refused(&outcome), &*outcome.stdout),
            (Some(1), 6, good),
            "{}",
            outcome.stderr
        );
    }
}

#[test]
fn a_comparison_tells_of_the_names_that_it_left_out() {
    let home = TestHome::with_hostile(&listing());
    home.file("local/d/fine", "evil\n");
    home.file("local/good", "evil\n");
    let outcome = home.typed("larder verify evil: [TMP]/local").run();
    assert_ne!(outcome.code, Some(0));
    assert_eq!(refused(&outcome), REFUSED, "{}", outcome.stderr);
}

#[test]
fn matches_are_normalised_paths_that_match() {
    let found = json!({"glob": [
        {"name": "a.md"}, {"name": "../a.md"}, {"name": "/a.md"}, {"name": "a.txt"}, {"name": "d/a.md"}, {"name": "b.md"},
    ]});
    let outcome = TestHome::with_hostile(&found).typed("larder glob evil:*.md").run();
    assert_eq!((outcome.code, refused(&outcome)), (Some(1), 4), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "evil:a.md\nevil:b.md\n");
}

#[test]
fn a_file_and_a_directory_of_one_name_are_two_entries() {
    let both =
        json!({"listings": {"": [{"name": "a"}, {"name": "a", "kind": "directory"}], "a": [{"name": "b"}]}});
    let home = TestHome::with_hostile(&both);
    for (line, expected) in [
        ("larder ls evil:", "a\na/\n"),
        ("larder walk evil:", "evil:\nevil:a\nevil:a/\nevil:a/b\n"),
        ("larder tree evil:", "evil:\n├── a\n└── a/\n    └── b\n\n1 directory, 2 files\n"),
    ] {
        home.typed(line).gives(0, expected, "");
    }
}

#[test]
fn an_error_item_is_told_and_the_listing_goes_on() {
    let home =
        TestHome::with_hostile(&json!({"listings": {"": [{"name": "a"}, {"error": "gone"}, {"name": "b"}]}}));
    for (line, expected) in [
        ("larder ls evil:", "a\nb\n"),
        ("larder tree evil:", "evil:\n├── a\n└── b\n\n0 directories, 2 files\n"),
    ] {
        let outcome = home.typed(line).run();
        assert_eq!((outcome.code, &*outcome.stdout), (Some(1), expected), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("gone"), "{}", outcome.stderr);
    }
}
