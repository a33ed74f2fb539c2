//! `larder flavor inspect`: what a library file is, without running it.

use std::fs;

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn says_what_is_in_the_manifest() {
    let home = TestHome::with_keeper_library();
    let seen = home.larder(["flavor", "inspect", "libkeeper.so"]).json();
    let manifest = &seen["manifest"];
    assert_eq!(manifest["library"], "larder-flavor-keeper");
    assert_eq!(manifest["flavors"][0]["name"], "keeper");
    assert_eq!(manifest["flavors"][0]["config"][0]["name"], "endpoint");
    let size = fs::metadata(home.path("libkeeper.so")).expect("it is there").len();
    assert_eq!(seen["size_bytes"], size);
}

#[test]
fn describes_flavors_and_their_config_below_each_other() {
    let home = TestHome::with_keeper_library();
    let text = home.larder(["flavor", "inspect", "libkeeper.so"]).ok();
    let flavors = text.split_once("  flavors:\n").expect("flavors are shown").1;
    let flavors = flavors.lines().map_while(|line| line.strip_prefix("    "));
    let flavors = flavors.fold(String::new(), |text, line| text + line + "\n");
    expect![[r#"
            type:    artifact_store
            name:    keeper
            about:   Shows the config that it was given
            schemes: keeper://
            config:
              NAME        TYPE      DEFAULT  REQUIRED  SECRET  ALIASES           CHOICES     HELP
              endpoint    text               yes       no                                    where the server listens
              token       text               no        yes     secret, password              what opens the door
              mode        text      safe     no        no                        fast, safe  how it works
              verify_tls  boolean   true     no        no                                    whether certificates are looked at
              retries     integer   3        no        no                                    how often it tries again
              part_size   bytes     8MiB     no        no                                    the size of a part
              timeout     duration  30s      no        no                                    how long it waits
    "#]].assert_eq(&flavors);
}

#[test]
fn says_what_is_wrong() {
    let home = TestHome::new();
    home.file("notes.txt", "hello\n");
    home.play(&expect![[r#"
        $ larder flavor inspect notes.txt
        ! error: library `notes.txt` is a text file that starts with `hello`, a shared library was expected
        ! hint: give the path of the compiled library, which ends in `.so`; its crate needs `crate-type = ["cdylib"]`
        [1]
        $ larder flavor inspect nothing.so
        ! error: library `nothing.so` does not exist
        ! hint: check the path; after `cargo build --release` a flavor is in `target/release/`, as `lib<name>.so`
        [1]
    "#]]);
}
