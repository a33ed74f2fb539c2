//! `larder ls`: what is in a directory.

use clap::{ArgAction, Args};
use larder::{Error, Item, Place};
use larder_plugin_api::{Detail, Entry, ErrorKind as StoreErrorKind, WalkOptions};

use super::artifact_store::active;
use super::context::Context;
use super::each::{check_cancelled, each};
use super::entries::{EntryPrinter, Style};
use super::failure::Outcome;
use super::place::{failed, resolve};

/// List files and directories
///
/// Directories end with `/`. Without a path, the root of the active stack's artifact store is listed.
///
/// JSON: an array of `{"address", "name", "kind", "size_bytes", "modified"}`; kind is "file", "directory" or "other".
#[derive(Args, Debug)]
#[command(
    disable_help_flag = true,
    after_help = "Examples:
  larder ls mine:
  larder ls -lh mine:docs s3://bucket/data
  larder ls -R mine:runs
  larder ls --json mine:docs"
)]
pub struct LsArgs {
    /// What to list
    paths: Vec<String>,
    /// Size and time, too
    #[arg(short)]
    long: bool,
    /// Sizes as 1.5K, 12M
    #[arg(short = 'h', long)]
    human: bool,
    /// What is in the directories, too
    #[arg(short = 'R', long)]
    recursive: bool,
    /// Print help
    #[arg(long, action = ArgAction::HelpLong)]
    help: Option<bool>,
}

pub fn run(arguments: &LsArgs, context: &Context) -> Outcome {
    let style = Style { long: arguments.long, human: arguments.human };
    let mut printer = EntryPrinter::new(context, style);
    let paths =
        if arguments.paths.is_empty() { vec![active_root(context)?] } else { arguments.paths.clone() };
    let several = paths.len() > 1;
    let mut first = true;
    let done = each(context, &paths, |path| {
        let place = resolve(context, path)?;
        if several && !std::mem::take(&mut first) {
            printer.heading("")?;
        }
        if arguments.recursive {
            return list_tree(context, &place, &mut printer);
        }
        list(arguments, &place, path, several, &mut printer)
    });
    printer.end().and(done)
}

/// What `ls` lists when nothing is named.
fn active_root(context: &Context) -> Outcome<String> {
    if context.host()?.active_stack()?.is_none() {
        let error = Error::usage("no path was given, and no stack is active");
        return Err(error.with_hint("larder ls STORE:PATH, or: larder stack set STACK").into());
    }
    Ok(format!("{}:", active(context)?.store))
}

fn list(
    arguments: &LsArgs,
    place: &Place,
    shown: &str,
    several: bool,
    printer: &mut EntryPrinter<'_>,
) -> Outcome {
    let structured_or_long = arguments.long || printer.is_structured();
    let detail = if structured_or_long { Detail::Full } else { Detail::Kind };
    let mut entries = match place.store.listdir(&place.path, detail) {
        Ok(entries) => entries,
        Err(error) if error.kind() == StoreErrorKind::NotADirectory => {
            return list_file(place, shown, printer);
        }
        Err(error) => return Err(failed("list", place, error).into()),
    };
    if several {
        printer.heading(&heading(place))?;
    }
    let address = directory_prefix(place);
    while let Some(batch) = entries.next_batch() {
        match batch {
            Ok(batch) => printer.batch(&batch, &address, "")?,
            Err(error) if error.kind() == StoreErrorKind::NotADirectory => {
                return list_file(place, shown, printer);
            }
            Err(error) => return Err(failed("list", place, error).into()),
        }
    }
    Ok(())
}

fn list_file(place: &Place, shown: &str, printer: &mut EntryPrinter<'_>) -> Outcome {
    let stat = place.store.stat(&place.path).map_err(|error| failed("list", place, error))?;
    let name = place.path.rsplit('/').next().unwrap_or_default();
    let entry = Entry::new(name, stat.kind).with_size(stat.size).with_modified(stat.modified);
    printer.single(shown, &place.to_string(), &entry)
}

/// What stands above the entries of a directory; the address of a root ends with a colon already.
fn heading(place: &Place) -> String {
    if place.path.is_empty() { place.to_string() } else { format!("{place}:") }
}

/// What makes a name in this directory an address.
pub fn directory_prefix(place: &Place) -> String {
    if place.path.is_empty() { place.to_string() } else { format!("{place}/") }
}

fn list_tree(context: &Context, place: &Place, printer: &mut EntryPrinter<'_>) -> Outcome {
    let options = WalkOptions::default().with_detail(Detail::Full);
    let mut walk = place.store.walk(&place.path, options).map_err(|error| failed("list", place, error))?;
    let mut directory = String::new();
    let mut current: Option<String> = None;
    while let Some(batch) = walk.next_batch() {
        check_cancelled(context)?;
        let batch = batch.map_err(|error| failed("list", place, error))?;
        for item in batch.items() {
            match item {
                // A directory may come in several pieces.
                Item::Visit(path) if current.as_deref() == Some(path) => {}
                Item::Visit(path) => {
                    if current.replace(path.to_owned()).is_some() {
                        printer.heading("")?;
                    }
                    let here = Place { store: place.store.clone(), path: path.to_owned() };
                    printer.heading(&heading(&here))?;
                    directory = directory_prefix(&here);
                }
                Item::Entry(entry) => printer.entry(entry, &directory, "")?,
                Item::Error(error) => printer.error(&failed("list", place, error)),
            }
        }
    }
    Ok(())
}
