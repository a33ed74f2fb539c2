//! Every command explains itself: what it does, and examples that can be taken as they are.

use expect_test::expect;
use larder_tests::TestHome;

/// The names below a command, out of the section `Commands:` of its help.
fn below(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// Every command without commands below it, with its help.
fn commands(home: &TestHome, words: &[String], found: &mut Vec<(String, String)>) {
    let help = home.larder([]).args(words).arg("--help").ok();
    let names = below(&help);
    if names.is_empty() {
        found.push((words.join(" "), help));
        return;
    }
    for name in names {
        commands(home, &[words, &[name]].concat(), found);
    }
}

fn all(home: &TestHome) -> Vec<(String, String)> {
    let mut found = Vec::new();
    commands(home, &[], &mut found);
    assert!(found.len() > 50, "only {} commands were found", found.len());
    found
}

/// The lines of the section `Examples:`.
fn examples(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    lines.map_while(|line| line.strip_prefix("  ")).collect()
}

/// What stands after `larder` in an example, as a shell would take it apart; the rest of a pipeline is cut off.
fn words(example: &str) -> Vec<String> {
    let start = example.find("larder ").expect("an example has a command") + "larder ".len();
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in example[start..].chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '|' | '>' | '&') => break,
            (None, ' ') => words.push(String::new()),
            (_, c) => words.last_mut().expect("there is always one").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_has_a_help_with_its_own_examples() {
    let home = TestHome::new();
    for (command, help) in all(&home) {
        assert!(help.contains("\nUsage: larder "), "{command}: {help}");
        let first = help.lines().next().unwrap_or_default();
        assert!(first.len() > 10 && !first.ends_with('.'), "{command} says of itself: {first}");
        let own = command.strip_prefix("artifact-store flavor").map(|rest| format!("flavor{rest}"));
        let own = own.unwrap_or(command.clone());
        let shown = examples(&help);
        let is_own = |example: &&str| {
            let words = words(example).join(" ");
            words.starts_with(&own) || words.contains(&format!(" {own}"))
        };
        assert!(shown.iter().any(is_own), "{command} has no example of itself: {shown:?}");
    }
}

#[test]
fn every_example_is_understood() {
    let home = TestHome::new();
    // Nothing can be done in this home, but a line that is not understood is refused before.
    home.file("home/registry.json", "{");
    for (command, help) in all(&home) {
        for example in examples(&help) {
            let outcome = home.larder([]).args(words(example)).run();
            let refused = outcome.stderr.contains("For more information, try '--help'");
            assert!(!refused, "{command}: `{example}`: {}", outcome.stderr);
        }
    }
}

#[test]
fn short_names_are_the_same_commands() {
    let home = TestHome::new();
    for (long, short) in [
        (["artifact-store", "flavor", "list"].as_slice(), ["flavor", "list"].as_slice()),
        (&["artifact-store", "register"], &["store", "register"]),
        (&["artifact-store", "flavor", "describe"], &["store", "flavor", "describe"]),
    ] {
        let arguments = |help: String| help.split_once("Options:").expect("options").1.to_owned();
        let [long, short] =
            [long, short].map(|words| arguments(home.larder([]).args(words).arg("--help").ok()));
        assert_eq!(long, short);
    }
}

#[test]
fn the_version_says_that_of_the_api_too() {
    let home = TestHome::new();
    let version =
        format!("larder {} (plugin API {})\n", env!("CARGO_PKG_VERSION"), larder_plugin_api::API_VERSION);
    home.larder(["--version"]).gives(0, &version, "");
    home.larder(["-V"]).gives(0, &version, "");
}

#[test]
fn without_a_command_the_help_is_shown_and_the_status_is_2() {
    let home = TestHome::new();
    for line in [&[][..], &["stack"], &["artifact-store"], &["flavor"]] {
        let outcome = home.larder([]).args(line).run();
        assert_eq!((outcome.code, &*outcome.stdout), (Some(2), ""), "{line:?}");
        assert!(outcome.stderr.contains("Usage: larder"), "{line:?}: {}", outcome.stderr);
    }
}

#[test]
fn a_word_that_is_nearly_a_command_is_recognised() {
    TestHome::new().play(&expect![[r#"
        $ larder lss mine:
        ! error: unrecognized subcommand 'lss'
        ! 
        !   tip: a similar subcommand exists: 'ls'
        ! 
        ! Usage: larder [OPTIONS] <COMMAND>
        ! 
        ! For more information, try '--help'.
        [2]
        $ larder stack lsit
        ! error: unrecognized subcommand 'lsit'
        ! 
        !   tip: some similar subcommands exist: 'set', 'list'
        ! 
        ! Usage: larder stack [OPTIONS] <COMMAND>
        ! 
        ! For more information, try '--help'.
        [2]
        $ larder ls --recursiv mine:
        ! error: unexpected argument '--recursiv' found
        ! 
        !   tip: a similar argument exists: '--recursive'
        ! 
        ! Usage: larder ls --recursive [PATHS]...
        ! 
        ! For more information, try '--help'.
        [2]
        $ larder ls -o xml mine:
        ! error: invalid value 'xml' for '--output <FORMAT>'
        !   [possible values: table, json, yaml, csv]
        ! 
        !   tip: a similar value exists: 'yaml'
        ! 
        ! For more information, try '--help'.
        [2]
        $ larder ls --json -o csv mine:
        ! error: the argument '--json' cannot be used with '--output <FORMAT>'
        ! 
        ! Usage: larder ls --json <PATHS>...
        ! 
        ! For more information, try '--help'.
        [2]
    "#]]);
}
