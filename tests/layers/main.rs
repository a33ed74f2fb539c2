//! The invariants of ARCHITECTURE.md that can be read off the source: who knows of whom, and where `unsafe` is.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file, relative to the root of the repository, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The lines that are code, with their numbers; comments and docs may name anything.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_code = |(_, line): &(usize, &str)| !line.trim_start().starts_with("//");
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(is_code)
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the repository");
    let mut files: Vec<PathBuf> = Vec::new();
    let mut pending: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() && !path.ends_with("target") {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "no source in {folders:?}");
    let read = |path: PathBuf| Source {
        text: fs::read_to_string(&path).expect("the source can be read"),
        path: path.strip_prefix(root).expect("it is in the repository").to_string_lossy().into_owned(),
    };
    files.into_iter().map(read).collect()
}

/// Every line of code that breaks a rule, as `path:line: text`.
fn breaking(sources: &[Source], breaks: impl Fn(&Source, &str) -> bool) -> Vec<String> {
    let lines = sources.iter().flat_map(|source| source.code().map(move |(at, line)| (source, at, line)));
    lines
        .filter(|(source, _, line)| breaks(source, line))
        .map(|(source, at, line)| format!("{}:{at}: {}", source.path, line.trim()))
        .collect()
}

fn assert_none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn nothing_but_the_command_calls_the_command_line() {
    let outside = |source: &Source| !source.is_in("host/src/cli/") && source.path != "host/src/main.rs";
    let found = breaking(&sources(&["host/src"]), |source, line| outside(source) && line.contains("cli::"));
    assert_none(&found, "`cli` calls the rest; nothing calls `cli`");
}

#[test]
fn the_host_links_no_flavor_and_no_flavor_links_the_host() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the repository");
    let host = fs::read_to_string(root.join("host/Cargo.toml")).expect("the manifest can be read");
    assert!(!host.contains("larder-flavor"), "`host` depends on a flavor");
    for entry in fs::read_dir(root.join("plugins")).expect("the folder can be read") {
        let manifest = entry.expect("the folder can be read").path().join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else { continue };
        let private = ["path = \"../../host\"", "larder = "];
        assert!(!private.iter().any(|door| text.contains(door)), "{} has a private door", manifest.display());
    }
}

#[test]
fn the_host_library_names_no_flavor() {
    let flavors = ["\"local\"", "\"memory\"", "\"s3\"", "\"gcs\"", "\"azure\"", "\"sqlite\""];
    let library = |source: &Source| {
        !source.is_in("host/src/cli/")
            && !source.path.contains("/tests")
            && !source.path.ends_with("_tests.rs")
    };
    let mut found = Vec::new();
    for source in sources(&["host/src"]).into_iter().filter(library) {
        // Unit tests, which come last in a file, may use any name.
        let until = source.text.find("#[cfg(test)]\nmod").unwrap_or(source.text.len());
        let code = Source { text: source.text[..until].to_owned(), ..source };
        found.extend(breaking(&[code], |_, line| flavors.iter().any(|name| line.contains(name))));
    }
    assert_none(&found, "`host` names no flavor");
}

#[test]
fn unsafe_code_stays_where_the_architecture_says() {
    let fenced = ["plugin-api/src/abi/", "host/src/library/load.rs"];
    let all = sources(&["host/src", "plugin-api/src", "plugins"]);
    let found = breaking(&all, |source, line| {
        let is_unsafe =
            line.contains("unsafe {") || line.contains("unsafe fn") || line.contains("unsafe impl");
        is_unsafe && !fenced.iter().any(|place| source.is_in(place))
    });
    assert_none(&found, "`unsafe` lives in the ABI and where a library is opened");
}

#[test]
fn every_file_says_what_it_is_responsible_for() {
    let all = sources(&["host", "plugin-api", "plugins", "tests"]);
    let silent: Vec<String> =
        all.into_iter().filter(|source| !source.text.starts_with("//!")).map(|source| source.path).collect();
    assert_none(&silent, "every file begins with a `//!` line");
}

#[test]
fn the_flavor_in_the_readme_is_the_one_that_compiles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the repository");
    let readme = fs::read_to_string(root.join("README.md")).expect("README.md can be read");
    let example =
        fs::read_to_string(root.join("plugin-api/examples/tiny.rs")).expect("the example can be read");
    assert!(
        readme.contains(example.trim_end()),
        "README.md shows another flavor than plugin-api/examples/tiny.rs"
    );
}
