//! `larder artifact-store register`: a store gets a name.

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn takes_the_fields_of_the_flavor_as_options() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder artifact-store register a -f keeper --path keeper://x --endpoint=here --retries 5 --part-size=1MiB --timeout 2m --verify-tls=no --mode fast
        ! artifact store `a` registered (flavor `keeper`, path keeper://x)
        $ larder cat a:endpoint a:mode a:part_size a:retries a:timeout a:verify_tls
        here
        fast
        1048576
        5
        120s
        false
        $ larder store describe a
        name:          a
        flavor:        keeper
        flavor status: ready
        path:          keeper://x
        active:        no
        config:
          endpoint:   here
          mode:       fast
          part_size:  1MiB
          retries:    5
          timeout:    2m
          verify_tls: no
        created at:    [TIME]
        updated at:    [TIME]
    "#]]);
}

#[test]
fn a_field_left_out_has_its_default() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder store register a -f keeper --path keeper://x --endpoint here
        ! artifact store `a` registered (flavor `keeper`, path keeper://x)
        $ larder cat a:mode a:part_size a:retries a:timeout a:verify_tls
        safe
        8388608
        3
        30s
        true
    "#]]);
}

#[test]
fn a_truth_value_alone_is_true() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder store register a --verify_tls --path keeper://x -f keeper --endpoint here
        ! artifact store `a` registered (flavor `keeper`, path keeper://x)
        $ larder store describe a
        name:          a
        flavor:        keeper
        flavor status: ready
        path:          keeper://x
        active:        no
        config:
          endpoint:   here
          verify_tls: yes
        created at:    [TIME]
        updated at:    [TIME]
    "#]]);
}

#[test]
fn an_at_sign_reads_a_file() {
    let home = TestHome::with_keeper();
    home.file("endpoint.txt", "from a file\n");
    home.play(&expect![[r#"
        $ larder store register a -f keeper --path keeper://x --endpoint=@endpoint.txt
        ! artifact store `a` registered (flavor `keeper`, path keeper://x)
        $ larder store register b -f keeper --path keeper://x --endpoint=@@home
        ! artifact store `b` registered (flavor `keeper`, path keeper://x)
        $ larder store register c -f keeper --path keeper://x --endpoint=@nothing.txt
        ! error: the file `nothing.txt` with the value of `endpoint` cannot be read
        ! caused by: No such file or directory (os error 2)
        ! hint: for a value that begins with `@` write --endpoint=@@...
        [1]
        $ larder store list --columns name,config
        NAME  CONFIG
        a     endpoint=from a file
        b     endpoint=@home
    "#]]);
}

#[test]
fn labels_are_kept() {
    let home = TestHome::with_local_store();
    home.play(&expect![[r#"
        $ larder store register a -f local --path a -l team=vision --label tier=cold
        ! artifact store `a` registered (flavor `local`, path [TMP]/a)
        $ larder store list --columns name,labels
        NAME  LABELS
        a     team=vision, tier=cold
        mine
        $ larder store register b -f local --path b -l team
        ! error: label "team" has no `=`
        ! hint: write a label as key=value
        [2]
        $ larder store register b -f local --path b -l =x
        ! error: label "=x" has no key
        ! hint: write a label as key=value
        [2]
    "#]]);
}

#[test]
fn a_relative_root_is_written_down_absolute() {
    let home = TestHome::with_local_store();
    home.play(&expect![[r#"
        $ larder store register a -f local --path some/./where/
        ! artifact store `a` registered (flavor `local`, path [TMP]/some/where)
        $ larder store register b -f local --path file://[TMP]/b
        ! artifact store `b` registered (flavor `local`, path file://[TMP]/b)
        $ larder store list --columns name,path
        NAME  PATH
        a  [TMP]/some/where
        b  file://[TMP]/b
        mine  [TMP]/artifacts
    "#]]);
}

#[test]
fn help_shows_the_fields_of_the_flavor() {
    let home = TestHome::with_keeper();
    let help = home.larder(["store", "register", "-f", "keeper", "--help"]).ok();
    let fields = &help[help.find("Fields of flavor").expect("the fields stand in the help")..];
    expect![[r#"
        Fields of flavor `keeper`:
              --endpoint=<text>
                  where the server listens [required]

              --token=<text>
                  what opens the door [aliases: secret, password] [secret: rather than the value give
                  env:NAME or file:/path]

              --mode=<text>
                  how it works [default: safe] [possible values: fast, safe]

              --verify_tls=<boolean>
                  whether certificates are looked at [default: true]

              --retries=<integer>
                  how often it tries again [default: 3]

              --part_size=<bytes>
                  the size of a part [default: 8MiB]

              --timeout=<duration>
                  how long it waits [default: 30s]
    "#]]
    .assert_eq(fields);
}

#[test]
fn help_of_an_unknown_flavor_says_so() {
    let home = TestHome::with_keeper();
    let help = home.larder(["store", "register", "-f", "keper", "--help"]).ok();
    expect!["The fields of flavor `keper` cannot be shown: no flavor is named `keper`"]
        .assert_eq(help.lines().last().expect("some text"));
}

#[test]
fn the_name_is_new_and_has_no_odd_characters() {
    let home = TestHome::with_local_store();
    home.play(&expect![[r#"
        $ larder store register mine -f local --path x
        ! error: artifact store `mine` already exists
        [1]
        $ larder store register a:b -f local --path x
        ! error: the name "a:b" for an artifact store has a character that is not allowed
        ! hint: a name has letters, digits, `.`, `_` and `-`, starts with a letter or a digit, and has at most 64 characters
        [2]
        $ larder store register a/b -f local --path x
        ! error: the name "a/b" for an artifact store has a character that is not allowed
        ! hint: a name has letters, digits, `.`, `_` and `-`, starts with a letter or a digit, and has at most 64 characters
        [2]
        $ larder store register '' -f local --path x
        ! error: the name "" for an artifact store is empty
        ! hint: a name has letters, digits, `.`, `_` and `-`, starts with a letter or a digit, and has at most 64 characters
        [2]
        $ larder store register -- --x -f local
        ! error: unexpected argument '-f' found
        ! 
        ! Usage: larder artifact-store register [OPTIONS] --flavor <FLAVOR> --path <PATH> <NAME>
        ! 
        ! For more information, try '--help'.
        [2]
    "#]]);
}

#[test]
fn what_is_missing_is_named() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder store register a
        ! error: the following required arguments were not provided:
        !   --flavor <FLAVOR>
        !   --path <PATH>
        ! 
        ! Usage: larder artifact-store register --flavor <FLAVOR> --path <PATH> <NAME>
        ! 
        ! For more information, try '--help'.
        [2]
        $ larder store register a -f keeper
        ! error: the following required arguments were not provided:
        !   --path <PATH>
        ! 
        ! Usage: larder artifact-store register --flavor <FLAVOR> --path <PATH> <NAME>
        ! 
        ! For more information, try '--help'.
        [2]
        $ larder store register a -f keeper --path keeper://x
        ! error: config key `endpoint` is required by flavor `keeper`
        [1]
    "#]]);
}

#[test]
fn the_flavor_itself_may_refuse() {
    let home = TestHome::with_keeper();
    home.play(&expect![[r#"
        $ larder store register a -f keeper --path keeper://nowhere --endpoint e
        ! error: flavor `keeper` refuses artifact store `a`
        ! caused by: validate: invalid argument: there is no keeper nowhere
        [1]
        $ larder store list --json
        []
        ! no artifact store is registered: larder artifact-store register --help
    "#]]);
}

#[test]
fn prints_the_store_as_json() {
    let home = TestHome::with_local_store();
    home.play(&expect![[r#"
        $ larder store register a -f local --path a --fsync --json -q
        {
          "name": "a",
          "flavor": "local",
          "flavor_status": "ready",
          "path": "[TMP]/a",
          "active": false,
          "stacks": [],
          "config": {
            "fsync": true
          },
          "labels": {},
          "created_at": "[TIME]",
          "updated_at": "[TIME]"
        }
    "#]]);
}
