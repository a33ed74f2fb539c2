//! `larder stack export`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn writes_a_document_without_secrets() {
    let home = TestHome::with_keeper();
    home.file("hush", "sesame\n");
    home.play(&expect![[r#"
        $ larder store register a -f keeper --path keeper://x --endpoint e --retries 9 --token hunter2 -l team=vision
        ! artifact store `a` registered (flavor `keeper`, path keeper://x)
        $ larder store register b -f keeper --path keeper://x --endpoint e --token file:[TMP]/hush
        ! artifact store `b` registered (flavor `keeper`, path keeper://x)
        $ larder stack register dev -a a
        ! stack `dev` registered (artifact store `a`)
        $ larder stack register prod -a b
        ! stack `prod` registered (artifact store `b`)
        $ larder stack export dev
        larder_stack: 1
        name: dev
        artifact_store:
          name: a
          flavor:
            name: keeper
            library: larder-flavor-keeper
            version: 0.1.0
          path: keeper://x
          config:
            endpoint: e
            retries: 9
          labels:
            team: vision
          secrets_left_out:
          - token
        ! warning: left out, for they are secrets: token
        $ larder stack export prod
        larder_stack: 1
        name: prod
        artifact_store:
          name: b
          flavor:
            name: keeper
            library: larder-flavor-keeper
            version: 0.1.0
          path: keeper://x
          config:
            endpoint: e
            token: file:[TMP]/hush
        $ larder stack export dev --json
        {
          "larder_stack": 1,
          "name": "dev",
          "artifact_store": {
            "name": "a",
            "flavor": {
              "name": "keeper",
              "library": "larder-flavor-keeper",
              "version": "0.1.0"
            },
            "path": "keeper://x",
            "config": {
              "endpoint": "e",
              "retries": 9
            },
            "labels": {
              "team": "vision"
            },
            "secrets_left_out": [
              "token"
            ]
          }
        }
        ! warning: left out, for they are secrets: token
        $ larder stack export dev dev.yaml
        ! stack `dev` exported to dev.yaml
        ! warning: left out, for they are secrets: token
        $ larder stack export dev dev.yaml
        ! stack `dev` exported to dev.yaml
        ! warning: left out, for they are secrets: token
        $ larder stack export dve
        ! error: no stack is named `dve`
        ! hint: known: `dev`, `prod`
        [1]
    "#]]);
}

#[test]
fn the_active_one_without_a_name() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack export
        ! error: no stack is active
        ! hint: larder stack set STACK, or set LARDER_ACTIVE_STACK
        [1]
        $ larder stack register dev -a mine --set -q
        $ larder stack export
        larder_stack: 1
        name: dev
        artifact_store:
          name: mine
          flavor:
            name: local
            library: larder-flavor-local
            version: 0.1.0
          path: [TMP]/artifacts
    "#]]);
}
