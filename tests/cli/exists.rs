//! `larder exists`: whether something is there, as an exit status.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn answers_with_the_exit_status() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder exists mine:notes.txt
        $ larder exists mine:docs
        $ larder exists mine:
        $ larder exists mine:nothing
        [1]
        $ larder exists mine:notes.txt/x
        [1]
        $ larder exists mine:notes.txt mine:nothing
        [1]
        $ larder exists -v mine:notes.txt mine:nothing
        ! nothing is at `mine:nothing`
        [1]
        $ larder exists -o csv mine:notes.txt mine:nothing
        address,exists
        mine:notes.txt,yes
        mine:nothing,no
        [1]
    "#]]);
}

#[test]
fn what_cannot_be_asked_is_an_error() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder exists min:notes.txt
        ! error: no artifact store is named `min`
        ! hint: did you mean `mine`?
        [2]
        $ larder exists mine:../x
        ! error: `mine:../x` is no path in a store
        ! caused by: out of bounds: the path has a `..` component
        [2]
    "#]]);
}
