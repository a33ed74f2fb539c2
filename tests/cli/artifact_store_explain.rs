//! `larder artifact-store explain`.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn explains_what_a_store_is() {
    let home = TestHome::new();
    home.play(&expect![[r#"
        $ larder artifact-store explain
        An artifact store keeps artifacts: files and directories below one root.

        It has a name, a flavor, a root path and a config. The flavor says what kind of store it is: a
        directory, a bucket, an appliance of your own. It comes in a library, which anybody can build; Larder
        finds the library, checks it, and loads it when the store is used.

          larder flavor register LIBRARY                                   a flavor becomes known
          larder artifact-store register mine --flavor local --path /data  a store gets a name
          larder put README.md mine:docs/readme.md                         an artifact goes into it

        A path is `mine:docs/readme.md`, or the URI or local path of the same file: it belongs to the store
        with the longest root that contains it.

        A stack names the artifact store to use; one stack is active.

          larder stack register dev --artifact-store mine --set
    "#]]);
}
