//! `larder artifact-store delete`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn leaves_the_artifacts_alone() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder artifact-store delete mine
        ! artifact store `mine` deleted; its artifacts were left alone
        $ larder store list --json
        []
        ! no artifact store is registered: larder artifact-store register --help
    "#]]);
    assert!(home.path("artifacts/notes.txt").exists());
}

#[test]
fn refuses_while_stacks_use_it() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mine -q
        $ larder stack register prod -a mine -q
        $ larder store delete mine
        ! error: artifact store `mine` is used by stacks `dev`, `prod`
        ! hint: delete the stacks first, or give them another artifact store
        [1]
        $ larder store delete -y mine
        ! error: artifact store `mine` is used by stacks `dev`, `prod`
        ! hint: delete the stacks first, or give them another artifact store
        [1]
        $ larder stack delete -y dev prod
        ! stack `dev` deleted
        ! stack `prod` deleted
        $ larder store delete mine
        ! artifact store `mine` deleted; its artifacts were left alone
    "#]]);
}

#[test]
fn what_is_unknown_does_not_stop_the_others() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store delete nothing mine
        ! error: no artifact store is named `nothing`
        ! hint: known: `mine`
        ! artifact store `mine` deleted; its artifacts were left alone
        [1]
    "#]]);
}
