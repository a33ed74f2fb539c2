//! `larder flavor register`: the flavors of a library become known.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn accepts_a_library_and_says_where_it_is() {
    let home = TestHome::with_keeper_library();
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so
        ! flavor `keeper` registered: [TMP]/libkeeper.so
        $ larder flavor register ./libkeeper.so
        ! flavor `keeper` registered: [TMP]/libkeeper.so
        $ larder flavor list --columns name,origin,pinned,status
        NAME    ORIGIN      PINNED  STATUS
        keeper  registered  yes     ready
    "#]]);
}

#[test]
fn prints_what_it_accepted_as_json() {
    let home = TestHome::with_keeper_library();
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so --json
        {
          "library": "[TMP]/libkeeper.so",
          "flavors": [
            "keeper"
          ],
          "sha256": "[SHA256]",
          "replaced": null
        }
        ! flavor `keeper` registered: [TMP]/libkeeper.so
    "#]]);
}

#[test]
fn an_unpinned_library_may_change() {
    let home = TestHome::with_keeper_library();
    home.play(&expect![[r#"
        $ larder flavor register --unpinned libkeeper.so
        ! flavor `keeper` registered: [TMP]/libkeeper.so
        $ larder flavor list --columns name,pinned,status,detail
        NAME    PINNED  STATUS  DETAIL
        keeper  no      ready   unpinned: a changed file is used
    "#]]);
    home.append("libkeeper.so", b"\0");
    home.play(&expect![[r#"
        $ larder store register k -f keeper --path keeper://x --endpoint e
        ! artifact store `k` registered (flavor `keeper`, path keeper://x)
    "#]]);
}

#[test]
fn a_pinned_library_may_not() {
    let home = TestHome::with_keeper_library();
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so
        ! flavor `keeper` registered: [TMP]/libkeeper.so
    "#]]);
    home.append("libkeeper.so", b"\0");
    home.play(&expect![[r#"
        $ larder store register k -f keeper --path keeper://x --endpoint e
        ! error: flavor `keeper` is not loaded: its library is not the one accepted on [TIME]
        ! caused by: library `[TMP]/libkeeper.so` changed: SHA-256 [SHA256] was accepted, the file is [SHA256] now
        ! hint: if you trust the change: larder flavor update keeper
        [1]
        $ larder flavor list --columns name,status,detail
        NAME    STATUS   DETAIL
        keeper  changed  to accept it: larder flavor update keeper
    "#]]);
}
