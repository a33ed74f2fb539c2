//! `larder glob`: what matches a pattern.

use clap::Args;

use super::context::Context;
use super::each::each;
use super::entries::{EntryPrinter, Style};
use super::failure::Outcome;
use super::place::{failed, resolve};

/// Print the files and directories that match a pattern
///
/// `*` and `?` stand for any and one character, `[...]` for one of a set, all within one component; a component `**`
/// stands for any depth. Quote the pattern, or the shell will look at it first. Nothing matching is no failure.
///
/// JSON: an array of `{"address", "name", "kind", "size_bytes", "modified"}`; name is the path within the store, size and
/// time are there where the store knows them without being asked again.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder glob 'mine:**/*.md'
  larder glob 'mine:runs/2024-??/metrics.json' | xargs -d '\\n' larder cat")]
pub struct GlobArgs {
    /// Patterns
    #[arg(required = true)]
    patterns: Vec<String>,
}

pub fn run(arguments: &GlobArgs, context: &Context) -> Outcome {
    let mut printer = EntryPrinter::new(context, Style::default());
    let done = each(context, &arguments.patterns, |pattern| {
        let place = resolve(context, pattern)?;
        let told = |error| failed("match", &place, error);
        let mut entries = place.store.glob(&place.path).map_err(told)?;
        let prefix = format!("{}:", place.store.name());
        while let Some(batch) = entries.next_batch() {
            printer.batch(&batch.map_err(told)?, &prefix, &prefix)?;
        }
        Ok(())
    });
    printer.end().and(done)
}
