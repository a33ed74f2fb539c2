//! `larder artifact-store remove-attribute`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn gives_a_field_its_default_again() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder store register a -f keeper --path keeper://x --endpoint e --retries 9 --mode fast
        ! artifact store `a` registered (flavor `keeper`, path keeper://x)
        $ larder artifact-store remove-attribute a retries --mode
        ! artifact store `a` updated (flavor `keeper`, path keeper://x)
        $ larder store describe a
        name:          a
        flavor:        keeper
        flavor status: ready
        path:          keeper://x
        active:        no
        config:
          endpoint: e
        created at:    [TIME]
        updated at:    [TIME]
    "#]]);
}

#[test]
fn a_required_field_stays() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder store register a -f keeper --path keeper://x --endpoint e
        ! artifact store `a` registered (flavor `keeper`, path keeper://x)
        $ larder store remove-attribute a endpoint
        ! error: config key `endpoint` is required by flavor `keeper`
        [1]
        $ larder store remove-attribute a retries
        ! error: artifact store `a` was not changed
        ! caused by: no attribute that is set is named `retries`
        ! hint: known: `endpoint`
        [1]
        $ larder store remove-attribute a
        ! error: the following required arguments were not provided:
        !   <FIELDS>...
        ! 
        ! Usage: larder artifact-store remove-attribute <NAME> <FIELDS>...
        ! 
        ! For more information, try '--help'.
        [2]
    "#]]);
}
