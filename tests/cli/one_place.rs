//! One thing under two names: nothing is lost when source and target are one place, and only what was moved is removed.

use std::fs;
use std::os::unix::fs::symlink;

use expect_test::expect;
use larder_tests::TestHome;
use larder_tests::moves::keeps_what_another_writes_during_a_move;

#[test]
fn stores_whose_roots_overlap_are_one_place_where_they_do() {
    let home = TestHome::with_files();
    home.register_store(&home.host(), "docs", "local", &home.path("artifacts/docs"));
    home.play(&expect![[r#"
        $ larder mv mine:docs/readme.md docs:readme.md
        ! error: cannot move `mine:docs/readme.md` to `docs:readme.md`
        ! caused by: source and target are one and the same place
        [1]
        $ larder mv mine:docs docs:
        ! error: cannot move `mine:docs` to `docs:docs`
        ! caused by: the target is below the source
        [1]
        $ larder mv docs: mine:docs
        ! error: cannot move `docs:` to `mine:docs`
        ! caused by: source and target are one and the same place
        [1]
        $ larder mv mine:docs docs:guide
        ! error: cannot move `mine:docs` to `docs:guide/docs`
        ! caused by: the target is below the source
        [1]
        $ larder cp mine:docs/readme.md docs:
        ! error: cannot copy `mine:docs/readme.md` to `docs:readme.md`
        ! caused by: source and target are the same file
        [1]
        $ larder cp -r mine:docs docs:
        ! error: cannot copy directory `mine:docs` into itself, `docs:docs`
        [1]
        $ larder sync --delete mine:docs docs:
        ! error: cannot sync `mine:docs` to `docs:`
        ! caused by: source and target are one and the same place
        [1]
        $ larder put artifacts/docs/readme.md docs:readme.md
        ! error: cannot copy `artifacts/docs/readme.md` to `docs:readme.md`
        ! caused by: source and target are the same file
        [1]
        $ larder get docs:readme.md artifacts/docs/readme.md
        ! error: cannot copy `docs:readme.md` to `artifacts/docs/readme.md`
        ! caused by: source and target are the same file
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
fn a_root_behind_a_link_is_the_place_that_it_leads_to() {
    let home = TestHome::with_files();
    symlink("artifacts", home.path("alias")).expect("a link");
    home.register_store(&home.host(), "alias", "local", &home.path("alias"));
    home.play(&expect![[r#"
        $ larder mv mine:docs alias:docs
        ! error: cannot move `mine:docs` to `alias:docs/docs`
        ! caused by: the target is below the source
        [1]
        $ larder mv mine:notes.txt alias:
        ! error: cannot move `mine:notes.txt` to `alias:notes.txt`
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
fn a_link_to_a_database_is_the_database() {
    let home = TestHome::with_local_store();
    home.register_flavor("sqlite");
    home.play(&expect![[r#"
        $ larder store register one -f sqlite --path sqlite://[TMP]/one.db
        ! artifact store `one` registered (flavor `sqlite`, path sqlite://[TMP]/one.db)
        $ echo x | larder put - one:d/f
    "#]]);
    symlink("one.db", home.path("two.db")).expect("a link");
    home.play(&expect![[r#"
        $ larder store register two -f sqlite --path sqlite://[TMP]/two.db
        ! artifact store `two` registered (flavor `sqlite`, path sqlite://[TMP]/two.db)
        $ larder mv one:d two:d
        ! error: cannot move `one:d` to `two:d/d`
        ! caused by: the target is below the source
        [1]
        $ larder mv one:d/f two:d/f
        ! error: cannot move `one:d/f` to `two:d/f`
        ! caused by: source and target are one and the same place
        [1]
        $ larder walk one:
        one:
        one:d/
        one:d/f
    "#]]);
}

#[test]
fn a_linked_directory_within_a_tree_is_found_out() {
    let home = TestHome::with_local_store();
    home.register_store(&home.host(), "other", "local", &home.path("other"));
    home.play(&expect![[r#"
        $ echo x | larder put - mine:t/d/f
        $ larder mkdir other:t
    "#]]);
    // Within the root of `other`, this leads into the tree that is moved.
    fs::create_dir_all(home.path("other/t")).expect("a directory");
    fs::rename(home.path("artifacts/t/d"), home.path("other/d")).expect("it moves");
    symlink("../../other/d", home.path("artifacts/t/d")).expect("a link");
    symlink("../d", home.path("other/t/d")).expect("a link");
    home.play(&expect![[r#"
        $ larder mv mine:t other:t
        ! warning: `mine:t/d` is a link to `../../other/d`, left out
        ! warning: `mine:t` stays: not all of it has arrived
        [1]
        $ larder cat other:d/f
        x
    "#]]);
}

#[test]
fn two_sources_of_one_name_do_not_become_one_file() {
    let home = TestHome::with_local_store();
    home.play(&expect![[r#"
        $ echo from-a | larder put - mine:a/x
        $ echo from-b | larder put - mine:b/x
        $ larder mkdir mine:d
        $ larder mv mine:a/x mine:b/x mine:d/
        ! error: `mine:b/x` would go to `mine:d/x`, where `mine:a/x` has just gone
        ! hint: give one of them another name in the target
        [1]
        $ larder cat mine:d/x mine:b/x
        from-a
        from-b
        $ larder cp mine:d/x mine:b/x mine:e/
        ! error: `mine:b/x` would go to `mine:e/x`, where `mine:d/x` has just gone
        ! hint: give one of them another name in the target
        [1]
        $ larder get mine:d/x mine:b/x .
        ! error: `mine:b/x` would go to `./x`, where `mine:d/x` has just gone
        ! hint: give one of them another name in the target
        [1]
        $ larder walk mine:
        mine:
        mine:a/
        mine:b/
        mine:b/x
        mine:d/
        mine:d/x
        mine:e/
        mine:e/x
    "#]]);
    assert_eq!(fs::read_to_string(home.path("x")).expect("the first is there"), "from-a\n");
    home.file("one/x", "1");
    home.file("two/x", "2");
    home.play(&expect![[r#"
        $ larder put one/x two/x mine:put/
        ! error: `two/x` would go to `mine:put/x`, where `one/x` has just gone
        ! hint: give one of them another name in the target
        [1]
        $ larder cat mine:put/x
        1[no line break]
    "#]]);
}

#[test]
fn the_contents_of_a_directory_go_in_each_time() {
    let home = TestHome::with_local_store();
    home.file("d/f", "f");
    home.play(&expect![[r#"
        $ larder put -r d/. mine:t
        ! 1 file copied, 1 byte
        $ larder put -r d/. mine:t
        ! 1 file copied, 1 byte
        $ larder get -r mine:t/. back
        ! 1 file copied, 1 byte
        $ larder get -r mine:t/. back
        ! 1 file copied, 1 byte
        $ larder walk mine:
        mine:
        mine:t/
        mine:t/f
    "#]]);
    assert!(home.path("back/f").is_file() && !home.path("back/t").exists());
}

#[test]
fn a_key_is_looked_at_only_where_keys_are_not_all_paths() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stat --key mine: 'd//x'
        ! error: cannot look at the key `mine:d//x`
        ! caused by: stat_key `d//x`: unsupported: every key of this store is a path
        [1]
        $ larder rm --key mine:docs 'd//x'
        ! error: `mine:docs` is a path in a store, and a key begins at the root of one
        ! hint: name the root of a store and then keys: --key STORE: 'd//x'
        [2]
        $ larder rm --key mine:
        ! error: no key was named
        ! hint: name the root of a store and then keys: --key STORE: 'd//x'
        [2]
        $ larder mv --key mine: 'd//x' mine:x
        ! error: cannot look at the key `mine:d//x`
        ! caused by: stat_key `d//x`: unsupported: every key of this store is a path
        [1]
    "#]]);
}

#[test]
fn what_another_writes_during_a_move_is_at_one_of_the_two_places() {
    let home = TestHome::with_local_store();
    home.register_flavor("sqlite");
    home.play(&expect![[r#"
        $ larder store register -q base -f sqlite --path sqlite://[TMP]/base.db
    "#]]);
    keeps_what_another_writes_during_a_move(&home, "mine", "base", 200, 3);
    keeps_what_another_writes_during_a_move(&home, "base", "mine", 200, 3);
}
