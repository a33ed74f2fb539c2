//! `larder flavor delete`: flavors leave the registry.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn forgets_the_flavor_and_keeps_the_file() {
    let home = TestHome::with_keeper_library();
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so
        ! flavor `keeper` registered: [TMP]/libkeeper.so
        $ larder flavor delete keeper
        ! flavor `keeper` deleted
        $ larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS
        ! no flavor is known; register one: larder flavor register LIBRARY
    "#]]);
    assert!(home.path("libkeeper.so").exists());
}

#[test]
fn refuses_while_stores_use_it() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder store register one -f keeper --path keeper://1 --endpoint e
        ! artifact store `one` registered (flavor `keeper`, path keeper://1)
        $ larder store register two -f keeper --path keeper://2 --endpoint e
        ! artifact store `two` registered (flavor `keeper`, path keeper://2)
        $ larder flavor delete keeper
        ! error: flavor `keeper` is used by artifact stores `one`, `two`
        ! hint: delete the artifact stores first
        [1]
        $ larder store delete one two
        ! artifact store `one` deleted; its artifacts were left alone
        ! artifact store `two` deleted; its artifacts were left alone
        $ larder flavor delete keeper
        ! flavor `keeper` deleted
    "#]]);
}

#[test]
fn what_is_unknown_does_not_stop_the_others() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder flavor delete nothing keeper
        ! error: no flavor is named `nothing`
        ! hint: known: `keeper`
        ! flavor `keeper` deleted
        [1]
    "#]]);
}

#[test]
fn a_flavor_that_was_dropped_in_is_not_in_the_registry() {
    let home = TestHome::new();
    home.drop_in("keeper");
    home.play(&expect![[r#"
        $ larder flavor delete keeper
        ! error: flavor `keeper` is not registered: `[TMP]/home/plugins/liblarder_flavor_keeper.so` was dropped in
        ! hint: take the library away: rm [TMP]/home/plugins/liblarder_flavor_keeper.so
        [1]
    "#]]);
}
