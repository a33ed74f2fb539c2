//! `larder sync`: makes one directory like another.

use clap::Args;
use larder::transfer::{Sync, SyncSummary, Transfer};
use serde_json::json;

use super::context::Context;
use super::failure::{Failure, Outcome};
use super::place::end_or_local;
use super::printer::Rows;
use super::progress::Progress;
use super::size::both;

/// Make a directory like another one
///
/// Copies what the target does not have, and what differs in size or is newer in the source; where a store keeps no
/// times, files are copied again. Either side is a place in a store or a local directory. Nothing is removed unless
/// asked for, and nothing when anything failed.
///
/// JSON: an array of `{"action", "path"}`; action is "add", "update", "delete" or "mkdir".
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder sync ./models mine:models
  larder sync --dry-run --delete mine:models ./models
  larder sync --checksum mine: archive:mine")]
pub struct SyncArgs {
    /// The directory to be like
    source: String,
    /// The directory that becomes like it
    target: String,
    /// Remove what the source does not have
    #[arg(long)]
    delete: bool,
    /// Compare contents rather than size and time
    #[arg(short, long)]
    checksum: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

pub fn run(arguments: &SyncArgs, context: &Context) -> Outcome {
    let source = end_or_local(context, &arguments.source)?;
    let target = end_or_local(context, &arguments.target)?;
    let sync = Sync { delete: arguments.delete, checksum: arguments.checksum, dry_run: arguments.dry_run };
    let mut rows = Rows::structured(&context.printer, &["action", "path"]);
    let mut progress = Progress::new(context);
    let mut transfer = Transfer::new(context.cancellation.clone(), &mut progress).keep_times(true);
    // Told when everything is done: the standard output may be gone, which must not stop the work half-way.
    let mut written: Outcome = Ok(());
    let summary = sync.run(&source, &target, &mut transfer, &context.cancellation, &mut |action, path| {
        if written.is_ok() {
            written = match &mut rows {
                Some(rows) => rows.row(&json!({"action": action.as_str(), "path": path})),
                None if context.printer.is_quiet() => Ok(()),
                None => context.printer.line(&format!("{:<6} {path}", action.as_str())),
            };
        }
        Ok(())
    });
    drop(transfer);
    drop(progress);
    rows.map_or(Ok(()), Rows::end)?;
    let summary = summary?;
    written?;
    report(context, arguments, &summary);
    if summary.failed > 0 { Err(Failure::Told) } else { Ok(()) }
}

fn report(context: &Context, arguments: &SyncArgs, summary: &SyncSummary) {
    if summary.deletion_skipped {
        context.printer.warn("nothing was deleted, because something failed before");
    }
    let would = if arguments.dry_run { " (nothing was changed: --dry-run)" } else { "" };
    context.printer.note(&format!(
        "{} added, {} updated, {} deleted, {} unchanged, {} copied{would}",
        summary.added,
        summary.updated,
        summary.deleted,
        summary.unchanged,
        both(summary.bytes),
    ));
}
