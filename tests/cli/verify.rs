//! `larder verify`: whether two places hold the same bytes.

use std::fs;

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn says_what_differs_and_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder get -qr mine:docs copy
        $ larder verify mine:docs copy
        ! same: 2 files, not the same: 0
    "#]]);
    home.file("copy/readme.md", "# Harder\n");
    home.file("copy/extra.txt", "x");
    fs::remove_file(home.path("copy/guide/intro.md")).expect("it is there");
    home.play(&expect![[r#"
        $ larder verify mine:docs copy
        missing in source extra.txt
        differs           readme.md
        missing in target guide/intro.md
        ! same: 0 files, not the same: 3
        [1]
        $ larder verify --one-way mine:docs copy
        differs           readme.md
        missing in target guide/intro.md
        ! same: 0 files, not the same: 2
        [1]
        $ larder verify --json mine:docs copy
        [
          {"path":"extra.txt","verdict":"missing in source"},
          {"path":"readme.md","verdict":"differs"},
          {"path":"guide/intro.md","verdict":"missing in target"}
        ]
        ! same: 0 files, not the same: 3
        [1]
    "#]]);
}

#[test]
fn compares_two_files() {
    let home = TestHome::with_files();
    home.file("notes.txt", "buy bread\n");
    home.play(&expect![[r#"
        $ larder verify notes.txt mine:notes.txt
        ! same: 1 file, not the same: 0
        $ larder verify notes.txt mine:docs/readme.md
        differs           notes.txt
        ! same: 0 files, not the same: 1
        [1]
    "#]]);
}

#[test]
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder verify nothing mine:docs
        ! error: cannot look at `nothing`
        ! caused by: No such file or directory (os error 2)
        [2]
        $ larder verify mine:nothing mine:docs
        ! error: cannot look at `mine:nothing`
        ! caused by: stat `nothing`: not found
        [2]
    "#]]);
}
