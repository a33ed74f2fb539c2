//! `larder artifact-store get`: which one is active.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn prints_the_store_of_the_active_stack() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder artifact-store get
        ! error: no stack is active
        ! hint: larder stack set STACK, or set LARDER_ACTIVE_STACK
        [1]
        $ larder stack register dev -a mine --set -q
        $ larder artifact-store get
        mine
        ! of stack `dev`, set by the registry
        $ larder -q artifact-store get
        mine
        $ larder artifact-store get --json
        {
          "artifact_store": "mine",
          "stack": "dev",
          "source": "the registry"
        }
        $ LARDER_ACTIVE_STACK=nothing larder artifact-store get
        ! error: the active stack `nothing`, set by LARDER_ACTIVE_STACK, cannot be used
        ! caused by: no stack is named `nothing`
        ! hint: known: `dev`
        [1]
    "#]]);
}
