//! `larder cp`: files within a store and between stores.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn copies_within_a_store() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder cp mine:notes.txt mine:deep/copy.txt
        $ larder cat mine:deep/copy.txt
        buy bread
    "#]]);
}

#[test]
fn copies_to_another_store() {
    let home = TestHome::with_files();
    home.register_store(&home.host(), "other", "local", &home.path("other"));
    home.play(&expect![[r#"
        $ larder cp mine:notes.txt other:
        $ larder cp mine:notes.txt mine:docs/readme.md other:both/
        $ larder cp -r mine:docs other:
        ! 2 files copied, 18 bytes
        $ larder walk other:
        other:
        other:notes.txt
        other:both/
        other:both/notes.txt
        other:both/readme.md
        other:docs/
        other:docs/readme.md
        other:docs/guide/
        other:docs/guide/intro.md
    "#]]);
}

#[test]
fn directories_need_r() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder cp mine:docs mine:copy
        ! error: cannot copy `mine:docs` to `mine:copy`
        ! caused by: copyfile `docs`: is a directory
        ! hint: pass -r to copy a directory
        [1]
        $ larder cp -r mine:docs mine:copy
        ! 2 files copied, 18 bytes
        $ larder walk mine:copy
        mine:copy/
        mine:copy/readme.md
        mine:copy/guide/
        mine:copy/guide/intro.md
    "#]]);
}

#[test]
fn refuses_to_copy_onto_or_into_itself() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder cp mine:notes.txt mine:notes.txt
        ! error: cannot copy `mine:notes.txt` to `mine:notes.txt`
        ! caused by: source and target are the same file
        [1]
        $ larder cp mine:nothing mine:nothing
        ! error: cannot copy `mine:nothing` to `mine:nothing`
        ! caused by: copyfile `nothing`: not found
        [1]
        $ larder store copy mine twin
        ! artifact store `twin` is like `mine`, with the same root path
        $ larder cp mine:notes.txt twin:
        ! error: cannot copy `mine:notes.txt` to `twin:notes.txt`
        ! caused by: source and target are the same file
        [1]
        $ larder put artifacts/notes.txt mine:
        ! error: cannot copy `artifacts/notes.txt` to `mine:notes.txt`
        ! caused by: source and target are the same file
        [1]
        $ larder get mine:notes.txt artifacts
        ! error: cannot copy `mine:notes.txt` to `artifacts/notes.txt`
        ! caused by: source and target are the same file
        [1]
        $ larder cp -r mine:docs mine:docs/inside
        ! error: cannot copy directory `mine:docs` into itself, `mine:docs/inside`
        [1]
        $ larder cp -r mine:docs mine:docs
        ! error: cannot copy directory `mine:docs` into itself, `mine:docs/docs`
        [1]
        $ larder walk mine:
        mine:
        mine:notes.txt
        mine:docs/
        mine:docs/readme.md
        mine:docs/guide/
        mine:docs/guide/intro.md
    "#]]);
}

#[test]
fn replaces_a_file_unless_told_not_to() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder cp -n mine:notes.txt mine:docs/readme.md
        ! error: cannot copy `mine:notes.txt` to `mine:docs/readme.md`
        ! caused by: copyfile `docs/readme.md`: already exists
        [1]
        $ larder cp mine:notes.txt mine:docs/readme.md
        $ larder cat mine:docs/readme.md
        buy bread
    "#]]);
}

#[test]
fn a_file_does_not_replace_a_directory_nor_the_reverse() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder cp -r mine:docs mine:notes.txt
        ! error: cannot copy directory `mine:docs` to file `mine:notes.txt`
        ! caused by: not a directory
        [1]
        $ larder mkdir mine:x mine:x/notes.txt
        $ larder cp mine:notes.txt mine:x
        ! error: cannot copy `mine:notes.txt` to `mine:x/notes.txt`
        ! caused by: copyfile `x/notes.txt`: is a directory
        [1]
    "#]]);
}

#[test]
fn local_files_are_for_put_and_get() {
    let home = TestHome::with_files();
    home.file("a.txt", "A\n");
    home.play(&expect![[r#"
        $ larder cp a.txt mine:a.txt
        ! error: `a.txt` is outside every artifact store
        ! hint: known roots: [TMP]/artifacts (mine); for a file on this machine use `larder put` and `larder get`
        [1]
        $ larder cp mine:notes.txt ./back.txt
        ! error: `./back.txt` is outside every artifact store
        ! hint: known roots: [TMP]/artifacts (mine); for a file on this machine use `larder put` and `larder get`
        [1]
    "#]]);
}
