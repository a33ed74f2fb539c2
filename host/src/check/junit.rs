//! The report for build servers: `JUnit` XML, one test suite an operation.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{CaseResult, Counts, Outcome, Report};

/// Writes a report as `JUnit` XML.
///
/// # Errors
///
/// Those of writing.
pub fn write_junit(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Counts { failed, skipped, .. } = report.counts;
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"larder flavor check\" tests=\"{}\" failures=\"{failed}\" skipped=\"{skipped}\" \
         time=\"{:.3}\">",
        report.results.len(),
        report.seconds
    )?;
    for suite in report.results.chunk_by(|a, b| operation(a) == operation(b)) {
        write_suite(suite, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn operation(result: &CaseResult) -> &str {
    result.case.split_once("::").map_or("", |(operation, _)| operation)
}

fn write_suite(results: &[CaseResult], out: &mut dyn Write) -> io::Result<()> {
    let Counts { failed, skipped, .. } = Counts::of(results);
    let name = results.first().map(operation).unwrap_or_default();
    let seconds: f64 = results.iter().map(|result| result.seconds).sum();
    writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" skipped=\"{skipped}\" errors=\"0\" \
         time=\"{seconds:.3}\">",
        escaped(name),
        results.len()
    )?;
    for result in results {
        write_case(name, result, out)?;
    }
    writeln!(out, "  </testsuite>")
}

fn write_case(suite: &str, result: &CaseResult, out: &mut dyn Write) -> io::Result<()> {
    let name = result.case.split_once("::").map_or(result.case.as_str(), |(_, name)| name);
    let (suite, name) = (escaped(suite), escaped(name));
    write!(out, "    <testcase classname=\"{suite}\" name=\"{name}\" time=\"{:.3}\"", result.seconds)?;
    match &result.outcome {
        Outcome::Ok => writeln!(out, "/>"),
        Outcome::Skipped { reason } => {
            writeln!(out, "><skipped message=\"{}\"/></testcase>", escaped(reason))
        }
        Outcome::Failed { expected, got } => {
            let message = escaped(&format!("expected: {expected}\ngot: {got}"));
            writeln!(out, "><failure message=\"{message}\"/></testcase>")
        }
    }
}

/// Text as the value of an attribute. XML has no way to write most control characters: they become U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _infallible = write!(escaped, "&#{};", u32::from(c));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_an_attribute_cannot_hold() {
        assert_eq!(escaped("a<b>&\"c\"\n\u{1b}é"), "a&lt;b&gt;&amp;&quot;c&quot;&#10;\u{fffd}é");
    }
}
