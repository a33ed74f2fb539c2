//! `larder stack get`: which one is active.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn says_what_set_it() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack get
        ! error: no stack is active
        ! hint: larder stack set STACK, or set LARDER_ACTIVE_STACK
        [1]
        $ larder stack register dev -a mine -q
        $ larder stack register prod -a mine -q
        $ larder stack set dev -q
        $ larder stack get
        dev
        ! set by the registry
        $ LARDER_ACTIVE_STACK=prod larder stack get
        prod
        ! set by LARDER_ACTIVE_STACK
        $ larder stack set prod --directory . -q
        $ larder stack get
        prod
        ! set by directory `[TMP]`
        $ larder stack get --json
        {
          "stack": "prod",
          "source": "directory `[TMP]`"
        }
        $ LARDER_ACTIVE_STACK=nothing larder stack get
        ! error: the active stack `nothing`, set by LARDER_ACTIVE_STACK, cannot be used
        ! caused by: no stack is named `nothing`
        ! hint: known: `dev`, `prod`
        [1]
    "#]]);
}
