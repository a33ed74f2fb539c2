//! A reader that gives more or fewer bytes than its size is an error, and nothing of it is published.

use larder_tests::TestHome;
use serde_json::json;

fn home() -> TestHome {
    TestHome::with_hostile(&json!({
        "listings": {"": [{"name": "long"}, {"name": "right"}, {"name": "short"}]},
        "files": {
            "long": {"text": "0123456789", "more": 3},
            "short": {"text": "0123456789", "more": -3},
            "right": {"text": "0123456789"},
        },
    }))
}

#[test]
fn a_file_of_another_size_than_its_own_is_not_brought() {
    let home = home();
    for name in ["long", "short"] {
        let source = format!("evil:{name}");
        for command in
            [["get", &source, "here"], ["cp", &source, "mine:there"], ["mv", &source, "mine:there"]]
        {
            let told = home.larder(command).fails();
            assert!(told.contains("its size is 10 bytes"), "{command:?}: {told}");
        }
        assert!(!home.path("here").exists());
        assert_eq!(home.larder(["ls", "mine:"]).ok(), "");
    }
}

#[test]
fn in_a_tree_the_others_come_and_the_command_fails() {
    let home = home();
    for (number, command) in [["get", "-r"], ["cp", "-r"], ["sync", "-c"]].into_iter().enumerate() {
        let target = format!("{}tree{number}", if command[0] == "get" { "" } else { "mine:" });
        let outcome = home.larder([command[0], command[1], "evil:", &target]).run();
        assert_eq!(outcome.code, Some(1), "{command:?}: {}", outcome.stderr);
        assert_eq!(
            outcome.stderr.matches("its size is 10 bytes").count(),
            2,
            "{command:?}: {}",
            outcome.stderr
        );
    }
    assert!(home.path("tree0/right").exists() && !home.path("tree0/long").exists());
    assert_eq!(
        home.larder(["walk", "mine:"]).ok(),
        "mine:\nmine:tree1/\nmine:tree1/right\nmine:tree2/\nmine:tree2/right\n"
    );
}
