//! `larder artifact-store update`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn changes_root_fields_and_labels() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store update mine --fsync -l team=vision -l tier=cold
        ! artifact store `mine` updated (flavor `local`, path [TMP]/artifacts)
        $ larder store update mine --path elsewhere --remove-label tier
        ! artifact store `mine` updated (flavor `local`, path [TMP]/elsewhere)
        $ larder store describe mine
        name:          mine
        flavor:        local
        flavor status: ready
        path:          [TMP]/elsewhere
        active:        no
        config:
          fsync: yes
        labels:
          team: vision
        created at:    [TIME]
        updated at:    [TIME]
    "#]]);
}

#[test]
fn changes_nothing_when_anything_is_wrong() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store update mine --fsync --path s3://b/x
        ! error: root path `s3://b/x` has the scheme `s3://`, flavor `local` supports `file://`, plain absolute paths
        [1]
        $ larder store update mine --fsync --fsnc=1
        ! error: flavor `local` has no config key `fsnc`
        ! hint: did you mean `fsync`?
        [1]
        $ larder store update mine --fsync --remove-label team
        ! error: no label is named `team`
        [1]
        $ larder store update mine --fsync=perhaps
        ! error: config key `fsync` is "perhaps", expected true or false
        [1]
        $ larder store update min --fsync
        ! error: no artifact store is named `min`
        ! hint: did you mean `mine`?
        [1]
        $ larder store describe mine --json -q
        {
          "name": "mine",
          "flavor": "local",
          "flavor_status": "ready",
          "path": "[TMP]/artifacts",
          "active": false,
          "stacks": [],
          "config": {},
          "labels": {},
          "created_at": "[TIME]",
          "updated_at": "[TIME]"
        }
    "#]]);
}
