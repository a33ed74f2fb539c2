//! `larder flavor describe`: all about one flavor.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn describes_config_keys_of_every_type() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder flavor describe keeper
        name:    keeper
        about:   Shows the config that it was given
        status:  ready
        origin:  registered
        schemes: keeper://
        config:
          NAME        TYPE      DEFAULT  REQUIRED  SECRET  ALIASES           CHOICES     HELP
          endpoint    text               yes       no                                    where the server listens
          token       text               no        yes     secret, password              what opens the door
          mode        text      safe     no        no                        fast, safe  how it works
          verify_tls  boolean   true     no        no                                    whether certificates are looked at
          retries     integer   3        no        no                                    how often it tries again
          part_size   bytes     8MiB     no        no                                    the size of a part
          timeout     duration  30s      no        no                                    how long it waits
        library:
          file:        [BUILD]/liblarder_flavor_keeper.so
          version:     0.1.0
          api version: 1.0.0
          license:     Apache-2.0
          repository:  https://github.com/larder-rs/larder
          rustc: [RUSTC]
          size bytes: [SIZE]
          sha256:      [SHA256]
          pinned:      yes
          accepted at: [TIME]
    "#]]);
}

#[test]
fn says_which_stores_are_of_it() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder store register k -f keeper --path keeper://x --endpoint e
        ! artifact store `k` registered (flavor `keeper`, path keeper://x)
        $ larder flavor describe keeper
        name:            keeper
        about:           Shows the config that it was given
        status:          ready
        origin:          registered
        schemes:         keeper://
        config:
          NAME        TYPE      DEFAULT  REQUIRED  SECRET  ALIASES           CHOICES     HELP
          endpoint    text               yes       no                                    where the server listens
          token       text               no        yes     secret, password              what opens the door
          mode        text      safe     no        no                        fast, safe  how it works
          verify_tls  boolean   true     no        no                                    whether certificates are looked at
          retries     integer   3        no        no                                    how often it tries again
          part_size   bytes     8MiB     no        no                                    the size of a part
          timeout     duration  30s      no        no                                    how long it waits
        library:
          file:        [BUILD]/liblarder_flavor_keeper.so
          version:     0.1.0
          api version: 1.0.0
          license:     Apache-2.0
          repository:  https://github.com/larder-rs/larder
          rustc: [RUSTC]
          size bytes: [SIZE]
          sha256:      [SHA256]
          pinned:      yes
          accepted at: [TIME]
        artifact stores: k
    "#]]);
}

#[test]
fn suggests_a_name() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder flavor describe keper
        ! error: no flavor is named `keper`
        ! hint: did you mean `keeper`?
        [1]
    "#]]);
}
