//! `larder tour`: everything once, on real files.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use larder_tests::{TestHome, command, library, link_or_copy};

/// A directory with the command and, as after a build, the library of flavor `local` beside it.
fn installed(home: &TestHome) -> PathBuf {
    let directory = home.path("bin");
    fs::create_dir(&directory).expect("a directory");
    link_or_copy(&command(), &directory.join("larder"));
    let library = library("local");
    fs::copy(&library, directory.join(library.file_name().expect("a name")))
        .expect("the library can be copied");
    directory.join("larder")
}

/// A directory with some files of all sorts.
fn files(home: &TestHome) {
    home.file("files/README.md", "# Larder\n");
    home.file("files/empty", "");
    home.file("files/deep/er/large.bin", vec![7; 300_000]);
    home.file("files/deep/Ünïcode 漢字.txt", "x");
    home.file("files/a/notes.md", "y");
    home.file("files/cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n");
}

struct Toured {
    code: Option<i32>,
    stdout: String,
    stderr: String,
    /// What is left in the directory for temporary files.
    left: usize,
}

fn tour(home: &TestHome, arguments: &[&str]) -> Toured {
    let temporary = home.path("tmp");
    fs::create_dir_all(&temporary).expect("a directory");
    let mut tour = Command::new(installed(home));
    tour.arg("tour").args(arguments).current_dir(home.path("files"));
    tour.env("LARDER_HOME", home.larder_home()).env("TMPDIR", &temporary);
    let output = tour.output().expect("it can be started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Toured {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        left: fs::read_dir(&temporary).expect("a directory").count(),
    }
}

#[test]
fn shows_every_step_as_a_command_and_ends_well() {
    let home = TestHome::new();
    files(&home);
    let toured = tour(&home, &[]);
    assert_eq!(toured.code, Some(0), "{}{}", toured.stdout, toured.stderr);
    assert_eq!(toured.stderr, "Everything that went in came out the same.\n");
    let typed: Vec<&str> = toured.stdout.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let begins = [
        "export LARDER_HOME=",
        "larder flavor register ",
        "larder artifact-store register tour --flavor local --path ",
        "larder stack register dev --artifact-store tour --set",
        "larder put -r --exclude-caches . tour:files",
        "larder ls tour:files",
        "larder walk tour:files",
        "larder glob 'tour:files/**/*.md'",
        "larder get -r tour:files ",
        "larder verify tour:files .; larder verify tour:files ",
        "larder mv tour:files tour:moved",
        "larder rm -r tour:moved",
        "rm -r ",
    ];
    assert_eq!(typed.len(), begins.len(), "{typed:#?}");
    for (typed, begin) in typed.iter().zip(begins) {
        assert!(typed.starts_with(begin), "{typed} does not begin with {begin}");
    }
    assert!(
        toured.stdout.contains("5 files, SHA-256") || toured.stdout.contains("5 files, "),
        "{}",
        toured.stdout
    );
    assert!(toured.stdout.contains("0 differences"), "{}", toured.stdout);
}

#[test]
fn leaves_nothing_behind_and_does_not_touch_the_files_nor_the_users_home() {
    let home = TestHome::new();
    files(&home);
    let toured = tour(&home, &[]);
    assert_eq!((toured.code, toured.left), (Some(0), 0), "{}", toured.stderr);
    assert!(!home.larder_home().exists(), "the user's own home is not touched");
    assert_eq!(fs::read_to_string(home.path("files/README.md")).expect("it is there"), "# Larder\n");
    assert_eq!(fs::read_dir(home.path("files")).expect("it is there").count(), 5);
}

#[test]
fn prints_its_steps_as_json() {
    let home = TestHome::new();
    files(&home);
    let toured = tour(&home, &["--json"]);
    let steps: serde_json::Value = serde_json::from_str(&toured.stdout).expect("it is JSON");
    let steps = steps.as_array().expect("an array");
    assert!(steps.len() > 8, "{steps:#?}");
    for step in steps {
        let keys: Vec<&String> = step.as_object().expect("objects").keys().collect();
        assert_eq!(keys, ["command", "said", "took_ms"]);
        assert!(step["took_ms"].is_number() && step["said"].is_string(), "{step}");
    }
}

#[test]
fn an_empty_directory_is_toured_too() {
    let home = TestHome::new();
    fs::create_dir(home.path("files")).expect("a directory");
    let toured = tour(&home, &[]);
    assert_eq!(toured.code, Some(0), "{}{}", toured.stdout, toured.stderr);
}

#[test]
fn a_directory_that_is_not_there_is_an_error() {
    let home = TestHome::new();
    home.larder(["tour", "nothing"]).gives(2, "", "error: `nothing` is no directory\n");
    home.file("a.txt", "A\n");
    home.larder(["tour", "a.txt"]).gives(2, "", "error: `a.txt` is no directory\n");
}

#[test]
fn without_the_library_it_says_what_to_build() {
    let home = TestHome::new();
    let text = home.larder(["tour"]).fails();
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    assert!(first.starts_with("error: the library `liblarder_flavor_local.so` is not in `"), "{text}");
    assert_eq!(lines.next(), Some("hint: build everything first: cargo build --release"));
    assert_eq!(lines.next(), None);
}
