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
