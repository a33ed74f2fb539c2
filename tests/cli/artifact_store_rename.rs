//! `larder artifact-store rename`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn renames_it_in_its_stacks_too() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mine --set -q
        $ larder artifact-store rename mine ours
        ! artifact store `mine` is now `ours`
        ! also in: dev
        $ larder ls ours:
        docs/
        notes.txt
        $ larder ls mine:
        ! error: no artifact store is named `mine`
        ! hint: known: `ours`
        [1]
        $ larder stack list
        NAME  ARTIFACT STORE  FLAVOR  PATH  ACTIVE  LABELS
        dev  ours  local  [TMP]/artifacts  yes
    "#]]);
}

#[test]
fn refuses_a_name_that_is_taken_or_not_allowed() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store register other -f local --path other -q
        $ larder store rename mine other
        ! error: artifact store `other` already exists
        [1]
        $ larder store rename mine a:b
        ! error: the name "a:b" for an artifact store has a character that is not allowed
        ! hint: a name has letters, digits, `.`, `_` and `-`, starts with a letter or a digit, and has at most 64 characters
        [2]
        $ larder store rename nothing x
        ! error: no artifact store is named `nothing`
        ! hint: known: `mine`, `other`
        [1]
        $ larder store rename mine mine
        ! error: artifact store `mine` already exists
        [1]
    "#]]);
}
