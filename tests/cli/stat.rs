//! `larder stat`: what a store knows of a path.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn says_kind_size_and_time() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stat mine:notes.txt
        address:    mine:notes.txt
        kind:       file
        size bytes: 10
        modified:   [TIME]
        etag: [ETAG]
        $ larder stat mine:docs
        address:  mine:docs
        kind:     directory
        modified: [TIME]
        $ larder stat mine:
        address:  mine:
        kind:     directory
        modified: [TIME]
    "#]]);
}

#[test]
fn says_it_of_several() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stat mine:notes.txt mine:nothing mine:docs/readme.md
        address:    mine:notes.txt
        kind:       file
        size bytes: 10
        modified:   [TIME]
        etag: [ETAG]

        address:    mine:docs/readme.md
        kind:       file
        size bytes: 9
        modified:   [TIME]
        etag: [ETAG]
        ! error: cannot look at `mine:nothing`
        ! caused by: stat `nothing`: not found
        [1]
    "#]]);
}

#[test]
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stat mine:nothing
        ! error: cannot look at `mine:nothing`
        ! caused by: stat `nothing`: not found
        [1]
        $ larder stat --json mine:nothing
        []
        ! error: cannot look at `mine:nothing`
        ! caused by: stat `nothing`: not found
        [1]
    "#]]);
}
