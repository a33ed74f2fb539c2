//! The transcript of the issue that asked for the command line, word for word: every command with all that it says.

use std::fs;

use expect_test::expect;
use larder_tests::{TestHome, library};

/// A home with what the transcript finds: a build, and a README.
fn before() -> TestHome {
    let home = TestHome::new();
    let built = home.file("target/release/liblarder_flavor_local.so", "");
    fs::copy(library("local"), built).expect("the library can be copied");
    home.file("README.md", "# Larder\n");
    home
}

fn read(home: &TestHome, path: &str) -> String {
    fs::read_to_string(home.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_transcript_works_word_for_word() {
    let home = before();
    home.play(&expect![[r#"
        $ larder artifact-store flavor register ./target/release/liblarder_flavor_local.so
        ! flavor `local` registered: [TMP]/target/release/liblarder_flavor_local.so
        $ larder artifact-store flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS
        local  file://, /  0.1.0  1.0.0  [TMP]/target/release/liblarder_flavor_local.so  ready
        $ larder artifact-store flavor describe local
        name:         local
        about:        Files and directories on this machine
        status:       ready
        origin:       registered
        schemes:      file://, /
        capabilities: write, append, exclusive, copyfile, rename, rename-directory, mkdir, remove-directory, atomic-rename, atomic-rename-directory, native-copy, ranged-read, modified-time, persistent
        config:
          NAME   TYPE     DEFAULT  REQUIRED  SECRET  HELP
          fsync  boolean  false    no        no      Write a file and its directory to the disk before its writer closes, so that it survives a loss of power
        library:
          file:        [TMP]/target/release/liblarder_flavor_local.so
          version:     0.1.0
          api version: 1.0.0
          license:     Apache-2.0
          repository:  https://github.com/larder-rs/larder
          rustc: [RUSTC]
          size bytes: [SIZE]
          sha256:      [SHA256]
          pinned:      yes
          accepted at: [TIME]
        $ larder artifact-store register mine --flavor local --path [TMP]/data/artifacts
        ! artifact store `mine` registered (flavor `local`, path [TMP]/data/artifacts)
        $ larder artifact-store register other --flavor local --path [TMP]/data/other --fsync=true
        ! artifact store `other` registered (flavor `local`, path [TMP]/data/other)
        $ larder stack register dev --artifact-store mine --set
        ! stack `dev` registered and set (artifact store `mine`)
        $ larder put README.md mine:docs/readme.md
        $ larder put README.md [TMP]/data/artifacts/docs/readme.md
        $ larder put README.md file://[TMP]/data/artifacts/docs/readme.md
        $ larder cp mine:docs/readme.md other:copy.md
        $ larder ls mine:
        docs/
        $ larder ls -l mine:docs
                   9  [TIME]  readme.md
        $ larder cat mine:docs/readme.md
        # Larder
        $ larder stat mine:docs/readme.md
        address:    mine:docs/readme.md
        kind:       file
        size bytes: 9
        modified:   [TIME]
        etag: [ETAG]
        $ larder glob 'mine:**/*.md'
        mine:docs/readme.md
        $ larder walk mine:
        mine:
        mine:docs/
        mine:docs/readme.md
        $ larder tree mine:
        mine:
        └── docs/
            └── readme.md

        1 directory, 1 file
        $ larder du mine:
        9	mine:docs
        9	mine:
    "#]]);
    assert_eq!(read(&home, "data/artifacts/docs/readme.md"), "# Larder\n");
    assert_eq!(read(&home, "data/other/copy.md"), "# Larder\n");
    home.play(&expect![[r#"
        $ larder mkdir mine:a
        $ larder mkdir -p mine:a/b/c
        $ larder mv mine:docs/readme.md mine:a/r.md
        $ larder exists mine:a/r.md
        $ larder get mine:a/r.md ./back.md
        $ larder rm mine:a/r.md
        $ larder rm -r mine:a
        $ larder stack list
        NAME  ARTIFACT STORE  FLAVOR  PATH  ACTIVE  LABELS
        dev  mine  local  [TMP]/data/artifacts  yes
        $ larder stack describe dev
        name:           dev
        artifact store: mine
        flavor:         local
        path:           [TMP]/data/artifacts
        active:         yes
        active by:      the registry
        created at:     [TIME]
        updated at:     [TIME]
        $ larder stack get
        dev
        ! set by the registry
        $ larder artifact-store update mine --fsync=true
        ! artifact store `mine` updated (flavor `local`, path [TMP]/data/artifacts)
        $ larder artifact-store rename mine ours
        ! artifact store `mine` is now `ours`
        ! also in: dev
        $ larder artifact-store delete other
        ! artifact store `other` deleted; its artifacts were left alone
    "#]]);
    assert_eq!(read(&home, "back.md"), "# Larder\n");
    assert_eq!(read(&home, "data/other/copy.md"), "# Larder\n", "deleting a store leaves its artifacts");
}

#[test]
fn a_file_is_put_under_any_of_its_addresses() {
    let home = before();
    home.larder(["flavor", "register", "target/release/liblarder_flavor_local.so"]).ok();
    home.larder(["store", "register", "mine", "-f", "local", "--path", "data/artifacts"]).ok();
    let local = home.path("data/artifacts/docs/readme.md").to_str().expect("UTF-8").to_owned();
    for (address, content) in
        [("mine:docs/readme.md", "one"), (&*local, "two"), (&*format!("file://{local}"), "three")]
    {
        home.file("README.md", content);
        home.larder(["put", "README.md", address]).gives(0, "", "");
        home.larder(["cat", "mine:docs/readme.md"]).gives(0, content, "");
    }
}
