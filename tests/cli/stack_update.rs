//! `larder stack update`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn gives_it_another_store_and_other_labels() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store register other -f local --path other -q
        $ larder stack register dev -a mine -l team=vision -l tier=hot -q
        $ larder stack update dev -a other -l tier=cold --remove-label team
        ! stack `dev` updated (artifact store `other`)
        $ larder stack list --columns name,artifact_store,labels
        NAME  ARTIFACT STORE  LABELS
        dev   other           tier=cold
        $ larder stack update dev -a mien
        ! error: no artifact store is named `mien`
        ! hint: did you mean `mine`?
        [1]
        $ larder stack update dev --remove-label team
        ! error: no label is named `team`
        ! hint: known: `tier`
        [1]
        $ larder stack update dve -a mine
        ! error: no stack is named `dve`
        ! hint: known: `dev`
        [1]
        $ larder stack update -a mine
        ! error: no stack is active
        ! hint: larder stack set STACK, or set LARDER_ACTIVE_STACK
        [1]
        $ larder stack set dev -q
        $ larder stack update -a mine
        ! stack `dev` updated (artifact store `mine`)
    "#]]);
}
