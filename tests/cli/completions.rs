//! `larder completions`: a script that teaches a shell the commands.

use std::process::{Command, Stdio};

use expect_test::expect;
use larder_tests::TestHome;

#[test]
fn each_shell_gets_a_script_that_knows_the_commands() {
    let home = TestHome::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = home.larder(["completions", shell]).ok();
        for word in ["artifact-store", "remove-attribute", "no-overwrite", "completions"] {
            assert!(script.contains(word), "{shell} knows nothing of `{word}`");
        }
        assert!(!script.contains("[TMP]"), "{shell}: the script depends on where it was made");
    }
}

/// Runs a line in bash after the script was read; `None` without bash.
fn in_bash(home: &TestHome, line: &str) -> Option<String> {
    let script = home.file("larder.bash", home.larder(["completions", "bash"]).ok());
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", &format!("source '{}'\n{line}", script.display())]).stderr(Stdio::inherit());
    let output = bash.output().ok()?;
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn bash_completes_a_command_with_it() {
    let line =
        "COMP_WORDS=(larder stack de); COMP_CWORD=2; _larder larder de stack; echo \"${COMPREPLY[@]}\"";
    match in_bash(&TestHome::new(), line) {
        None => eprintln!("skipped: there is no bash"),
        Some(completed) => assert_eq!(completed, "describe delete\n"),
    }
}

#[test]
fn an_unknown_shell_is_refused_with_those_that_are_known() {
    TestHome::new().play(&expect![[r#"
        $ larder completions tcsh
        ! error: invalid value 'tcsh' for '<SHELL>'
        !   [possible values: bash, elvish, fish, powershell, zsh]
        ! 
        !   tip: a similar value exists: 'zsh'
        ! 
        ! For more information, try '--help'.
        [2]
    "#]]);
}
