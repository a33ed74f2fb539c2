//! The report for people: failures first, then what was skipped and why, counts last.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{CaseResult, Outcome, Report, cases};

/// Writes a report. `again` is the command that runs one case again, given its id.
///
/// # Errors
///
/// Those of writing.
pub fn write_text(report: &Report, again: &dyn Fn(&str) -> String, out: &mut dyn Write) -> io::Result<()> {
    for result in report.failed() {
        write_failure(result, again, out)?;
    }
    write_skipped(report, out)?;
    if let Some(left_behind) = &report.left_behind {
        writeln!(out, "left behind: {left_behind}")?;
    }
    if report.cancelled {
        writeln!(out, "cancelled before all cases were run")?;
    }
    let counts = report.counts;
    if counts.ok + counts.failed == 0 {
        writeln!(out, "no case was run")?;
    }
    writeln!(
        out,
        "{} ok, {} failed, {} skipped in {:.1} s, seed {}",
        counts.ok, counts.failed, counts.skipped, report.seconds, report.seed
    )
}

fn write_failure(result: &CaseResult, again: &dyn Fn(&str) -> String, out: &mut dyn Write) -> io::Result<()> {
    let Outcome::Failed { expected, got } = &result.outcome else { return Ok(()) };
    writeln!(out, "failed {}", result.case)?;
    if let Some(case) = cases().find(|case| case.id() == result.case) {
        writeln!(out, "  {}", case.description)?;
    }
    writeln!(out, "  expected: {}", indented(expected))?;
    writeln!(out, "  got:      {}", indented(got))?;
    writeln!(out, "  again:    {}\n", again(&result.case))
}

fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n            ")
}

/// One line a reason: a flavor without an ability skips many cases for one reason.
fn write_skipped(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for result in &report.results {
        if let Outcome::Skipped { reason } = &result.outcome {
            by_reason.entry(reason).or_default().push(&result.case);
        }
    }
    for (reason, cases) in by_reason {
        writeln!(out, "skipped {}, {reason}: {}", cases.len(), shortened(&cases))?;
    }
    Ok(())
}

fn shortened(cases: &[&str]) -> String {
    const SHOWN: usize = 3;
    match cases.len().saturating_sub(SHOWN) {
        0 => cases.join(", "),
        more => format!("{} and {more} more", cases[..SHOWN].join(", ")),
    }
}
