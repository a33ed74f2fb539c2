//! `larder stack set`.

use std::fs;

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn sets_the_stack_for_everywhere() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mine -q
        $ larder stack set dev
        ! stack `dev` is active
        $ larder -q stack get
        dev
        $ larder stack set dve
        ! error: no stack is named `dve`
        ! hint: known: `dev`
        [1]
        $ larder stack set --unset
        ! no stack is active any more
        $ larder stack get
        ! error: no stack is active
        ! hint: larder stack set STACK, or set LARDER_ACTIVE_STACK
        [1]
        $ larder stack set
        ! error: the following required arguments were not provided:
        !   <NAME>
        ! 
        ! Usage: larder stack set <NAME>
        ! 
        ! For more information, try '--help'.
        [2]
    "#]]);
}

#[test]
fn sets_the_stack_of_a_directory_and_what_is_below() {
    let home = TestHome::with_files();
    fs::create_dir_all(home.path("project/deep")).expect("a directory");
    home.play(&expect![[r#"
        $ larder stack register dev -a mine --set -q
        $ larder stack register prod -a mine -q
        $ larder stack set prod --directory project
        ! stack `prod` is active for directory `[TMP]/project`
    "#]]);
    let below = home.larder(["-q", "stack", "get"]).current_dir(&home.path("project/deep")).ok();
    assert_eq!(below, "prod\n");
    home.play(&expect![[r#"
        $ larder -q stack get
        dev
        $ larder stack set --unset --directory project
        ! no stack is active for directory `[TMP]/project` any more
    "#]]);
    let below = home.larder(["-q", "stack", "get"]).current_dir(&home.path("project/deep")).ok();
    assert_eq!(below, "dev\n");
    home.play(&expect![[r#"
        $ larder stack set prod --directory nowhere
        ! error: directory `nowhere` cannot be found
        ! caused by: No such file or directory (os error 2)
        [1]
    "#]]);
}

#[test]
fn says_when_the_environment_overrules() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mine -q
        $ larder stack register prod -a mine -q
        $ LARDER_ACTIVE_STACK=prod larder stack set dev
        ! stack `dev` is active
        ! warning: here stack `prod` stays the active one, set by LARDER_ACTIVE_STACK
    "#]]);
}
