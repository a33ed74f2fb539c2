//! Trees that do not come in listing order are not compared: nothing is removed because of them.

use larder_tests::TestHome;
use serde_json::{Value, json};

/// Sources that are out of order, and the words for it.
fn sources() -> Vec<(Value, &'static str)> {
    let d = || json!({"name": "d", "kind": "directory"});
    vec![
        (json!({"listings": {"": [{"name": "b"}, {"name": "a"}]}}), "it lists `a` after `b`"),
        (json!({"listings": {"": [{"name": "a"}, {"name": "a"}]}}), "it lists `a` twice"),
        (json!({"listings": {"": [d(), d()], "d": [{"name": "a"}]}}), "it lists `d` twice"),
        (
            json!({"walk": [{"directory": ""}, {"directory": "d"}, {"directory": "a"}]}),
            "it comes to directory `a` after `d`",
        ),
        (
            json!({"walk": [{"directory": "d"}, {"directory": "", "files": [{"name": "a"}]}]}),
            "it comes to directory `` after `d`",
        ),
    ]
}

#[test]
fn nothing_is_removed_because_a_source_is_out_of_order() {
    for (answers, words) in sources() {
        let home = TestHome::with_hostile(&answers);
        home.file("t/a", "old");
        home.file("t/d/a", "old");
        home.file("t/z", "old");
        let outcome = home.typed("larder sync --delete evil: [TMP]/t").run();
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        let said = format!("`evil:` cannot be compared: it is not in order: {words}");
        assert!(outcome.stderr.contains(&said), "{said}: {}", outcome.stderr);
        assert!(home.path("t/z").exists() && home.path("t/d/a").exists() && home.path("t/a").exists());
    }
}

#[test]
fn nothing_is_removed_from_a_target_that_is_out_of_order() {
    for (answers, words) in sources() {
        let home = TestHome::with_hostile(&answers);
        home.file("s/x", "new");
        let outcome = home.typed("larder sync --delete [TMP]/s evil:").run();
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(words), "{words}: {}", outcome.stderr);
        let changes = std::fs::read_to_string(home.path("changes")).unwrap_or_default();
        assert!(!changes.contains("remove") && !changes.contains("rmtree"), "{changes}");
    }
}

#[test]
fn a_comparison_does_not_call_missing_what_comes_out_of_order() {
    for (answers, words) in sources() {
        let home = TestHome::with_hostile(&answers);
        home.file("t/a", "evil\n");
        let outcome = home.typed("larder verify evil: [TMP]/t").run();
        assert_ne!(outcome.code, Some(0));
        assert!(outcome.stderr.contains(words), "{words}: {}", outcome.stderr);
    }
}
