//! `larder glob`: what matches a pattern.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn matches_at_one_level_and_at_any() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder glob 'mine:*'
        mine:docs/
        mine:notes.txt
        $ larder glob 'mine:*/*.md'
        mine:docs/readme.md
        $ larder glob 'mine:**/*.md'
        mine:docs/guide/intro.md
        mine:docs/readme.md
        $ larder glob 'mine:**'
        mine:docs/
        mine:docs/guide/
        mine:docs/guide/intro.md
        mine:docs/readme.md
        mine:notes.txt
        $ larder glob 'mine:docs/[gr]*'
        mine:docs/guide/
        mine:docs/readme.md
        $ larder glob 'mine:n?tes.txt'
        mine:notes.txt
        $ larder glob 'mine:**/*.md' 'mine:*.txt'
        mine:docs/guide/intro.md
        mine:docs/readme.md
        mine:notes.txt
        $ larder glob '[TMP]/artifacts/*'
        mine:docs/
        mine:notes.txt
    "#]]);
}

#[test]
fn what_matches_nothing_prints_nothing() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder glob 'mine:*.gz'
        $ larder glob 'mine:nothing/*'
    "#]]);
}

#[test]
fn a_pattern_without_a_wildcard_is_a_path() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder glob mine:notes.txt
        mine:notes.txt
        $ larder glob mine:nothing
        $ larder glob mine:
        mine:
    "#]]);
}

#[test]
fn a_broken_pattern_is_an_error() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder glob 'mine:[a'
        ! error: cannot match `mine:[a`
        ! caused by: glob `[a`: invalid argument: `[a` is no pattern: invalid range pattern
        [1]
    "#]]);
}
