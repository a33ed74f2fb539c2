//! `larder artifact-store describe`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn describes_a_store_by_name_or_the_active_one() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store update mine -l team=vision --fsync -q
        $ larder stack register dev -a mine --set -q
        $ larder artifact-store describe mine
        name:          mine
        flavor:        local
        flavor status: ready
        path:          [TMP]/artifacts
        active:        yes
        stacks:        dev
        config:
          fsync: yes
        labels:
          team: vision
        created at:    [TIME]
        updated at:    [TIME]
        $ larder artifact-store describe --json
        {
          "name": "mine",
          "flavor": "local",
          "flavor_status": "ready",
          "path": "[TMP]/artifacts",
          "active": true,
          "stacks": [
            "dev"
          ],
          "config": {
            "fsync": true
          },
          "labels": {
            "team": "vision"
          },
          "created_at": "[TIME]",
          "updated_at": "[TIME]"
        }
    "#]]);
}

#[test]
fn needs_a_name_when_none_is_active() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store describe
        ! error: no stack is active
        ! hint: larder stack set STACK, or set LARDER_ACTIVE_STACK
        [1]
        $ larder store describe min
        ! error: no artifact store is named `min`
        ! hint: did you mean `mine`?
        [1]
    "#]]);
}
