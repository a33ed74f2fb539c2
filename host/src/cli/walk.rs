//! `larder walk`: everything below a directory, one line each.

use std::io::Write;

use clap::Args;
use larder::{Item, Place};
use larder_plugin_api::{Kind, WalkOptions};
use serde_json::{Value, json};

use super::context::Context;
use super::each::{check_cancelled, each};
use super::escape::escaped;
use super::failure::{Failure, Outcome};
use super::place::{failed, resolve};
use super::printer::Rows;

/// Print everything below a directory
///
/// One address a line; a directory ends with `/`. A directory that cannot be read is told of, and the walk goes on.
///
/// JSON: an array of `{"directory", "directories", "files"}`, one a directory: its address and the names in it.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder walk mine:
  larder walk mine:runs | grep model
  larder walk --bottom-up --json mine:runs")]
pub struct WalkArgs {
    /// Where to begin
    #[arg(required = true)]
    paths: Vec<String>,
    /// A directory after what is in it
    #[arg(long)]
    bottom_up: bool,
}

pub fn run(arguments: &WalkArgs, context: &Context) -> Outcome {
    let mut rows = Rows::structured(&context.printer, &["directory", "directories", "files"]);
    let done = each(context, &arguments.paths, |path| {
        let place = resolve(context, path)?;
        let options = WalkOptions::default().with_topdown(!arguments.bottom_up);
        match &mut rows {
            Some(rows) => walk_rows(context, &place, options, rows),
            None => walk_lines(context, &place, options),
        }
    });
    rows.map_or(Ok(()), Rows::end).and(done)
}

/// One buffer holds the line; only its end changes from entry to entry.
fn walk_lines(context: &Context, place: &Place, options: WalkOptions) -> Outcome {
    let told = |error| failed("walk", place, error);
    let printer = &context.printer;
    let mut walk = place.store.walk(&place.path, options).map_err(told)?;
    let mut line = format!("{}:", place.store.name());
    let store = line.len();
    let mut directory = store;
    let mut failures = false;
    while let Some(batch) = walk.next_batch() {
        check_cancelled(context)?;
        for item in batch.map_err(told)?.items() {
            match item {
                Item::Visit(path) => {
                    line.truncate(store);
                    line.push_str(path);
                    if !path.is_empty() {
                        line.push('/');
                    }
                    directory = line.len();
                }
                Item::Entry(entry) if entry.kind == Kind::Directory => continue,
                Item::Entry(entry) => {
                    line.truncate(directory);
                    line.push_str(entry.name);
                }
                Item::Error(error) => {
                    printer.error(&told(error));
                    failures = true;
                    continue;
                }
            }
            let mut out = printer.out();
            if printer.to_terminal {
                writeln!(out, "{}", escaped(&line))?;
            } else {
                line.push('\n');
                out.write_all(line.as_bytes())?;
                line.pop();
            }
        }
    }
    if failures { Err(Failure::Told) } else { Ok(()) }
}

fn walk_rows(context: &Context, place: &Place, options: WalkOptions, rows: &mut Rows<'_>) -> Outcome {
    let told = |error| failed("walk", place, error);
    let mut failures = false;
    for visit in place.store.walk(&place.path, options).map_err(told)? {
        check_cancelled(context)?;
        match visit {
            Ok(visit) => {
                let names = |entries: &[larder_plugin_api::Entry]| -> Value {
                    entries.iter().map(|entry| Value::from(entry.name.as_str())).collect()
                };
                rows.row(&json!({
                    "directory": format!("{}:{}", place.store.name(), visit.directory),
                    "directories": names(&visit.directories),
                    "files": names(&visit.files),
                }))?;
            }
            Err(error) => {
                context.printer.error(&told(error));
                failures = true;
            }
        }
    }
    if failures { Err(Failure::Told) } else { Ok(()) }
}
