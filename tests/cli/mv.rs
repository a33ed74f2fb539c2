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
        ! caused by: the target is below the source
        [1]
        $ larder mv mine: mine:x
        ! error: cannot move `mine:` to `mine:x`
        ! caused by: the target is below the source
        [1]
        $ larder mv mine:notes.txt mine:notes.txt
        ! error: cannot move `mine:notes.txt` to `mine:notes.txt`
        ! caused by: source and target are one and the same place
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
fn nothing_is_lost_between_two_stores_of_one_root() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store copy mine twin -q
        $ larder mv mine:notes.txt twin:
        ! error: cannot move `mine:notes.txt` to `twin:notes.txt`
        ! caused by: source and target are one and the same place
        [1]
        $ larder mv mine:docs twin:
        ! error: cannot move `mine:docs` to `twin:docs`
        ! caused by: source and target are one and the same place
        [1]
        $ larder mv mine:docs twin:docs/guide
        ! error: cannot move `mine:docs` to `twin:docs/guide/docs`
        ! caused by: the target is below the source
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
fn nothing_is_lost_between_two_stores_of_one_root_that_is_no_directory() {
    let home = TestHome::new();
    home.drop_in("sqlite");
    home.file("notes.txt", "buy bread\n");
    home.play(&expect![[r#"
        $ larder store register mine -f sqlite --path sqlite://[TMP]/base.sqlite -q
        $ larder store copy mine twin -q
        $ larder put notes.txt mine:
        $ larder put notes.txt mine:docs/
        $ larder mv mine:notes.txt twin:
        ! error: cannot move `mine:notes.txt` to `twin:notes.txt`
        ! caused by: source and target are one and the same place
        [1]
        $ larder mv mine:docs twin:
        ! error: cannot move `mine:docs` to `twin:docs`
        ! caused by: source and target are one and the same place
        [1]
        $ larder mv mine:docs twin:docs/deep
        ! error: cannot move `mine:docs` to `twin:docs/deep`
        ! caused by: the target is below the source
        [1]
        $ larder walk twin:
        twin:
        twin:notes.txt
        twin:docs/
        twin:docs/notes.txt
    "#]]);
}

#[test]
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder mv mine:nothing mine:x
        ! error: cannot look at `mine:nothing`
        ! caused by: stat `nothing`: not found
        [1]
    "#]]);
}
