//! `larder du`: how much is below each directory.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn counts_the_bytes_of_files() {
    let home = TestHome::with_files();
    home.file("artifacts/docs/guide/large", vec![0; 1_536_000]);
    home.play(&expect![[r#"
        $ larder du mine:
        1536009	mine:docs/guide
        1536018	mine:docs
        1536028	mine:
        $ larder du -h mine:
        1.5M	mine:docs/guide
        1.5M	mine:docs
        1.5M	mine:
        $ larder du -s mine: mine:docs
        1536028	mine:
        1536018	mine:docs
        $ larder du -d 1 mine:
        1536018	mine:docs
        1536028	mine:
        $ larder du mine:notes.txt
        10	mine:notes.txt
    "#]]);
}

#[test]
fn says_what_is_missing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder du mine:nothing
        ! error: cannot count `mine:nothing`
        ! caused by: stat `nothing`: not found
        [1]
        $ larder du mine:nothing mine:docs/guide
        9	mine:docs/guide
        ! error: cannot count `mine:nothing`
        ! caused by: stat `nothing`: not found
        [1]
    "#]]);
}
