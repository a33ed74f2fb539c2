//! `larder sync`: makes one directory like another.

use clap::Args;
use larder::Error;
use larder::transfer::{MaxDelete, NotDeleted, Sync, SyncSummary, Transfer};
use serde_json::json;

use super::context::Context;
use super::failure::{Failure, Outcome};
use super::link_options::LinkArgs;
use super::place::end_or_local;
use super::printer::Rows;
use super::progress::Progress;
use super::size::{both, count};

/// Make a directory like another one
///
/// Copies what the target does not have and what differs. A local directory keeps the times of its files: there, a file is
/// the same when its size and its time are those of the source, and any other size or time is a difference. In a store,
/// which sets its own times, a file is the same when its size is and it is not older than the source. Times are compared in
/// the coarser unit of the two sides; a file without a time is copied again. Either side is a place in a store or a local
/// directory.
///
/// Nothing is removed unless --delete asks for it, and nothing when anything failed. What was left out of the source, such
/// as a link to a directory, protects what has its path in the target. Removals come last; each file goes only if it is
/// still what was compared.
///
/// JSON: an array of `{"action", "path"}`; action is "add", "update", "delete", "mkdir" or "link".
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder sync ./models mine:models
  larder sync --dry-run --delete mine:models ./models
  larder sync --delete --max-delete 10% ./models mine:models
  larder sync --checksum mine: archive:mine")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct SyncArgs {
    /// The directory to be like
    source: String,
    /// The directory that becomes like it
    target: String,
    /// Remove what the source does not have, and let a file and a directory change places
    #[arg(long)]
    delete: bool,
    /// Remove nothing when more files than this would go: a number, or a percentage of the files in the target
    #[arg(long, requires = "delete", value_name = "N|N%", value_parser = max_delete)]
    max_delete: Option<MaxDelete>,
    /// Let an empty source empty the target; it cannot be told from one that was named wrongly
    #[arg(long, requires = "delete")]
    allow_empty_source: bool,
    /// Compare contents rather than size and time
    #[arg(short, long)]
    checksum: bool,
    /// Copy nothing over a file that is newer than its source
    #[arg(short, long)]
    update: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    links: LinkArgs,
}

fn max_delete(text: &str) -> Result<MaxDelete, String> {
    let wrong = || format!("expected a number of files, or a percentage from 0% to 100%, got `{text}`");
    match text.strip_suffix('%') {
        Some(percent) => {
            percent.parse().ok().filter(|percent| *percent <= 100).map(MaxDelete::Percent).ok_or_else(wrong)
        }
        None => text.parse().map(MaxDelete::Files).map_err(|_| wrong()),
    }
}

pub fn run(arguments: &SyncArgs, context: &Context) -> Outcome {
    let source = end_or_local(context, &arguments.source)?;
    let target = end_or_local(context, &arguments.target)?;
    let links = arguments.links.options([&source], &target)?;
    let sync = Sync {
        delete: arguments.delete,
        checksum: arguments.checksum,
        update: arguments.update,
        dry_run: arguments.dry_run,
        allow_empty_source: arguments.allow_empty_source,
        max_delete: arguments.max_delete,
        links,
    };
    let mut rows = Rows::structured(&context.printer, &["action", "path"]);
    let mut progress = Progress::new(context);
    let mut transfer =
        Transfer::new(context.cancellation.clone(), &mut progress).keep_times(true).links(links);
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
    let is_whole = summary.failed == 0 && summary.left_out == 0 && summary.not_deleted.is_none();
    if is_whole { Ok(()) } else { Err(Failure::Told) }
}

fn report(context: &Context, arguments: &SyncArgs, summary: &SyncSummary) {
    match summary.not_deleted {
        None => {}
        Some(NotDeleted::Failed) => {
            context.printer.warn("nothing was deleted, because something failed before");
        }
        Some(NotDeleted::TooMany { files, in_target }) => {
            let text = format!(
                "nothing was deleted: {files} of {} in the target would go",
                count(in_target, "file")
            );
            context.printer.error(&Error::usage(text).with_hint("allow more with --max-delete"));
        }
        Some(NotDeleted::EmptySource) => {
            let text = format!("nothing was deleted: the source `{}` is empty", arguments.source);
            context.printer.error(&Error::usage(text).with_hint("if that is meant: --allow-empty-source"));
        }
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
