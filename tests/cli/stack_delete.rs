//! `larder stack delete`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn asks_before_the_active_one_goes_and_fails_when_nobody_is_there() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mine --set -q
        $ larder stack register prod -a mine -q
        $ larder stack delete prod
        ! stack `prod` deleted
        $ larder stack delete dev
        ! error: nobody is there to be asked whether to delete stack `dev`, which is the active one
        ! hint: pass -y to answer yes
        [2]
        $ larder stack get
        dev
        ! set by the registry
        $ larder stack delete -y dev prod
        ! stack `dev` deleted
        ! warning: no stack is active any more
        ! error: no stack is named `prod`
        [1]
    "#]]);
}

#[test]
fn says_that_none_is_active_any_more() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mine --set -q
        $ larder stack delete -y dev
        ! stack `dev` deleted
        ! warning: no stack is active any more
        $ larder stack get
        ! error: no stack is active
        ! hint: larder stack set STACK, or set LARDER_ACTIVE_STACK
        [1]
    "#]]);
}

#[test]
fn r_deletes_a_store_that_nothing_else_uses() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store register other -f local --path other -q
        $ larder stack register dev -a mine -q
        $ larder stack register prod -a mine -q
        $ larder stack register own -a other -q
        $ larder stack delete -y -r dev own
        ! stack `dev` deleted
        ! warning: artifact store `mine` stays: used by prod
        ! stack `own` deleted
        ! artifact store `other` deleted; its artifacts were left alone
        $ larder store list --columns name
        NAME
        mine
    "#]]);
    assert!(home.path("artifacts/notes.txt").exists());
}
