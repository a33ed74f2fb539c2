//! `larder flavor retry`: tries a quarantined flavor again.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn a_flavor_that_is_well_needs_none() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder flavor retry keeper
        ! error: flavor `keeper` is not in quarantine
        [2]
        $ larder flavor retry nothing
        ! error: no flavor is named `nothing`
        ! hint: known: `keeper`
        [1]
    "#]]);
}
