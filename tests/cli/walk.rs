//! `larder walk`: everything below a directory.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn goes_from_the_top_and_from_the_bottom() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder walk mine:
        mine:
        mine:notes.txt
        mine:docs/
        mine:docs/readme.md
        mine:docs/guide/
        mine:docs/guide/intro.md
        $ larder walk --bottom-up mine:
        mine:docs/guide/
        mine:docs/guide/intro.md
        mine:docs/
        mine:docs/readme.md
        mine:
        mine:notes.txt
        $ larder walk mine:docs/guide mine:docs/guide
        mine:docs/guide/
        mine:docs/guide/intro.md
        mine:docs/guide/
        mine:docs/guide/intro.md
    "#]]);
}

#[test]
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder walk mine:nothing
        ! error: cannot walk `mine:nothing`
        ! caused by: walk `nothing`: not found
        [1]
        $ larder walk mine:notes.txt
        ! error: cannot walk `mine:notes.txt`
        ! caused by: walk `notes.txt`: not a directory
        [1]
        $ larder walk mine:nothing mine:docs
        mine:docs/
        mine:docs/readme.md
        mine:docs/guide/
        mine:docs/guide/intro.md
        ! error: cannot walk `mine:nothing`
        ! caused by: walk `nothing`: not found
        [1]
    "#]]);
}
