//! `larder stack register`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn registers_a_stack_and_sets_it() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mine -l team=vision
        ! stack `dev` registered (artifact store `mine`)
        $ larder stack get
        ! error: no stack is active
        ! hint: larder stack set STACK, or set LARDER_ACTIVE_STACK
        [1]
        $ larder stack register prod -a mine --set
        ! stack `prod` registered and set (artifact store `mine`)
        $ larder stack get
        prod
        ! set by the registry
        $ larder stack register qa -a mine --json -q
        {
          "name": "qa",
          "artifact_store": "mine",
          "flavor": "local",
          "path": "[TMP]/artifacts",
          "active": false,
          "active_by": null,
          "directories": [],
          "labels": {},
          "created_at": "[TIME]",
          "updated_at": "[TIME]"
        }
    "#]]);
}

#[test]
fn names_must_be_new_and_stores_known() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mien
        ! error: no artifact store is named `mien`
        ! hint: did you mean `mine`?
        [1]
        $ larder stack register dev -a mine -q
        $ larder stack register dev -a mine
        ! error: stack `dev` already exists
        [1]
        $ larder stack register d/v -a mine
        ! error: the name "d/v" for a stack has a character that is not allowed
        ! hint: a name has letters, digits, `.`, `_` and `-`, starts with a letter or a digit, and has at most 64 characters
        [2]
        $ larder stack register dev
        ! error: the following required arguments were not provided:
        !   --artifact-store <ARTIFACT_STORE>
        ! 
        ! Usage: larder stack register --artifact-store <ARTIFACT_STORE> <NAME>
        ! 
        ! For more information, try '--help'.
        [2]
    "#]]);
}

#[test]
fn says_when_the_environment_overrules() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mine -q
        $ LARDER_ACTIVE_STACK=dev larder stack register prod -a mine --set
        ! stack `prod` registered and set (artifact store `mine`)
        ! warning: here stack `dev` stays the active one, set by LARDER_ACTIVE_STACK
    "#]]);
}
