//! What programs read: JSON of the shape that the help of each command says, the same as YAML, CSV after RFC 4180.

use std::collections::BTreeSet;

use expect_test::expect;
use larder_tests::{TestHome, is_time};
use serde_json::Value;

/// A home in which every command has something to print.
fn furnished() -> TestHome {
    let home = TestHome::with_files();
    home.register_flavor("keeper");
    home.file("local/readme.md", "# Larder\n");
    home.file("local/other.md", "other");
    for line in [
        "larder store update mine --fsync -l team=vision",
        "larder store register second -f keeper --path keeper://x --endpoint e --token hunter2",
        "larder stack register dev -a mine --set -l team=vision",
        "larder stack register other -a second",
    ] {
        home.typed(line).ok();
    }
    home
}

/// Commands that print data, with lines that make them do so.
const PRINTING: &[&str] = &[
    "larder flavor register [BUILD]/liblarder_flavor_keeper.so",
    "larder flavor list",
    "larder flavor describe keeper",
    "larder flavor inspect [BUILD]/liblarder_flavor_keeper.so",
    "larder flavor update keeper",
    "larder artifact-store list",
    "larder artifact-store describe mine",
    "larder artifact-store get",
    "larder artifact-store register third -f local --path third",
    "larder artifact-store update third -l a=b",
    "larder artifact-store update third --fsync",
    "larder artifact-store remove-attribute third fsync",
    "larder stack list",
    "larder stack describe dev",
    "larder stack get",
    "larder stack register third -a third",
    "larder stack update third -a mine",
    "larder ls mine:",
    "larder ls -R mine:",
    "larder ls mine:notes.txt",
    "larder stat mine:notes.txt mine:docs",
    "larder exists mine:notes.txt",
    "larder glob mine:**",
    "larder walk mine:",
    "larder tree mine:",
    "larder du mine:",
    "larder sync local mine:synced",
];

fn run(home: &TestHome, line: &str, format: &str) -> String {
    let build = larder_tests::library("keeper");
    let build = build.parent().expect("a file is in a directory").display().to_string();
    home.typed(&line.replace("[BUILD]", &build)).args(["-q", "-o", format]).ok()
}

fn json(home: &TestHome, line: &str) -> Value {
    let text = run(home, line, "json");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("`{line}` is no JSON: {error}: {text}"))
}

/// The keys that a help text promises: those in quotes within the shape.
fn promised(help: &str) -> BTreeSet<String> {
    let start = help.find("JSON: ").expect("the help says what the JSON is") + "JSON: ".len();
    let shape = help[start..].split("\n\n").next().unwrap_or_default();
    let shape = shape.split('`').skip(1).step_by(2).filter(|code| code.starts_with('{'));
    let words = shape.flat_map(|shape| shape.split('"').skip(1).step_by(2).map(str::to_owned));
    words.collect()
}

/// The keys that are there, at any depth, less those that are the user's.
fn found(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| found(item, keys)),
        Value::Object(fields) => {
            for (key, value) in fields {
                keys.insert(key.clone());
                let is_the_users =
                    value.is_object() && ["config", "labels", "metadata"].contains(&key.as_str());
                if !is_the_users && key != "manifest" {
                    found(value, keys);
                }
            }
        }
        _ => {}
    }
}

/// The help of the command of a line.
fn help_of(home: &TestHome, line: &str) -> String {
    let words: Vec<&str> = line.split(' ').skip(1).collect();
    let depth = if ["flavor", "artifact-store", "stack"].contains(&words[0]) { 2 } else { 1 };
    home.larder([]).args(&words[..depth]).arg("--help").ok()
}

#[test]
fn the_json_of_each_command_has_the_shape_that_its_help_says() {
    let home = furnished();
    for line in PRINTING {
        let help = help_of(&home, line);
        if !help.contains("JSON: `{")
            && !help.contains("JSON: an array of `{")
            && !help.contains("JSON: an array, one")
        {
            // Such as "as `stack describe` prints it".
            assert!(help.contains("prints it."), "{line}: {help}");
            continue;
        }
        let mut keys = BTreeSet::new();
        found(&json(&home, line), &mut keys);
        let promised = promised(&help);
        let missing: Vec<_> = promised.difference(&keys).filter(|key| *key != "default").collect();
        let silent: Vec<_> = keys.difference(&promised).collect();
        assert!(
            missing.is_empty() && silent.is_empty(),
            "{line}: missing {missing:?}, not promised {silent:?}"
        );
    }
}

#[test]
fn lists_are_arrays_also_when_they_are_empty() {
    let home = TestHome::with_local_store();
    for line in [
        "larder stack list",
        "larder store list --name nothing",
        "larder flavor list --name nothing",
        "larder ls mine:",
        "larder glob mine:*",
    ] {
        assert_eq!(run(&home, line, "json"), "[]\n", "{line}");
        assert_eq!(run(&home, line, "yaml"), "[]\n", "{line}");
        assert_eq!(run(&home, line, "csv").lines().count(), 1, "{line}: the names of the columns");
    }
}

#[test]
fn sizes_are_numbers_times_are_rfc_3339_and_what_is_unknown_is_null() {
    let home = furnished();
    let row = &json(&home, "larder stat mine:notes.txt")[0];
    assert_eq!(row["size_bytes"], 10);
    assert!(is_time(row["modified"].as_str().expect("a text")), "{row}");
    assert_eq!(json(&home, "larder stat mine:docs")[0]["size_bytes"], Value::Null);
    assert_eq!(json(&home, "larder exists mine:notes.txt")[0]["exists"], true);
    assert_eq!(json(&home, "larder store describe mine")["config"]["fsync"], true);
}

#[test]
fn rows_are_the_same_in_every_format() {
    furnished().play(&expect![[r#"
        $ larder ls mine: --json --quiet
        [
          {"address":"mine:docs","name":"docs","kind":"directory","size_bytes":null,"modified":null},
          {"address":"mine:notes.txt","name":"notes.txt","kind":"file","size_bytes":10,"modified":"[TIME]"}
        ]
        $ larder exists mine:notes.txt mine:docs -o yaml
        - address: mine:notes.txt
          exists: true
        - address: mine:docs
          exists: true
        $ larder exists mine:notes.txt mine:docs -o csv
        address,exists
        mine:notes.txt,yes
        mine:docs,yes
        $ larder exists mine:notes.txt mine:docs -o json
        [
          {
            "address": "mine:notes.txt",
            "exists": true
          },
          {
            "address": "mine:docs",
            "exists": true
          }
        ]
        $ larder walk mine: -o yaml
        - directory: 'mine:'
          directories:
          - docs
          files:
          - notes.txt
        - directory: mine:docs
          directories:
          - guide
          files:
          - readme.md
        - directory: mine:docs/guide
          directories: []
          files:
          - intro.md
        $ larder walk mine: -o csv
        directory,directories,files
        mine:,docs,notes.txt
        mine:docs,guide,readme.md
        mine:docs/guide,,intro.md
        $ larder du mine: -o csv
        address,size_bytes,files
        mine:docs/guide,9,1
        mine:docs,18,2
        mine:,28,3
        $ larder du mine: -o yaml
        - address: mine:docs/guide
          size_bytes: 9
          files: 1
        - address: mine:docs
          size_bytes: 18
          files: 2
        - address: 'mine:'
          size_bytes: 28
          files: 3
        $ larder tree mine:docs -o yaml
        address: mine:docs
        name: docs
        kind: directory
        children:
        - address: mine:docs/guide
          name: guide
          kind: directory
          children:
          - address: mine:docs/guide/intro.md
            name: intro.md
            kind: file
        - address: mine:docs/readme.md
          name: readme.md
          kind: file
    "#]]);
}

#[test]
fn lists_are_the_same_in_every_format() {
    furnished().play(&expect![[r#"
        $ larder stack list --columns name,active,labels
        NAME   ACTIVE  LABELS
        dev    yes     team=vision
        other  no
        $ larder stack list --columns name,active,labels -o csv
        name,active,labels
        dev,yes,team=vision
        other,no,
        $ larder stack list --columns name,active,labels -o json
        [
          {
            "name": "dev",
            "active": true,
            "labels": {
              "team": "vision"
            }
          },
          {
            "name": "other",
            "active": false,
            "labels": {}
          }
        ]
        $ larder stack list --columns name,active,labels -o yaml
        - name: dev
          active: true
          labels:
            team: vision
        - name: other
          active: false
          labels: {}
        $ larder stack get -o yaml
        stack: dev
        source: the registry
        $ larder stack get -o csv
        stack,source
        dev,the registry
    "#]]);
}

#[test]
fn odd_names_are_escaped_as_each_format_asks() {
    let home = TestHome::with_local_store();
    for name in ["comma,quote\"", "line\nbreak", "tab\t\u{1b}[31m", "Ünïcode 漢字"] {
        home.file(&format!("artifacts/{name}"), "");
    }
    let names = |value: &Value| -> Vec<String> {
        let rows = value.as_array().expect("an array");
        rows.iter().map(|row| row["name"].as_str().expect("a text").to_owned()).collect()
    };
    let listed = json(&home, "larder ls mine:");
    assert_eq!(names(&listed), ["comma,quote\"", "line\nbreak", "tab\t\u{1b}[31m", "Ünïcode 漢字"]);
    assert!(!run(&home, "larder ls mine:", "json").contains('\u{1b}'), "a terminal does not act on JSON");
    let csv = run(&home, "larder glob mine:**", "csv");
    assert!(csv.contains("\n\"mine:comma,quote\"\"\",") && csv.contains("\n\"mine:line\nbreak\","), "{csv}");
    let table = run(&home, "larder stack list", "table");
    assert!(!table.contains('\u{1b}'));
}

#[test]
fn filters_sorting_and_columns_work_in_every_format() {
    furnished().play(&expect![[r#"
        $ larder store list --name startswith:s --columns name,flavor -o csv
        name,flavor
        second,keeper
        $ larder store list --flavor equals:local --columns name -o json
        [
          {
            "name": "mine"
          }
        ]
        $ larder store list --sort asc:flavor --columns flavor,name -o csv
        flavor,name
        keeper,second
        local,mine
        $ larder store list --sort desc:flavor --columns flavor,name -o csv
        flavor,name
        local,mine
        keeper,second
        $ larder flavor list --sort desc:name --columns name,license -o csv
        name,license
        local,Apache-2.0
        keeper,Apache-2.0
        $ larder stack list --name notequals:dev --columns name -o csv
        name
        other
        $ larder stack list --columns nme
        ! error: there is no column `nme`
        ! hint: the columns are name, artifact_store, flavor, path, active, active_by, directories, labels, created_at, updated_at
        [2]
        $ larder stack list --columns ''
        ! error: there is no column ``
        ! hint: the columns are name, artifact_store, flavor, path, active, active_by, directories, labels, created_at, updated_at
        [2]
        $ larder stack list --sort up:name
        ! error: there is no column `up:name`
        ! hint: the columns are name, artifact_store, flavor, path, active, active_by, directories, labels, created_at, updated_at
        [2]
    "#]]);
}

#[test]
fn quiet_leaves_data_and_errors() {
    furnished().play(&expect![[r#"
        $ larder -q stack get
        dev
        $ larder -q stack set other
        $ larder put -q -r local mine:local
        $ larder -q cat mine:nothing
        ! error: cannot read `mine:nothing`
        ! caused by: open `nothing`: not found
        [1]
    "#]]);
}

#[test]
fn verbose_says_more_on_the_standard_error_only() {
    let home = furnished();
    let quiet = home.larder(["ls", "mine:"]).run();
    let loud = home.larder(["ls", "mine:", "-vvv"]).run();
    assert_eq!(quiet.stdout, loud.stdout);
    assert_eq!(quiet.stderr, "");
}
