//! `larder stack describe`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn describes_a_stack_by_name_or_the_active_one() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack describe
        ! error: no stack is active
        ! hint: larder stack set STACK, or set LARDER_ACTIVE_STACK
        [1]
        $ larder stack register dev -a mine --set -q
        $ larder stack describe
        name:           dev
        artifact store: mine
        flavor:         local
        path:           [TMP]/artifacts
        active:         yes
        active by:      the registry
        created at:     [TIME]
        updated at:     [TIME]
        $ larder stack describe dev --json
        {
          "name": "dev",
          "artifact_store": "mine",
          "flavor": "local",
          "path": "[TMP]/artifacts",
          "active": true,
          "active_by": "the registry",
          "directories": [],
          "labels": {},
          "created_at": "[TIME]",
          "updated_at": "[TIME]"
        }
        $ larder stack describe dve
        ! error: no stack is named `dve`
        ! hint: known: `dev`
        [1]
    "#]]);
}
