//! `larder verify`: whether two places hold the same bytes.

use clap::Args;
use larder::transfer::{Verdict, verify};
use larder_plugin_api::ErrorKind as StoreErrorKind;
use serde_json::json;

use super::context::Context;
use super::each::is;
use super::failure::{Failure, Outcome};
use super::place::end_or_local;
use super::printer::Rows;
use super::size::count;

/// Compare two places byte by byte
///
/// Prints what differs or is missing, and exits with 1 when anything does, and with 2 when not everything could be
/// compared. Either side is a place in a store or a local path.
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
    match compare(arguments, context) {
        Err(Failure::Error(error)) if !is(&error, StoreErrorKind::Interrupted) => {
            context.printer.error(&error);
            Err(Failure::Undecided)
        }
        result => result,
    }
}

fn compare(arguments: &VerifyArgs, context: &Context) -> Outcome {
    let source = end_or_local(context, &arguments.source)?;
    let target = end_or_local(context, &arguments.target)?;
    let printer = &context.printer;
    let mut rows = Rows::structured(printer, &["path", "verdict"]);
    let (mut same, mut other, mut unknown) = (0_u64, 0_u64, 0_u64);
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
                unknown += 1;
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
    let not_compared = if unknown > 0 { format!(", not compared: {unknown}") } else { String::new() };
    printer.note(&format!("same: {}, not the same: {other}{not_compared}", count(same, "file")));
    match (unknown, other) {
        (0, 0) => Ok(()),
        (0, _) => Err(Failure::Told),
        _ => Err(Failure::Undecided),
    }
}
