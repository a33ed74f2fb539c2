//! `larder walk`: everything below a directory, one line each.

use std::io::Write;

use clap::Args;
use larder::{Item, Place};
use larder_plugin_api::{Entry, Error, ErrorKind, Kind, MAX_HELD_BYTES, Visit, WalkOptions};
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
    let mut current: Option<String> = None;
    let mut failures = false;
    while let Some(batch) = walk.next_batch() {
        check_cancelled(context)?;
        for item in batch.map_err(told)?.items() {
            match item {
                // A directory may come in several pieces.
                Item::Visit(path) if current.as_deref() == Some(path) => continue,
                Item::Visit(path) => {
                    current = Some(path.to_owned());
                    line.truncate(store);
                    line.push_str(path);
                    if !path.is_empty() {
                        line.push('/');
                    }
                    directory = line.len();
                }
                // A link to a directory is not entered: it has no line of its own later.
                Item::Entry(entry) if entry.kind == Kind::Directory && entry.link.is_none() => continue,
                Item::Entry(entry) => {
                    line.truncate(directory);
                    line.push_str(entry.name);
                    if entry.kind == Kind::Directory {
                        line.push('/');
                    }
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
    let mut row = Row::default();
    for visit in place.store.walk(&place.path, options).map_err(told)? {
        check_cancelled(context)?;
        match visit {
            Ok(visit) => {
                if row.directory.as_ref() != Some(&visit.directory) {
                    row.print(place, rows)?;
                    row = Row { directory: Some(visit.directory.clone()), ..Row::default() };
                }
                if let Err(error) = row.add(&visit) {
                    context.printer.error(&told(error));
                    failures = true;
                }
            }
            Err(error) => {
                context.printer.error(&told(error));
                failures = true;
            }
        }
    }
    row.print(place, rows)?;
    if failures { Err(Failure::Told) } else { Ok(()) }
}

/// A directory that may come in several pieces, and is one row.
#[derive(Default)]
struct Row {
    directory: Option<String>,
    directories: Vec<Value>,
    files: Vec<Value>,
    held_bytes: usize,
    too_large: bool,
}

impl Row {
    /// Adds a piece. A directory whose names cannot be held is an error, once.
    fn add(&mut self, visit: &Visit) -> Result<(), Error> {
        if self.too_large {
            return Ok(());
        }
        let entries = || visit.directories.iter().chain(&visit.files);
        self.held_bytes += entries().map(|entry| entry.name.len() + size_of::<Value>()).sum::<usize>();
        if self.held_bytes > MAX_HELD_BYTES {
            *self = Self { directory: self.directory.take(), too_large: true, ..Self::default() };
            let message =
                format!("the names in it take more than {MAX_HELD_BYTES} bytes, which a row cannot have");
            return Err(Error::new(ErrorKind::Unsupported, message).or_context("walk", &visit.directory));
        }
        let names =
            |entries: &[Entry]| entries.iter().map(|entry| entry.name.clone().into()).collect::<Vec<_>>();
        self.directories.extend(names(&visit.directories));
        self.files.extend(names(&visit.files));
        Ok(())
    }

    fn print(&mut self, place: &Place, rows: &mut Rows<'_>) -> Outcome {
        let Some(directory) = self.directory.take().filter(|_| !self.too_large) else { return Ok(()) };
        rows.row(&json!({
            "directory": format!("{}:{directory}", place.store.name()),
            "directories": std::mem::take(&mut self.directories),
            "files": std::mem::take(&mut self.files),
        }))
    }
}
