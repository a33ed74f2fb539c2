//! A library that is put into a plugins directory works with no other step.

use std::fs;

use expect_test::expect;
use larder_tests::{TestHome, library};

#[test]
fn dropping_a_library_into_the_home_is_enough() {
    let home = TestHome::new();
    home.drop_in("local");
    home.file("a.txt", "A\n");
    home.play(&expect![[r#"
        $ larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS
        local  file://, /  0.1.0  1.0.0  [TMP]/home/plugins/liblarder_flavor_local.so  ready
        $ larder flavor describe local
        name:         local
        about:        Files and directories on this machine
        status:       ready
        origin:       dropped in
        schemes:      file://, /
        capabilities: write, append, exclusive, copyfile, rename, rename-directory, mkdir, remove-directory, atomic-rename, atomic-rename-directory, native-copy, ranged-read, modified-time, persistent
        config:
          NAME   TYPE     DEFAULT  REQUIRED  SECRET  HELP
          fsync  boolean  false    no        no      Write a file and its directory to the disk before its writer closes, so that it survives a loss of power
        library:
          file:        [TMP]/home/plugins/liblarder_flavor_local.so
          version:     0.1.0
          api version: 1.0.0
          license:     Apache-2.0
          repository:  https://github.com/larder-rs/larder
          rustc: [RUSTC]
          size bytes: [SIZE]
          pinned:      no
        $ larder artifact-store register mine -f local --path artifacts
        ! artifact store `mine` registered (flavor `local`, path [TMP]/artifacts)
        $ larder put a.txt mine:
        $ larder cat mine:a.txt
        A
        $ larder flavor list --columns name,origin,pinned,status
        NAME   ORIGIN      PINNED  STATUS
        local  dropped in  yes     ready
    "#]]);
}

#[test]
fn a_directory_in_the_search_path_is_enough_too() {
    let home = TestHome::new();
    fs::create_dir(home.path("libraries")).expect("a directory");
    fs::copy(library("keeper"), home.path("libraries/libanything.so")).expect("the library can be copied");
    home.play(&expect![[r#"
        $ larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS
        ! no flavor is known; register one: larder flavor register LIBRARY
        $ LARDER_PLUGIN_PATH=libraries::[TMP]/nowhere larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS
        ! warning: LARDER_PLUGIN_PATH has the relative entry `libraries`, which is left out: give it as an absolute path
        ! no flavor is known; register one: larder flavor register LIBRARY
        $ LARDER_PLUGIN_PATH=[TMP]/nowhere:[TMP]/libraries larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS
        keeper  keeper://  0.1.0  1.0.0  [TMP]/libraries/libanything.so  ready
        $ LARDER_PLUGIN_PATH=[TMP]/libraries larder store register k -f keeper --path keeper://x --endpoint e
        ! artifact store `k` registered (flavor `keeper`, path keeper://x)
        $ larder cat k:endpoint
        e
    "#]]);
}

#[test]
fn the_first_of_two_libraries_with_one_flavor_keeps_working() {
    let home = TestHome::new();
    home.drop_in("keeper");
    let plugins = home.larder_home().join("plugins");
    fs::copy(library("keeper"), plugins.join("libother.so")).expect("the library can be copied");
    home.play(&expect![[r#"
        $ larder flavor list
        NAME  SCHEMES  VERSION  API VERSION  FROM  STATUS  DETAIL
        keeper  keeper://  0.1.0  1.0.0  [TMP]/home/plugins/liblarder_flavor_keeper.so  ready
        keeper  keeper://  0.1.0  1.0.0  [TMP]/home/plugins/libother.so  shadowed  `[TMP]/home/plugins/liblarder_flavor_keeper.so` was found first
        $ larder store register k -f keeper --path keeper://x --endpoint e
        ! artifact store `k` registered (flavor `keeper`, path keeper://x)
        $ larder cat k:endpoint
        e
        $ larder flavor list --columns name,origin,status
        NAME    ORIGIN      STATUS
        keeper  dropped in  ready
        keeper  dropped in  shadowed
    "#]]);
}

#[test]
fn what_is_no_library_is_told_of_and_stops_nothing() {
    let home = TestHome::new();
    home.drop_in("keeper");
    let plugins = home.larder_home().join("plugins");
    fs::write(plugins.join("libnotes.so"), "hello\n").expect("a file");
    fs::write(plugins.join("README.txt"), "hello\n").expect("a file");
    home.play(&expect![[r#"
        $ larder flavor list --columns name,status
        NAME    STATUS
        keeper  ready
        ! warning: library `[TMP]/home/plugins/libnotes.so` is a text file that starts with `hello`, a shared library was expected
        ! hint: give the path of the compiled library, which ends in `.so`; its crate needs `crate-type = ["cdylib"]`
        $ larder store register k -f keeper --path keeper://x --endpoint e
        ! artifact store `k` registered (flavor `keeper`, path keeper://x)
        $ larder cat k:endpoint
        e
    "#]]);
}

#[test]
fn a_library_that_changes_after_its_first_use_is_refused() {
    let home = TestHome::new();
    home.drop_in("keeper");
    home.play(&expect![[r#"
        $ larder store register k -f keeper --path keeper://x --endpoint e
        ! artifact store `k` registered (flavor `keeper`, path keeper://x)
    "#]]);
    home.append("home/plugins/liblarder_flavor_keeper.so", b"\0");
    home.play(&expect![[r#"
        $ larder cat k:endpoint
        ! error: artifact store `k` cannot be used
        ! caused by: flavor `keeper` is not loaded: its library is not the one accepted on [TIME]
        ! caused by: library `[TMP]/home/plugins/liblarder_flavor_keeper.so` changed: SHA-256 [SHA256] was accepted, the file is [SHA256] now
        ! hint: if you trust the change: larder flavor update keeper
        [1]
        $ larder flavor update keeper -q
        $ larder cat k:endpoint
        e
    "#]]);
}
