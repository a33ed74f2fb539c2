//! `larder flavor check`: finds out whether a flavor keeps its promises.

mod found;
mod list;
mod report;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use larder::Error;
use larder::check::{Filter, Level, Report, Runner, write_junit};

use super::super::artifact_store::{self, Assignment};
use super::super::check_child;
use super::super::context::{Context, probe_command};
use super::super::each::check_cancelled;
use super::super::failure::{Failure, Outcome};
use report::Progress;

/// Find out whether a flavor keeps the contract
///
/// Runs every sentence of the contract as a case against a store of the flavor, in child processes, in a fresh directory
/// below the root, and removes the directory. A library is taken by its path without being registered, or by the name of
/// its flavor. A flavor of plain paths is checked in a temporary directory unless --path says otherwise.
///
/// Exit status 1 when a case failed or none was run.
///
/// JSON: `{"results": [{"case", "outcome", "expected", "got", "reason", "seconds"}], "counts": {"ok", "failed", "skipped"},
/// "seed", "seconds", "cancelled", "left_behind"}`; outcome is "ok", "failed" or "skipped". With --list an array of
/// `{"case", "needs", "level", "description"}`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder flavor check ./target/release/libmy_flavor.so
  larder flavor check local --filter rename::
  larder flavor check ./libshop.so --path shop://test --config token=env:TOKEN
  larder flavor check memory --junit check.xml --jobs 4
  larder flavor check --list --filter glob")]
pub struct CheckArgs {
    /// The library, or the name of a flavor
    #[arg(required_unless_present = "list", value_name = "LIBRARY|NAME")]
    subject: Option<String>,
    /// The flavor, when the library has several
    #[arg(long, value_name = "NAME")]
    flavor: Option<String>,
    /// The root path of an empty store
    #[arg(long, value_name = "ROOT")]
    path: Option<String>,
    /// A config key: `token=env:TOKEN` and `token=file:/path` refer to a secret, `key=@file` reads a file
    #[arg(long, value_name = "KEY=VALUE")]
    config: Vec<Assignment>,
    /// Run the case of this name, or all whose name contains the text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// How much is run: `full` adds what takes minutes or gigabytes
    #[arg(long, value_enum, default_value_t)]
    level: LevelArg,
    /// Where chance comes from: another number gives other random sequences
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// How many cases run at once [default: one a processor]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Also write the report as XML for build servers (`JUnit`)
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Check a store that holds something; nothing but the directory of the check is touched
    #[arg(long)]
    allow_existing: bool,
    /// List the cases and run none
    #[arg(long)]
    list: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LevelArg {
    #[default]
    Default,
    Full,
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Default => Self::Default,
            LevelArg::Full => Self::Full,
        }
    }
}

pub fn run(arguments: &CheckArgs, context: &Context) -> Outcome {
    let filter = arguments.filter.as_ref().map_or(Filter::ALL, Filter::new);
    let level = arguments.level.into();
    let selected = filter.select(level).map_err(with_the_list)?;
    let Some(subject) = arguments.subject.as_ref().filter(|_| !arguments.list) else {
        return list::print(&selected, context);
    };
    let progress = Progress::new(context, selected.len());
    let mut runner = Runner { filter, level, seed: arguments.seed, ..Runner::default() };
    runner.allow_existing = arguments.allow_existing;
    runner.cancellation = context.cancellation.clone();
    runner.observer = progress.observer();
    if let Some(jobs) = arguments.jobs {
        runner.jobs = usize::from(jobs);
    }
    let report = check(arguments, subject, &runner, context)?;
    drop(progress);
    tell(arguments, subject, &report, context)
}

/// There are too many cases for a hint that names them.
fn with_the_list(error: Error) -> Error {
    match error.hint() {
        Some(hint) if hint.starts_with("did you mean") => error,
        _ => error.with_hint("for their names: larder flavor check --list"),
    }
}

fn check(arguments: &CheckArgs, subject: &str, runner: &Runner, context: &Context) -> Outcome<Report> {
    let found = found::find(subject, arguments.flavor.as_deref(), context)?;
    let mut check = found.check().with_probe(probe_command());
    let manifest = check.manifest()?;
    if let Some(root) = &arguments.path {
        check = check.with_root(root);
    }
    for (key, value) in artifact_store::read(&arguments.config, Some(&manifest))? {
        check = check.with_config(key, value);
    }
    let prepared = check.prepare()?;
    found.must_be(prepared.sha256())?;
    context.printer.detail(&format!("flavor `{}` at `{}`", prepared.flavor(), prepared.root()));
    let subject = prepared.isolated_subject(check_child::command(&prepared.home())?);
    Ok(prepared.run(runner, &subject)?)
}

fn tell(arguments: &CheckArgs, subject: &str, report: &Report, context: &Context) -> Outcome {
    if let Some(file) = &arguments.junit {
        write_xml(report, file)?;
    }
    if context.printer.is_structured() {
        context.printer.document(report)?;
    } else {
        report::print(report, &|case| again(arguments, subject, report.seed, case), context)?;
    }
    check_cancelled(context)?;
    if report.passed() { Ok(()) } else { Err(Failure::Told) }
}

fn write_xml(report: &Report, file: &PathBuf) -> larder::Result<()> {
    let failed = |error| Error::io(format!("the report `{}` cannot be written", file.display()), error);
    let mut xml = Vec::new();
    write_junit(report, &mut xml).and_then(|()| std::fs::write(file, xml)).map_err(failed)
}

/// The command that runs one case again. Values that refer to nothing may be secrets: they are left out.
fn again(arguments: &CheckArgs, subject: &str, seed: u64, case: &str) -> String {
    let mut words = vec!["larder flavor check".to_owned(), quoted(subject), format!("--filter {case}")];
    let mut option = |name: &str, value: Option<&String>| {
        words.extend(value.map(|value| format!("--{name} {}", quoted(value))));
    };
    option("flavor", arguments.flavor.as_ref());
    option("path", arguments.path.as_ref());
    for Assignment { key, value } in &arguments.config {
        let refers = ["env:", "file:", "@"].iter().any(|prefix| value.starts_with(prefix));
        option("config", Some(&format!("{key}={}", if refers { value.as_str() } else { "..." })));
    }
    if seed != 0 {
        words.push(format!("--seed {seed}"));
    }
    words.extend(arguments.allow_existing.then(|| "--allow-existing".to_owned()));
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_in_a_shell() {
        for (word, expected) in [("./a.so", "./a.so"), ("a b", "'a b'"), ("it's", r"'it'\''s'"), ("", "''")] {
            assert_eq!(quoted(word), expected);
        }
    }
}
