//! `larder stack copy`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn the_copy_uses_the_same_store() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder stack register dev -a mine -l team=vision --set -q
        $ larder stack copy dev second
        ! stack `second` is like `dev`
        $ larder stack list --columns name,artifact_store,active,labels
        NAME    ARTIFACT STORE  ACTIVE  LABELS
        dev     mine            yes     team=vision
        second  mine            no      team=vision
        $ larder stack copy dev second
        ! error: stack `second` already exists
        [1]
        $ larder stack copy nothing third
        ! error: no stack is named `nothing`
        ! hint: known: `dev`, `second`
        [1]
    "#]]);
}
