//! `larder flavor new`, from nothing to an artifact in a store of the new flavor, and what it refuses.

mod author;

use std::fs;
use std::os::unix::fs::symlink;

use author::Author;
use larder_tests::TestHome;
use serde_json::{Value, json};

#[test]
fn the_minimal_crate_works_by_the_commands_that_are_printed() {
    let author = Author::new("minimal");
    author.format();
    author.follow(&author.steps());
    let listed = author.home.larder(["ls", "my-shelf-minimal:docs"]).ok();
    assert_eq!(listed, "readme.md\n");
}

#[test]
fn the_full_crate_works_by_the_commands_that_are_printed() {
    let author = Author::new("full");
    author.format();
    // Its own tests run the check.
    let steps: Vec<String> =
        author.steps().into_iter().filter(|step| !step.contains("flavor check")).collect();
    author.follow(&steps);
    let listed = author.home.larder(["ls", "my-shelf-full:docs"]).ok();
    assert_eq!(listed, "readme.md\n");

    let set = ["store", "update", "my-shelf-full", "--durability=synced", "--token=hush"];
    let described = author.home.larder(set).ok() + &author.home.larder(["store", "describe", set[2]]).ok();
    assert!(!described.contains("hush"), "{described}");
    let refused = author.home.larder(["store", "update", "my-shelf-full", "--durability=eternal"]).fails();
    assert!(refused.contains("durability") && refused.contains("fast, synced"), "{refused}");
}

#[test]
fn what_an_author_changes_and_builds_the_next_command_uses() {
    let author = Author::named("shelf-changing", "minimal");
    author.follow(&author.steps()[..4]);
    let home = &author.home;
    home.larder(["store", "register", "mine", "--flavor", "shelf-changing", "--path"])
        .arg(format!("shelf-changing://{}", home.path("artifacts").display()))
        .ok();
    let kept_back = "mine:.shelf-changing-unfinished";
    let before = home.larder(["stat", kept_back]).fails();
    assert!(before.contains("the store needs this name itself"), "{before}");

    author.edit("src/lib.rs", "the store needs this name itself", "this name is ours");
    author.edit("src/lib.rs", "keeps artifacts as files below a directory", "a shelf");
    author.follow(&["cd shelf-changing".to_owned(), "cargo build".to_owned()]);
    let after = home.larder(["stat", kept_back]).fails();
    assert!(after.contains("this name is ours"), "{after}");

    let listed: Value = serde_json::from_str(&home.larder(["flavor", "list", "--json"]).ok()).expect("JSON");
    let rows = listed.as_array().expect("a list");
    let row = rows.iter().find(|row| row["name"] == "shelf-changing").expect("it is listed");
    assert_eq!(row["about"], "a shelf");
    assert_eq!(row["detail"], "unpinned: a changed file is used");
    assert_eq!(row["pinned"], false);
}

#[test]
fn json_has_the_names_and_the_commands() {
    let home = TestHome::new();
    let said = home.larder(["flavor", "new", "tape_robot", "--scheme", "tape", "--json"]).ok();
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(said["scheme"], "tape://");
    assert_eq!(said["package"], "larder-flavor-tape_robot");
    assert_eq!(said["template"], "minimal");
    assert_eq!(said["next"][0], "cd tape_robot");
    let manifest = fs::read_to_string(home.path("tape_robot/Cargo.toml")).expect("it is written");
    assert!(manifest.contains("larder-plugin-api = \"1.0\"\n"), "{manifest}");
}

#[test]
fn the_tutorial_has_the_commands_that_are_printed() {
    let home = TestHome::new();
    let said = home.larder(["flavor", "new", "shelf", "--json"]).ok();
    let said: Value = serde_json::from_str(&said).expect("JSON");
    let next: Vec<_> = said["next"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    let printed = next.join("\n").replace(".dylib", ".so");
    let tutorial = fs::read_to_string(author::plugin_api().join("README.md")).expect("it can be read");
    assert!(tutorial.contains(&format!("\n{printed}\n```\n")), "plugin-api/README.md lacks:\n{printed}");
}

#[test]
fn a_directory_that_is_not_empty_stays_as_it_is() {
    let home = TestHome::new();
    home.file("shelf/kept", "kept");
    let error = home.larder(["flavor", "new", "shelf"]).fails();
    assert_eq!(
        error,
        "error: `shelf` is not empty\nhint: give a directory that is empty or not there with --path\n"
    );
    assert_eq!(fs::read_dir(home.path("shelf")).expect("a directory").count(), 1);
    home.larder(["flavor", "new", "shelf", "--path", "other/shelf"]).ok();
    assert!(home.path("other/shelf/src/lib.rs").exists());
}

#[test]
fn the_current_directory_may_be_the_crate() {
    let home = TestHome::new();
    fs::create_dir(home.path("here")).expect("a directory");
    let here = home.path("here");
    home.larder(["flavor", "new", "shelf", "--path", "."]).current_dir(&here).ok();
    let mut names: Vec<_> = fs::read_dir(&here)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    assert_eq!(names, [".github", ".gitignore", "Cargo.toml", "README.md", "src"]);
}

#[test]
fn what_cannot_be_a_flavor_is_a_usage_error_and_writes_nothing() {
    let home = TestHome::new();
    for (arguments, hint) in [
        (["Shelf", "--scheme", "shelf"], "did you mean `shelf`?"),
        (["../shelf", "--scheme", "shelf"], "did you mean `shelf`?"),
        (["s3", "--scheme", "s3"], "give yours a name of its own, such as `my-s3`"),
        (["shelf", "--scheme", "my_shelf://"], "did you mean `my-shelf://`?"),
        (["shelf", "--api-path", "."], "it is `plugin-api` in a checkout of Larder"),
    ] {
        let error = home.larder(["flavor", "new"]).args(arguments).fails_with(2);
        assert!(error.contains(&format!("hint: {hint}\n")), "{error}");
    }
    assert_eq!(fs::read_dir(home.path("")).expect("a directory").count(), 0);
}

#[test]
fn a_parent_that_leads_elsewhere_gets_a_path_that_holds() {
    let home = TestHome::new();
    fs::create_dir_all(home.path("far/below")).expect("a directory");
    symlink(home.path("far/below"), home.path("link")).expect("a link");
    let api = author::plugin_api();
    home.larder(["flavor", "new", "shelf", "--path", "link/shelf", "--api-path"]).arg(&api).ok();
    let manifest = fs::read_to_string(home.path("far/below/shelf/Cargo.toml")).expect("it is written");
    let line = manifest.lines().find_map(|line| line.strip_prefix("larder-plugin-api = { path = \""));
    let path = line.and_then(|rest| rest.strip_suffix("\" }")).expect("a path");
    let found = home.path("far/below/shelf").canonicalize().expect("it is there").join(path);
    assert_eq!(found.canonicalize().expect("it leads there"), api);
    assert_eq!(json!(path).to_string(), format!("\"{path}\""), "nothing to escape");
}
