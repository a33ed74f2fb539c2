//! `larder rm`: files and directories go.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn removes_files() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder rm mine:notes.txt mine:docs/readme.md
        $ larder walk mine:
        mine:
        mine:docs/
        mine:docs/guide/
        mine:docs/guide/intro.md
    "#]]);
}

#[test]
fn directories_need_r() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder rm mine:docs
        ! error: cannot remove `mine:docs`
        ! caused by: remove `docs`: is a directory
        ! hint: pass -r to remove a directory with everything in it
        [1]
        $ larder rm -r mine:docs
        $ larder ls mine:
        notes.txt
    "#]]);
}

#[test]
fn r_removes_files_too() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder rm -rv mine:notes.txt
        ! removed `mine:notes.txt`
    "#]]);
}

#[test]
fn the_root_needs_more() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder rm -r mine:
        ! error: `mine:` is the root of a store, which is kept
        ! hint: pass -r --no-preserve-root to remove everything in the store
        [1]
        $ larder rm -rf mine:
        ! error: `mine:` is the root of a store, which is kept
        ! hint: pass -r --no-preserve-root to remove everything in the store
        [1]
        $ larder ls mine:
        docs/
        notes.txt
        $ larder rm -r --no-preserve-root mine:
        $ larder ls mine:
    "#]]);
}

#[test]
fn what_is_missing_is_a_failure_unless_forced() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder rm mine:nothing
        ! error: cannot remove `mine:nothing`
        ! caused by: remove `nothing`: not found
        [1]
        $ larder rm -f mine:nothing
        $ larder rm mine:nothing mine:notes.txt
        ! error: cannot remove `mine:nothing`
        ! caused by: remove `nothing`: not found
        [1]
        $ larder ls mine:
        docs/
    "#]]);
}

#[test]
fn a_link_is_removed_and_not_followed() {
    let home = TestHome::with_files();
    home.file("outside/precious.txt", "x");
    std::os::unix::fs::symlink(home.path("outside"), home.path("artifacts/link")).expect("a link");
    home.play(&expect![[r#"
        $ larder rm -r mine:link
    "#]]);
    assert!(home.path("outside/precious.txt").exists() && !home.path("artifacts/link").is_symlink());
}
