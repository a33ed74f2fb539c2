//! `larder ls`: what is in a directory.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn directories_end_with_a_slash() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder ls mine:
        docs/
        notes.txt
        $ larder ls mine:docs
        guide/
        readme.md
        $ larder ls mine:docs/
        guide/
        readme.md
        $ larder ls mine:/docs
        guide/
        readme.md
        $ larder ls mine:./docs
        guide/
        readme.md
        $ larder ls [TMP]/artifacts/docs
        guide/
        readme.md
        $ larder ls file:[TMP]/artifacts/docs
        guide/
        readme.md
        $ larder ls file://[TMP]/artifacts/docs
        guide/
        readme.md
    "#]]);
}

#[test]
fn a_relative_path_is_meant_from_the_current_directory() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder ls artifacts/docs
        guide/
        readme.md
        $ larder ls ./artifacts/notes.txt
        ./artifacts/notes.txt
    "#]]);
}

#[test]
fn a_file_is_listed_as_it_was_named() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder ls mine:notes.txt
        mine:notes.txt
        $ larder ls -l mine:notes.txt
                  10  [TIME]  mine:notes.txt
    "#]]);
}

#[test]
fn long_lines_have_size_and_time() {
    let home = TestHome::with_files();
    home.file("artifacts/docs/large", vec![0; 1_536_000]);
    home.play(&expect![[r#"
        $ larder ls -l mine:docs
                   -  -                     guide/
             1536000  [TIME]  large
                   9  [TIME]  readme.md
        $ larder ls -lh mine:docs
             -  -                     guide/
          1.5M  [TIME]  large
             9  [TIME]  readme.md
    "#]]);
}

#[test]
fn several_places_have_headings_and_one_that_fails_does_not_stop_the_others() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder ls mine:docs/guide mine:nothing mine:notes.txt
        mine:docs/guide:
        intro.md


        mine:notes.txt
        ! error: cannot list `mine:nothing`
        ! caused by: listdir `nothing`: not found
        [1]
    "#]]);
}

#[test]
fn goes_down_with_r() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder ls -R mine:
        mine:
        docs/
        notes.txt

        mine:docs:
        guide/
        readme.md

        mine:docs/guide:
        intro.md
    "#]]);
}

#[test]
fn without_a_path_lists_the_active_store() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder ls
        ! error: no path was given, and no stack is active
        ! hint: larder ls STORE:PATH, or: larder stack set STACK
        [2]
        $ larder stack register dev --artifact-store mine
        ! stack `dev` registered (artifact store `mine`)
        $ LARDER_ACTIVE_STACK=dev larder ls
        docs/
        notes.txt
        $ LARDER_ACTIVE_STACK=dve larder ls
        ! error: the active stack `dve`, set by LARDER_ACTIVE_STACK, cannot be used
        ! caused by: no stack is named `dve`
        ! hint: known: `dev`
        [1]
    "#]]);
}

#[test]
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder ls mine:docs/nothing
        ! error: cannot list `mine:docs/nothing`
        ! caused by: listdir `docs/nothing`: not found
        [1]
        $ larder ls mine:notes.txt/x
        ! error: cannot list `mine:notes.txt/x`
        ! caused by: listdir `notes.txt/x`: not found: a file stands where a parent must be
        [1]
        $ larder ls min:docs
        ! error: no artifact store is named `min`
        ! hint: did you mean `mine`?
        [1]
        $ larder ls /elsewhere
        ! error: `/elsewhere` is outside every artifact store
        ! hint: known roots: [TMP]/artifacts (mine); for a file on this machine use `larder put` and `larder get`
        [1]
    "#]]);
}

#[test]
fn an_empty_directory_prints_nothing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mkdir mine:empty
        $ larder ls mine:empty
        $ larder ls --json mine:empty
        []
        $ larder ls -o csv mine:empty
        address,name,kind,size_bytes,modified
    "#]]);
}

#[test]
fn a_root_that_is_not_made_yet_is_empty() {
    let home = TestHome::with_local_store();
    home.play(&expect![[r#"
        $ larder ls mine:
        $ larder walk mine:
        mine:
        $ larder du mine:
        0	mine:
    "#]]);
}
