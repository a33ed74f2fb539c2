//! `larder stack import`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn what_was_exported_comes_back() {
    let home = TestHome::with_files();
    home.play(&expect![[r#"
        $ larder store update mine --fsync -l team=vision -q
        $ larder stack register dev -a mine -q
        $ larder stack export dev dev.yaml
        ! stack `dev` exported to dev.yaml
        $ larder stack delete -y -r dev
        ! stack `dev` deleted
        ! artifact store `mine` deleted; its artifacts were left alone
        $ larder stack import dev.yaml
        ! stack `dev` imported (artifact store `mine`)
        $ larder stack list --columns name,artifact_store,path
        NAME  ARTIFACT STORE  PATH
        dev  mine  [TMP]/artifacts
        $ larder store list --columns name,config,labels
        NAME  CONFIG     LABELS
        mine  fsync=yes  team=vision
        $ larder stack import dev.yaml
        ! error: stack `dev` already exists
        [1]
        $ larder stack import dev.yaml --name second
        ! artifact store `mine` was there already
        ! stack `second` imported (artifact store `mine`)
        $ larder stack import dev.yaml --name third --artifact-store theirs
        ! stack `third` imported (artifact store `theirs`)
        $ larder ls theirs:
        docs/
        notes.txt
    "#]]);
}

#[test]
fn a_secret_that_was_left_out_is_asked_for() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder store register a -f keeper --path keeper://x --endpoint e --token hunter2
        ! artifact store `a` registered (flavor `keeper`, path keeper://x)
        $ larder stack register dev -a a -q
        $ larder stack export dev dev.yaml
        ! stack `dev` exported to dev.yaml
        ! warning: left out, for they are secrets: token
        $ larder stack delete -y -r dev
        ! stack `dev` deleted
        ! artifact store `a` deleted; its artifacts were left alone
        $ larder stack import dev.yaml
        ! warning: the document has no value for `token`: larder artifact-store update a --token=env:NAME
        ! stack `dev` imported (artifact store `a`)
        $ larder cat a:token_length
        0
        $ larder stack delete -y -r dev
        ! stack `dev` deleted
        ! artifact store `a` deleted; its artifacts were left alone
        $ larder stack import dev.yaml -c token=env:TOKEN
        ! stack `dev` imported (artifact store `a`)
        $ TOKEN=abcd larder cat a:token_length
        4
        $ larder cat a:token_length
        ! error: artifact store `a` cannot be used
        ! caused by: config key `token` has no value
        ! caused by: environment variable `TOKEN` is not set
        [1]
    "#]]);
}

#[test]
fn other_documents_are_refused() {
    let home = TestHome::with_files();
    home.file("list.yaml", "- a\n");
    home.file("broken.yaml", "a: [");
    home.file(
        "newer.yaml",
        "larder_stack: 99\nname: dev\nartifact_store: {name: a, flavor: {name: local}, path: /x}\n",
    );
    home.play(&expect![[r#"
        $ larder stack import list.yaml
        ! error: `list.yaml` is no document of a stack
        ! caused by: invalid type: sequence, expected what `larder stack export` writes
        [2]
        $ larder stack import broken.yaml
        ! error: `broken.yaml` is no document of a stack
        ! caused by: did not find expected node content at line 2 column 1, while parsing a flow node
        [2]
        $ larder stack import newer.yaml
        ! error: the stack document has format 99, this larder knows format 1
        [2]
        $ larder stack import nothing.yaml
        ! error: `nothing.yaml` cannot be read
        ! caused by: No such file or directory (os error 2)
        [1]
    "#]]);
}

#[test]
fn the_flavor_need_not_be_known() {
    let home = TestHome::new();
    let document = "larder_stack: 1\nname: dev\nartifact_store: {name: a, flavor: {name: keeper}, path: 'keeper://x', config: {endpoint: e}}\n";
    home.file("dev.yaml", document);
    home.play(&expect![[r#"
        $ larder stack import dev.yaml
        ! warning: flavor `keeper` is not known here: larder flavor register LIBRARY
        ! stack `dev` imported (artifact store `a`)
        $ larder ls a:
        ! error: artifact store `a` cannot be used
        ! caused by: no flavor is named `keeper`
        ! hint: register a library: larder flavor register <PATH>, or put it into a plugins directory
        [1]
    "#]]);
}
