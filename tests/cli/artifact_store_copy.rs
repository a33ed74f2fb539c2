//! `larder artifact-store copy`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn the_copy_has_the_same_root_and_config() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store update mine --fsync -q
        $ larder artifact-store copy mine second
        ! artifact store `second` is like `mine`, with the same root path
        $ larder store list --columns name,path,config
        NAME  PATH  CONFIG
        mine  [TMP]/artifacts  fsync=yes
        second  [TMP]/artifacts  fsync=yes
        $ larder ls second:
        docs/
        notes.txt
        $ larder store copy mine second
        ! error: artifact store `second` already exists
        [1]
        $ larder store copy nothing third
        ! error: no artifact store is named `nothing`
        ! hint: known: `mine`, `second`
        [1]
    "#]]);
}
