//! `larder mv`: files and directories to another place.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn renames_a_file() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mv mine:notes.txt mine:docs/todo.txt
        $ larder walk mine:
        mine:
        mine:docs/
        mine:docs/readme.md
        mine:docs/todo.txt
        mine:docs/guide/
        mine:docs/guide/intro.md
    "#]]);
}

#[test]
fn renames_a_directory() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mv mine:docs mine:papers
        $ larder walk mine:
        mine:
        mine:notes.txt
        mine:papers/
        mine:papers/readme.md
        mine:papers/guide/
        mine:papers/guide/intro.md
    "#]]);
}

#[test]
fn into_a_directory_things_keep_their_names() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mkdir mine:old
        $ larder mv mine:docs mine:notes.txt mine:old
        $ larder walk mine:
        mine:
        mine:old/
        mine:old/notes.txt
        mine:old/docs/
        mine:old/docs/readme.md
        mine:old/docs/guide/
        mine:old/docs/guide/intro.md
    "#]]);
}

#[test]
fn moves_to_another_store() {
    let home = TestHome::with_files();
    home.register_store(&home.host(), "other", "local", &home.path("other"));
    home.play(&expect![[r#"
        $ larder mv mine:docs mine:notes.txt other:
        $ larder walk other:
        other:
        other:notes.txt
        other:docs/
        other:docs/readme.md
        other:docs/guide/
        other:docs/guide/intro.md
        $ larder walk mine:
        mine:
    "#]]);
}

#[test]
fn keeps_the_source_when_the_target_is_taken() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mv --no-overwrite mine:notes.txt mine:docs/readme.md
        ! error: cannot move `mine:notes.txt` to `mine:docs/readme.md`
        ! caused by: rename `docs/readme.md`: already exists
        [1]
        $ larder cat mine:notes.txt mine:docs/readme.md
        buy bread
        # Larder
    "#]]);
}

#[test]
fn refuses_to_move_into_itself() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mv mine:docs mine:docs/guide
        ! error: cannot move `mine:docs` to `mine:docs/guide/docs`
        ! caused by: rename `docs`: invalid argument: the target is below the source
        [1]
        $ larder mv mine: mine:x
        ! error: cannot move `mine:` to `mine:x`
        ! caused by: rename: invalid argument: the root has no other name
        [1]
        $ larder mv mine:notes.txt mine:notes.txt
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
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mv mine:nothing mine:x
        ! error: cannot move `mine:nothing` to `mine:x`
        ! caused by: rename `nothing`: not found
        [1]
    "#]]);
}
