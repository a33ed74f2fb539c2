//! `larder cat`: files to the standard output.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn prints_files_one_after_another() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder cat mine:notes.txt mine:docs/readme.md
        buy bread
        # Larder
    "#]]);
}

#[test]
fn takes_the_standard_input_in_its_place() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ echo in between | larder cat mine:notes.txt - mine:notes.txt
        buy bread
        in between
        buy bread
    "#]]);
}

#[test]
fn a_directory_is_no_file() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder cat mine:docs
        ! error: cannot read `mine:docs`
        ! caused by: open `docs`: is a directory
        ! hint: larder ls lists it, larder get -r copies it
        [1]
    "#]]);
}

#[test]
fn a_slash_at_the_end_makes_a_directory_of_no_file() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder cat mine:notes.txt/ mine:docs/readme.md
        # Larder
        ! error: cannot read `mine:notes.txt/`
        ! caused by: not a directory
        [1]
        $ larder get mine:notes.txt/ -
        ! error: cannot read `mine:notes.txt/`
        ! caused by: not a directory
        [1]
        $ larder cp mine:notes.txt/ mine:copy.txt
        ! error: cannot read `mine:notes.txt/`
        ! caused by: not a directory
        [1]
        $ larder mv mine:notes.txt/ mine:moved.txt
        ! error: cannot read `mine:notes.txt/`
        ! caused by: not a directory
        [1]
        $ larder cat mine:nothing/
        ! error: cannot read `mine:nothing`
        ! caused by: open `nothing`: not found
        [1]
        $ larder cp -r mine:docs/ mine:copy
        ! 2 files copied, 18 bytes
    "#]]);
}

#[test]
fn one_that_fails_does_not_stop_the_others() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder cat mine:nothing mine:notes.txt mine:docs
        buy bread
        ! error: cannot read `mine:nothing`
        ! caused by: open `nothing`: not found
        ! error: cannot read `mine:docs`
        ! caused by: open `docs`: is a directory
        ! hint: larder ls lists it, larder get -r copies it
        [1]
    "#]]);
}

#[test]
fn adds_no_line_break() {
    let home = TestHome::with_files();
    home.file("artifacts/bare", "no end");
    home.play(&expect![[r#"
        $ larder cat mine:bare
        no end[no line break]
    "#]]);
}
