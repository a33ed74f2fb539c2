//! `larder flavor gc`: copies of libraries that nothing needs go.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn removes_the_copies_of_forgotten_libraries() {
    let home = TestHome::with_keeper_library();
    home.play(&expect![[r#"
        $ larder flavor register libkeeper.so
        ! flavor `keeper` registered: [TMP]/libkeeper.so
        $ larder flavor gc
        ! 0 copies removed
        $ larder flavor delete keeper
        ! flavor `keeper` deleted
        $ larder flavor gc -q
        [TMP]/home/cache/libraries/[SHA256]
        $ larder flavor gc
        ! 0 copies removed
        $ larder flavor gc --json
        []
    "#]]);
}
