//! `larder stack list`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn lists_stacks() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack list
        NAME  ARTIFACT STORE  FLAVOR  PATH  ACTIVE  LABELS
        ! no stack is registered: larder stack register --help
        $ larder stack register dev -a mine --set -l team=vision -q
        $ larder stack register prod -a mine -q
        $ larder stack list
        NAME  ARTIFACT STORE  FLAVOR  PATH  ACTIVE  LABELS
        dev  mine  local  [TMP]/artifacts  yes  team=vision
        prod  mine  local  [TMP]/artifacts  no
        $ larder stack list --name prod --columns name,artifact_store
        NAME  ARTIFACT STORE
        prod  mine
        $ larder stack list --sort desc:name --columns name
        NAME
        prod
        dev
        $ larder stack list --label team --columns name,labels
        NAME  LABELS
        dev   team=vision
        $ larder stack list --artifact-store notequals:mine --columns name
        NAME
    "#]]);
}
