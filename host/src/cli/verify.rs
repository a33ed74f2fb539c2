//! `larder verify`: whether two places hold the same bytes.

use clap::Args;
use larder::transfer::{Verdict, verify};
use serde_json::json;

use super::context::Context;
use super::failure::{Failure, Outcome};
use super::place::end_or_local;
use super::printer::Rows;
use super::size::count;

/// Compare two places byte by byte
///
/// Prints what differs or is missing, and exits with 1 when anything does. Either side is a place in a store or a local
/// path.
///
/// JSON: an array of `{"path", "verdict"}` of what is not the same; verdict is "differs", "missing in target" or
/// "missing in source".
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder verify ./models mine:models
  larder verify --one-way mine:models archive:models")]
pub struct VerifyArgs {
    /// One side
    source: String,
    /// The other
    target: String,
    /// The target may have more than the source
    #[arg(long)]
    one_way: bool,
}

pub fn run(arguments: &VerifyArgs, context: &Context) -> Outcome {
    let source = end_or_local(context, &arguments.source)?;
    let target = end_or_local(context, &arguments.target)?;
    let printer = &context.printer;
    let mut rows = Rows::structured(printer, &["path", "verdict"]);
    let (mut same, mut other) = (0_u64, 0_u64);
    let mut written: Outcome = Ok(());
    verify(&source, &target, &context.cancellation, &mut |path, verdict| {
        let verdict = match verdict {
            Ok(Verdict::MissingInSource) if arguments.one_way => return Ok(()),
            Ok(Verdict::Same) => {
                same += 1;
                return Ok(());
            }
            Ok(verdict) => verdict,
            Err(error) => {
                other += 1;
                printer.error(&error);
                return Ok(());
            }
        };
        other += 1;
        if written.is_ok() {
            written = match &mut rows {
                Some(rows) => rows.row(&json!({"path": path, "verdict": verdict.as_str()})),
                None => printer.line(&format!("{:<17} {path}", verdict.as_str())),
            };
        }
        Ok(())
    })?;
    rows.map_or(Ok(()), Rows::end)?;
    written?;
    printer.note(&format!("same: {}, not the same: {other}", count(same, "file")));
    if other > 0 { Err(Failure::Told) } else { Ok(()) }
}
