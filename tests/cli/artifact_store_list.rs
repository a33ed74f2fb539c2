//! `larder artifact-store list`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn is_empty_at_first() {
    let home = TestHome::new();
    home.play(&expect![[r#"
        $ larder artifact-store list
        NAME  FLAVOR  PATH  ACTIVE  LABELS
        ! no artifact store is registered: larder artifact-store register --help
        $ larder artifact-store list --json
        []
        ! no artifact store is registered: larder artifact-store register --help
    "#]]);
}

#[test]
fn shows_which_one_is_active() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store register other -f local --path other -l team=vision
        ! artifact store `other` registered (flavor `local`, path [TMP]/other)
        $ larder stack register dev -a other --set
        ! stack `dev` registered and set (artifact store `other`)
        $ larder store list
        NAME  FLAVOR  PATH  ACTIVE  LABELS
        mine  local  [TMP]/artifacts  no
        other  local  [TMP]/other  yes  team=vision
    "#]]);
}

#[test]
fn filters_sorts_and_chooses_columns() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store register other -f local --path other -l team=vision -l tier=cold
        ! artifact store `other` registered (flavor `local`, path [TMP]/other)
        $ larder store list --name mine --columns name
        NAME
        mine
        $ larder store list --name contains:th --columns name
        NAME
        other
        $ larder store list --name endswith:e --columns name
        NAME
        mine
        $ larder store list --path contains:artifacts --columns name
        NAME
        mine
        $ larder store list --flavor memory --columns name
        NAME
        $ larder store list --label team=vision --label tier --columns name,labels
        NAME   LABELS
        other  team=vision, tier=cold
        $ larder store list --sort desc:name --columns name,flavor
        NAME   FLAVOR
        other  local
        mine   local
        $ larder store list --sort colour
        ! error: there is no column `colour`
        ! hint: the columns are name, flavor, flavor_status, path, active, stacks, config, labels, created_at, updated_at
        [2]
        $ larder store list --columns name,colour
        ! error: there is no column `colour`
        ! hint: the columns are name, flavor, flavor_status, path, active, stacks, config, labels, created_at, updated_at
        [2]
    "#]]);
}
