//! `larder flavor update`: accepts a library as it is now.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn accepts_a_changed_library() {
    let home = TestHome::with_keeper_library();
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so
        ! flavor `keeper` registered: [TMP]/libkeeper.so
    "#]]);
    home.append("libkeeper.so", b"\0");
    home.play(&expect![[r#"
        $ larder flavor list --columns name,status,detail
        NAME    STATUS   DETAIL
        keeper  changed  to accept it: larder flavor update keeper
        $ larder flavor update keeper
        ! flavor `keeper` accepted: [TMP]/libkeeper.so
        ! SHA-256 [SHA256] in the place of [SHA256]
        $ larder flavor list --columns name,status,detail
        NAME    STATUS  DETAIL
        keeper  ready
    "#]]);
}

#[test]
fn keeps_what_was_accepted_when_the_new_one_fails() {
    let home = TestHome::with_keeper_library();
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so
        ! flavor `keeper` registered: [TMP]/libkeeper.so
    "#]]);
    home.file("libkeeper.so", "hello\n");
    home.play(&expect![[r#"
        $ larder flavor update keeper
        ! error: library `[TMP]/libkeeper.so` is a text file that starts with `hello`, a shared library was expected
        ! hint: give the path of the compiled library, which ends in `.so`; its crate needs `crate-type = ["cdylib"]`
        [1]
        $ larder flavor list --columns name,status
        NAME    STATUS
        keeper  changed
    "#]]);
}

#[test]
fn suggests_a_name() {
    let home = TestHome::with_keeper_library();
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so
        ! flavor `keeper` registered: [TMP]/libkeeper.so
        $ larder flavor update kepeer
        ! error: no flavor is named `kepeer`
        ! hint: did you mean `keeper`?
        [1]
    "#]]);
}
