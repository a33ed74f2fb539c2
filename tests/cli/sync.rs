//! `larder sync`: a directory like another one.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn adds_what_is_missing_and_updates_what_differs() {
    let home = TestHome::with_local_store();
    home.file("tree/one.txt", "1");
    home.file("tree/deep/two.txt", "22");
    home.play(&expect![[r#"
        $ larder sync tree mine:tree
        add    one.txt
        add    deep/two.txt
        ! 2 added, 0 updated, 0 deleted, 0 unchanged, 3 bytes copied
        $ larder walk mine:
        mine:
        mine:tree/
        mine:tree/one.txt
        mine:tree/deep/
        mine:tree/deep/two.txt
        $ larder sync tree mine:tree
        ! 0 added, 0 updated, 0 deleted, 2 unchanged, 0 bytes copied
    "#]]);
    home.file("tree/one.txt", "other");
    home.play(&expect![[r#"
        $ larder sync -v tree mine:tree
        update one.txt
        ! tree/one.txt -> mine:tree/one.txt
        ! 0 added, 1 updated, 0 deleted, 1 unchanged, 5 bytes copied
        $ larder cat mine:tree/one.txt
        other[no line break]
    "#]]);
}

#[test]
fn deletes_only_when_asked() {
    let home = TestHome::with_local_store();
    home.file("tree/one.txt", "1");
    home.play(&expect![[r#"
        $ larder sync tree mine:tree
        add    one.txt
        ! 1 added, 0 updated, 0 deleted, 0 unchanged, 1 byte copied
        $ echo x | larder put - mine:tree/extra.txt
        $ larder sync tree mine:tree
        ! 0 added, 0 updated, 0 deleted, 1 unchanged, 0 bytes copied
        $ larder exists mine:tree/extra.txt
        $ larder sync --delete --dry-run tree mine:tree
        delete extra.txt
        ! 0 added, 0 updated, 1 deleted, 1 unchanged, 0 bytes copied (nothing was changed: --dry-run)
        $ larder exists mine:tree/extra.txt
        $ larder sync --delete tree mine:tree
        delete extra.txt
        ! 0 added, 0 updated, 1 deleted, 1 unchanged, 0 bytes copied
        $ larder walk mine:tree
        mine:tree/
        mine:tree/one.txt
    "#]]);
}

#[test]
fn goes_either_way_and_between_stores() {
    let home = TestHome::with_files();
    home.register_store(&home.host(), "other", "local", &home.path("other"));
    home.play(&expect![[r#"
        $ larder sync mine:docs back
        add    readme.md
        add    guide/intro.md
        ! 2 added, 0 updated, 0 deleted, 0 unchanged, 18 bytes copied
    "#]]);
    assert!(home.path("back/guide/intro.md").is_file());
    home.play(&expect![[r#"
        $ larder sync mine: other:
        add    notes.txt
        add    docs/readme.md
        add    docs/guide/intro.md
        ! 3 added, 0 updated, 0 deleted, 0 unchanged, 28 bytes copied
        $ larder verify mine: other:
        ! same: 3 files, not the same: 0
    "#]]);
}

#[test]
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder sync nothing mine:x
        ! error: cannot look at `nothing`
        ! caused by: No such file or directory (os error 2)
        [1]
        $ larder sync mine:nothing x
        ! error: cannot look at `mine:nothing`
        ! caused by: stat `nothing`: not found
        [1]
        $ larder sync mine:notes.txt x
        ! error: `mine:notes.txt` is not a directory
        [1]
        $ larder sync mine:docs mine:docs/guide
        ! error: cannot sync `mine:docs` to `mine:docs/guide`
        ! caused by: the target is below the source
        [1]
    "#]]);
}
