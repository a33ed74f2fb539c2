//! A secret that was given in place never appears in what any command prints; a reference to one may.

use expect_test::expect;
use larder_tests::TestHome;

/// Nothing else looks like it.
const SECRET: &str = "hunter2-c0ffee";

fn with_secret() -> TestHome {
    let home = TestHome::with_keeper();
    let register = ["store", "register", "k", "-f", "keeper", "--path", "keeper://x", "--endpoint", "e"];
    home.larder(register).args(["--token", SECRET]).ok();
    home.larder(["stack", "register", "dev", "-a", "k", "--set"]).ok();
    home
}

/// Runs a line in every format, with much said, and looks for the secret.
#[track_caller]
fn assert_silent(home: &TestHome, line: &str) {
    for format in ["table", "json", "yaml", "csv"] {
        let outcome = home.typed(&line.replace("SECRET", SECRET)).args(["-vvv", "-o", format]).run();
        let said = outcome.stdout + &outcome.stderr;
        assert!(!said.contains("hunter2") && !said.contains("c0ffee"), "`{line}` in {format}: {said}");
    }
}

#[test]
fn it_reaches_the_flavor() {
    let home = with_secret();
    home.larder(["cat", "k:token_length"]).gives(0, &format!("{}\n", SECRET.len()), "");
}

#[test]
fn no_command_prints_it() {
    let home = with_secret();
    for line in [
        "larder store list --columns name,config",
        "larder store list --sort config",
        "larder store describe k",
        "larder store get",
        "larder store update k --retries 5",
        "larder store update k --token SECRET",
        "larder store copy k second",
        "larder store rename second third",
        "larder store remove-attribute third token",
        "larder store delete third",
        "larder stack list",
        "larder stack describe dev",
        "larder stack export dev",
        "larder stack copy dev other",
        "larder flavor list",
        "larder flavor describe keeper",
        "larder flavor update keeper",
        "larder flavor delete keeper",
        "larder ls -l k:",
        "larder walk k:",
        "larder stat k:endpoint",
        "larder cat k:token",
        "larder put - k:x",
    ] {
        assert_silent(&home, line);
    }
}

#[test]
fn no_error_about_the_config_prints_it() {
    let home = with_secret();
    for line in [
        "larder store register a -f keeper --path keeper://x --endpoint e --token SECRET --mode odd",
        "larder store register a -f keeper --path keeper://nowhere --endpoint e --token SECRET",
        "larder store register a -f keeper --path keeper://x --token SECRET",
        "larder store register a -f keeper --path keeper://x --endpoint e --tokne SECRET",
        "larder store register a -f keeper --path keeper://x --endpoint e --token SECRET --secret SECRET",
        "larder store register a -f keepr --path keeper://x --endpoint e --token SECRET",
        "larder store register a -f keeper --path s3://x --endpoint e --token SECRET",
        "larder store register k -f keeper --path keeper://x --endpoint e --token SECRET",
        "larder store register a -f keeper --path keeper://user:SECRET@x --endpoint e",
        "larder store update k --token SECRET --mode odd",
        "larder store update nothing --token SECRET",
        "larder store update k --path keeper://nowhere --token SECRET",
        "larder stack import nothing.yaml -c token=SECRET",
    ] {
        assert_silent(&home, line);
    }
}

#[test]
fn it_is_not_printed_when_the_store_cannot_be_made() {
    let home = TestHome::with_keeper();
    let register = ["store", "register", "k", "-f", "keeper", "--path", "keeper://closed", "--endpoint", "e"];
    home.larder(register).args(["--token", SECRET]).ok();
    assert_silent(&home, "larder ls k:");
    home.play(&expect![[r#"
        $ larder ls k:
        ! error: artifact store `k` cannot be used
        ! caused by: make: unavailable: the keeper is closed
        ! caused by: it is Sunday
        [1]
    "#]]);
}

#[test]
fn it_is_not_printed_when_the_library_is_gone() {
    let home = TestHome::with_keeper_library();
    home.larder(["flavor", "register", "libkeeper.so"]).ok();
    let register = ["store", "register", "k", "-f", "keeper", "--path", "keeper://x", "--endpoint", "e"];
    home.larder(register).args(["--token", SECRET]).ok();
    home.larder(["stack", "register", "dev", "-a", "k", "--set"]).ok();
    std::fs::remove_file(home.path("libkeeper.so")).expect("it was there");
    for line in [
        "larder store describe k",
        "larder store list --columns config",
        "larder stack export dev",
        "larder ls k:",
    ] {
        assert_silent(&home, line);
    }
}

#[test]
fn a_damaged_registry_does_not_spill_it() {
    let home = with_secret();
    let registry = home.larder_home().join("registry.json");
    let text = std::fs::read_to_string(&registry).expect("the registry can be read");
    for damaged in [text.replace(SECRET, &format!("{SECRET}\", oops")), text.replace("\"path\"", "\"paht\"")]
    {
        std::fs::write(&registry, damaged).expect("a file");
        for line in [
            "larder store list",
            "larder store describe k",
            "larder ls k:",
            "larder store update k --retries 1",
        ] {
            assert_silent(&home, line);
        }
    }
}

#[test]
fn only_the_user_can_read_the_registry() {
    use std::os::unix::fs::PermissionsExt;
    let home = with_secret();
    let registry = home.larder_home().join("registry.json");
    let mode = std::fs::metadata(registry).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn references_are_shown_and_looked_up_when_the_store_is_used() {
    let home = TestHome::with_keeper();
    home.file("token.txt", "from a file\n");
    home.play(&expect![[r#"
        $ TOKEN=four larder store register a -f keeper --path keeper://x --endpoint e --token env:TOKEN
        ! artifact store `a` registered (flavor `keeper`, path keeper://x)
        $ larder store register b -f keeper --path keeper://x --endpoint e --secret=file:[TMP]/token.txt
        ! artifact store `b` registered (flavor `keeper`, path keeper://x)
        $ larder store register c -f keeper --path keeper://x --endpoint e --password=@token.txt
        ! artifact store `c` registered (flavor `keeper`, path keeper://x)
        $ larder store list --columns name,config
        NAME  CONFIG
        a  endpoint=e, token=env:TOKEN
        b  endpoint=e, token=file:[TMP]/token.txt
        c  endpoint=e, token=***
        $ TOKEN=four larder cat a:token_length b:token_length c:token_length
        4
        11
        11
        $ TOKEN=longer larder cat a:token_length
        6
        $ larder cat a:token_length
        ! error: artifact store `a` cannot be used
        ! caused by: config key `token` has no value
        ! caused by: environment variable `TOKEN` is not set
        [1]
        $ larder store register d -f keeper --path keeper://x --endpoint e --token env:UNSET
        ! error: config key `token` has no value
        ! caused by: environment variable `UNSET` is not set
        [1]
    "#]]);
    std::fs::remove_file(home.path("token.txt")).expect("it was there");
    home.play(&expect![[r#"
        $ larder cat b:token_length
        ! error: artifact store `b` cannot be used
        ! caused by: config key `token` has no value
        ! caused by: secret file `[TMP]/token.txt` cannot be read
        ! caused by: No such file or directory (os error 2)
        [1]
        $ larder cat c:token_length
        11
    "#]]);
}
