//! When the library of a flavor is gone, what needs no library goes on working and says so.

use std::fs;

use expect_test::expect;
use larder_tests::TestHome;

/// A registered store of a library that is not there any more, in an active stack.
fn without_library() -> TestHome {
    let home = TestHome::with_keeper_library();
    home.larder(["flavor", "register", "libkeeper.so"]).ok();
    let register = ["store", "register", "k", "-f", "keeper", "--path", "keeper://x", "--endpoint", "e"];
    home.larder(register).args(["--token", "hunter2"]).ok();
    home.larder(["stack", "register", "dev", "-a", "k", "--set"]).ok();
    fs::remove_file(home.path("libkeeper.so")).expect("it was there");
    home
}

#[test]
fn lists_and_descriptions_say_that_it_is_missing() {
    without_library().play(&expect![[r#"
        $ larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS  DETAIL
        keeper  keeper://  0.1.0  1.0.0  [TMP]/libkeeper.so  missing  the library is gone
        $ larder flavor describe keeper
        name:            keeper
        about:           Shows the config that it was given
        status:          missing
        detail:          the library is gone
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
          file:        [TMP]/libkeeper.so
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
        $ larder store list
        NAME  FLAVOR  PATH        ACTIVE  LABELS
        k     keeper  keeper://x  yes
        ! warning: the flavor `keeper` of artifact store `k` is missing
        $ larder store describe k
        name:          k
        flavor:        keeper
        flavor status: missing
        path:          keeper://x
        active:        yes
        stacks:        dev
        config:
          endpoint: e
          token:    ***
        created at:    [TIME]
        updated at:    [TIME]
        ! warning: the flavor `keeper` of artifact store `k` is missing
        $ larder store list --json
        [
          {
            "name": "k",
            "flavor": "keeper",
            "flavor_status": "missing",
            "path": "keeper://x",
            "active": true,
            "stacks": [
              "dev"
            ],
            "config": {
              "endpoint": "e",
              "token": "***"
            },
            "labels": {},
            "created_at": "[TIME]",
            "updated_at": "[TIME]"
          }
        ]
        ! warning: the flavor `keeper` of artifact store `k` is missing
        $ larder stack list
        NAME  ARTIFACT STORE  FLAVOR  PATH        ACTIVE  LABELS
        dev   k               keeper  keeper://x  yes
        $ larder stack describe dev
        name:           dev
        artifact store: k
        flavor:         keeper
        path:           keeper://x
        active:         yes
        active by:      the registry
        created at:     [TIME]
        updated at:     [TIME]
    "#]]);
}

#[test]
fn names_labels_and_stacks_can_be_changed() {
    without_library().play(&expect![[r#"
        $ larder store rename k kept
        ! artifact store `k` is now `kept`
        ! also in: dev
        $ larder store copy kept second
        ! artifact store `second` is like `kept`, with the same root path
        $ larder stack rename dev prod
        ! stack `dev` is now `prod`
        $ larder stack copy prod qa
        ! stack `qa` is like `prod`
        $ larder stack update qa -a second
        ! stack `qa` updated (artifact store `second`)
        $ larder stack set qa
        ! stack `qa` is active
        $ larder store list --columns name,flavor,flavor_status,stacks
        NAME    FLAVOR  FLAVOR STATUS  STACKS
        kept    keeper  missing        prod
        second  keeper  missing        qa
        ! warning: the flavor `keeper` of artifact store `kept` is missing
        ! warning: the flavor `keeper` of artifact store `second` is missing
    "#]]);
}

#[test]
fn a_stack_can_be_exported_and_imported() {
    without_library().play(&expect![[r#"
        $ larder stack export dev dev.yaml
        ! stack `dev` exported to dev.yaml
        ! warning: left out, for they are secrets: token
        $ larder stack export dev
        larder_stack: 1
        name: dev
        artifact_store:
          name: k
          flavor:
            name: keeper
            library: larder-flavor-keeper
            version: 0.1.0
          path: keeper://x
          config:
            endpoint: e
          secrets_left_out:
          - token
        ! warning: left out, for they are secrets: token
        $ larder stack import dev.yaml --name second --artifact-store again
        ! warning: the document has no value for `token`: larder artifact-store update again --token=env:NAME
        ! stack `second` imported (artifact store `again`)
        $ larder store list --columns name,flavor_status
        NAME   FLAVOR STATUS
        again  missing
        k      missing
        ! warning: the flavor `keeper` of artifact store `again` is missing
        ! warning: the flavor `keeper` of artifact store `k` is missing
    "#]]);
}

#[test]
fn everything_can_be_deleted() {
    without_library().play(&expect![[r#"
        $ larder stack delete -y dev
        ! stack `dev` deleted
        ! warning: no stack is active any more
        $ larder store delete k
        ! artifact store `k` deleted; its artifacts were left alone
        $ larder flavor delete keeper
        ! flavor `keeper` deleted
        $ larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS
        ! no flavor is known; register one: larder flavor register LIBRARY
    "#]]);
}

#[test]
fn what_needs_the_library_says_where_it_was() {
    without_library().play(&expect![[r#"
        $ larder ls k:
        ! error: artifact store `k` cannot be used
        ! caused by: library `[TMP]/libkeeper.so` is missing
        ! hint: put it back, or tell where it is now: larder flavor register <PATH>
        [1]
        $ larder store register other -f keeper --path keeper://y --endpoint e
        ! error: library `[TMP]/libkeeper.so` is missing
        ! hint: put it back, or tell where it is now: larder flavor register <PATH>
        [1]
        $ larder store update k --retries 5
        ! error: library `[TMP]/libkeeper.so` is missing
        ! hint: put it back, or tell where it is now: larder flavor register <PATH>
        [1]
        $ larder store update k -l team=vision
        ! artifact store `k` updated (flavor `keeper`, path keeper://x)
        $ larder flavor update keeper
        ! error: library `[TMP]/libkeeper.so` does not exist
        ! hint: check the path; after `cargo build --release` a flavor is in `target/release/`, as `lib<name>.so`
        [1]
    "#]]);
}

#[test]
fn other_stores_go_on_working() {
    let home = without_library();
    home.register_flavor("local");
    home.register_store(&home.host(), "mine", "local", &home.path("artifacts"));
    home.play(&expect![[r#"
        $ echo hello | larder put - mine:greeting
        $ larder cat mine:greeting
        hello
        $ larder ls mine: k:
        mine:
        greeting
        ! error: artifact store `k` cannot be used
        ! caused by: library `[TMP]/libkeeper.so` is missing
        ! hint: put it back, or tell where it is now: larder flavor register <PATH>
        [1]
    "#]]);
}
