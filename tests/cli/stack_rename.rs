//! `larder stack rename`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn stays_active_under_its_new_name() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mine --set -q
        $ larder stack rename dev staging
        ! stack `dev` is now `staging`
        $ larder stack get
        staging
        ! set by the registry
        $ larder stack register prod -a mine -q
        $ larder stack rename prod staging
        ! error: stack `staging` already exists
        [1]
        $ larder stack rename nothing x
        ! error: no stack is named `nothing`
        ! hint: known: `prod`, `staging`
        [1]
    "#]]);
}
