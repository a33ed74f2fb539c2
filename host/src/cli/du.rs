//! `larder du`: how much is below each directory.

use clap::{ArgAction, Args};
use larder::{Item, Place};
use larder_plugin_api::{Detail, Kind, WalkOptions};
use serde_json::json;

use super::context::Context;
use super::each::{check_cancelled, each};
use super::failure::{Failure, Outcome};
use super::place::{failed, resolve};
use super::printer::Rows;
use super::size::human;

/// Print how many bytes are below each directory
///
/// The bytes of the files are counted, not the room that they take. A directory comes after those in it, the one that
/// was named last.
///
/// JSON: an array of `{"address", "size_bytes", "files"}`.
#[derive(Args, Debug)]
#[command(
    disable_help_flag = true,
    after_help = "Examples:
  larder du mine:
  larder du -sh mine:runs mine:data
  larder du -h -d 1 mine:"
)]
pub struct DuArgs {
    /// Where to begin
    #[arg(required = true)]
    paths: Vec<String>,
    /// Sizes as 1.5K, 12M
    #[arg(short = 'h', long)]
    human: bool,
    /// Print directories down to this depth only; all are counted
    #[arg(short, long, value_name = "LEVELS")]
    depth: Option<usize>,
    /// Print what was named only
    #[arg(short, long, conflicts_with = "depth")]
    summarize: bool,
    /// Print help
    #[arg(long, action = ArgAction::HelpLong)]
    help: Option<bool>,
}

/// What is below a directory.
#[derive(Clone, Copy, Default)]
struct Total {
    depth: usize,
    bytes: u64,
    files: u64,
}

impl Total {
    /// A store may say any size.
    fn add(&mut self, bytes: u64, files: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.files = self.files.saturating_add(files);
    }
}

pub fn run(arguments: &DuArgs, context: &Context) -> Outcome {
    let mut rows = Rows::structured(&context.printer, &["address", "size_bytes", "files"]);
    let done = each(context, &arguments.paths, |path| {
        let place = resolve(context, path)?;
        let mut count = Count { arguments, context, place: &place, rows: &mut rows, pending: Vec::new() };
        count.run()
    });
    rows.map_or(Ok(()), Rows::end).and(done)
}

struct Count<'a, 'b> {
    arguments: &'a DuArgs,
    context: &'a Context,
    place: &'a Place,
    rows: &'a mut Option<Rows<'b>>,
    /// Directories whose parent has not come yet, those of one level together.
    pending: Vec<Total>,
}

impl Count<'_, '_> {
    fn run(&mut self) -> Outcome {
        let told = |error| failed("count", self.place, error);
        let Place { store, path } = self.place;
        // A root that nobody made is empty.
        if !path.is_empty() {
            let stat = store.stat(path).map_err(told)?;
            if stat.kind != Kind::Directory && !store.isdir(path).map_err(told)? {
                return self.print(path, Total { depth: 0, bytes: stat.size, files: 1 });
            }
        }
        let options = WalkOptions::default().with_topdown(false).with_detail(Detail::Full);
        let mut walk = self.place.store.walk(&self.place.path, options).map_err(told)?;
        let mut current: Option<(String, Total)> = None;
        let mut failures = false;
        while let Some(batch) = walk.next_batch() {
            check_cancelled(self.context)?;
            for item in batch.map_err(|error| failed("count", self.place, error))?.items() {
                match item {
                    // A directory may come in several pieces.
                    Item::Visit(path) if current.as_ref().is_some_and(|(open, _)| open == path) => {}
                    Item::Visit(path) => {
                        self.leave(current.take())?;
                        let total = Total { depth: self.depth(path), ..Total::default() };
                        current = Some((path.to_owned(), total));
                    }
                    Item::Entry(entry) => {
                        if let Some((_, total)) = &mut current
                            && entry.kind != Kind::Directory
                        {
                            total.add(entry.size.unwrap_or_default(), 1);
                        }
                    }
                    Item::Error(error) => {
                        self.context.printer.error(&failed("count", self.place, error));
                        failures = true;
                    }
                }
            }
        }
        self.leave(current)?;
        if failures { Err(Failure::Told) } else { Ok(()) }
    }

    /// Below the directory that was named.
    fn depth(&self, path: &str) -> usize {
        let components = |path: &str| path.split('/').filter(|part| !part.is_empty()).count();
        components(path) - components(&self.place.path).min(components(path))
    }

    /// A directory is complete: those in it came just before.
    fn leave(&mut self, directory: Option<(String, Total)>) -> Outcome {
        let Some((path, mut total)) = directory else { return Ok(()) };
        while let Some(below) = self.pending.pop_if(|below| below.depth > total.depth) {
            total.add(below.bytes, below.files);
        }
        self.print(&path, total)?;
        // Neighbours go into one parent: one sum for each level is enough.
        match self.pending.last_mut().filter(|last| last.depth == total.depth) {
            Some(neighbours) => neighbours.add(total.bytes, total.files),
            None => self.pending.push(total),
        }
        Ok(())
    }

    fn print(&mut self, path: &str, total: Total) -> Outcome {
        let deepest = if self.arguments.summarize { 0 } else { self.arguments.depth.unwrap_or(usize::MAX) };
        if total.depth > deepest {
            return Ok(());
        }
        let address = format!("{}:{path}", self.place.store.name());
        if let Some(rows) = self.rows {
            let row = json!({"address": address, "size_bytes": total.bytes, "files": total.files});
            return rows.row(&row);
        }
        let size = if self.arguments.human { human(total.bytes) } else { total.bytes.to_string() };
        // The tab is what `sort` and `cut` expect.
        let printer = &self.context.printer;
        let address =
            if printer.to_terminal { super::escape::escaped(&address) } else { address.as_str().into() };
        Ok(std::io::Write::write_fmt(&mut *printer.out(), format_args!("{size}\t{address}\n"))?)
    }
}
