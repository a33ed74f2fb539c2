//! `larder mkdir`: makes directories.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn makes_directories() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mkdir mine:a mine:b
        $ larder ls mine:
        a/
        b/
        docs/
        notes.txt
    "#]]);
}

#[test]
fn parents_need_p() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mkdir mine:a/b
        ! error: cannot make directory `mine:a/b`
        ! caused by: mkdir `a/b`: not found
        ! hint: pass -p to make the parents, too
        [1]
        $ larder mkdir -p mine:a/b mine:a/b
        $ larder walk mine:a
        mine:a/
        mine:a/b/
    "#]]);
}

#[test]
fn refuses_what_is_there() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mkdir mine:docs
        ! error: cannot make directory `mine:docs`
        ! caused by: mkdir `docs`: already exists
        [1]
        $ larder mkdir mine:notes.txt
        ! error: cannot make directory `mine:notes.txt`
        ! caused by: mkdir `notes.txt`: already exists
        [1]
        $ larder mkdir -p mine:notes.txt
        ! error: cannot make directory `mine:notes.txt`
        ! caused by: makedirs `notes.txt`: already exists
        [1]
        $ larder mkdir -p mine:notes.txt/x
        ! error: cannot make directory `mine:notes.txt/x`
        ! caused by: makedirs `notes.txt`: not a directory
        [1]
        $ larder mkdir mine:
        ! error: cannot make directory `mine:`
        ! caused by: mkdir: already exists
        [1]
        $ larder mkdir -p mine:
    "#]]);
}
