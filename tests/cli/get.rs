//! `larder get`: files of a store onto this machine.

use std::fs;

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn copies_a_file() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder get mine:docs/readme.md back.md
    "#]]);
    assert_eq!(fs::read_to_string(home.path("back.md")).expect("a file"), "# Larder\n");
}

#[test]
fn into_a_directory_files_keep_their_names() {
    let home = TestHome::with_files();
    fs::create_dir(home.path("here")).expect("a directory");
    home.play(&expect![[r#"
        $ larder get mine:docs/readme.md mine:notes.txt here
        $ larder get mine:docs/readme.md .
    "#]]);
    assert!(home.path("here/readme.md").is_file() && home.path("here/notes.txt").is_file());
    assert!(home.path("readme.md").is_file());
}

#[test]
fn does_not_make_directories_for_a_file() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder get mine:notes.txt nowhere/notes.txt
        ! error: cannot write `nowhere/notes.txt`
        ! caused by: No such file or directory (os error 2)
        ! hint: mkdir -p nowhere
        [1]
        $ larder get mine:notes.txt nowhere/
        ! error: there is no directory `nowhere/`
        ! hint: mkdir -p nowhere/
        [1]
        $ larder get mine:notes.txt mine:docs/readme.md nowhere
        ! error: 2 sources cannot all become `nowhere`
        ! hint: name a directory, with a `/` at the end
        [2]
    "#]]);
}

#[test]
fn prints_to_the_standard_output() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder get mine:notes.txt -
        buy bread
    "#]]);
}

#[test]
fn replaces_a_file_unless_told_not_to() {
    let home = TestHome::with_files();
    home.file("back.txt", "precious");
    home.play(&expect![[r#"
        $ larder get -n mine:notes.txt back.txt
        ! error: cannot write `back.txt`
        ! caused by: already exists
        [1]
    "#]]);
    assert_eq!(fs::read_to_string(home.path("back.txt")).expect("a file"), "precious");
    home.play(&expect![[r#"
        $ larder get mine:notes.txt back.txt
    "#]]);
    assert_eq!(fs::read_to_string(home.path("back.txt")).expect("a file"), "buy bread\n");
}

#[test]
fn copies_directories_with_r_only() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder get mine:docs docs
        ! error: cannot read `mine:docs`
        ! caused by: open `docs`: is a directory
        ! hint: pass -r to copy a directory
        [1]
        $ larder get -r mine:docs docs
        ! 2 files copied, 18 bytes
    "#]]);
    assert_eq!(fs::read_to_string(home.path("docs/guide/intro.md")).expect("a file"), "Welcome.\n");
    home.play(&expect![[r#"
        $ larder get -r mine: all
        ! 3 files copied, 28 bytes
    "#]]);
    assert!(home.path("all/notes.txt").is_file());
}

#[test]
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder get mine:nothing back
        ! error: cannot read `mine:nothing`
        ! caused by: open `nothing`: not found
        [1]
    "#]]);
    assert!(!home.path("back").exists(), "nothing is left");
    home.play(&expect![[r#"
        $ larder get notes.txt back
        ! error: `notes.txt` is outside every artifact store
        ! hint: known roots: [TMP]/artifacts (mine); for a file on this machine use `larder put` and `larder get`
        [1]
    "#]]);
}
