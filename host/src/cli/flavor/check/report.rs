//! What a person sees of a check: a bar while it runs, then the report, in lines of 80 columns.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use larder::check::{Observer, Outcome as CaseOutcome, Report, write_text};

use super::super::super::context::Context;
use super::super::super::escape::escaped;
use super::super::super::failure::Outcome;

const COLUMNS: usize = 80;

/// A bar on a terminal. It goes when this is dropped.
pub struct Progress(Option<ProgressBar>);

impl Progress {
    pub fn new(context: &Context, cases: usize) -> Self {
        let printer = &context.printer;
        let seen = printer.errors_to_terminal && !printer.is_quiet();
        Self(seen.then(|| {
            let target = ProgressDrawTarget::stderr_with_hz(10);
            let style = ProgressStyle::with_template("{spinner} {pos}/{len} {msg}");
            let bar = ProgressBar::with_draw_target(u64::try_from(cases).ok(), target);
            bar.enable_steady_tick(Duration::from_millis(200));
            style.map_or(bar.clone(), |style| bar.with_style(style))
        }))
    }

    /// What moves the bar.
    pub fn observer(&self) -> Option<Observer> {
        let bar = self.0.clone()?;
        Some(Arc::new(move |result| {
            if matches!(result.outcome, CaseOutcome::Failed { .. }) {
                bar.println(format!("failed {}", result.case));
            }
            bar.set_message(result.case.clone());
            bar.inc(1);
        }))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Prints the report. `again` is the command that runs one case again.
pub fn print(report: &Report, again: &dyn Fn(&str) -> String, context: &Context) -> Outcome {
    let mut text = Vec::new();
    write_text(report, again, &mut text)?;
    for line in String::from_utf8_lossy(&text).lines() {
        let safe = escaped(line);
        // A command is to be copied: it stays one line.
        let lines = if line.starts_with("  again:") { vec![safe.into_owned()] } else { wrapped(&safe) };
        lines.iter().try_for_each(|line| context.printer.laid_out(line))?;
    }
    Ok(())
}

/// A line in pieces that fit. What follows a label is set in below it.
fn wrapped(line: &str) -> Vec<String> {
    let label = ["  expected: ", "  got:      "].iter().any(|label| line.starts_with(label));
    let spaces = line.chars().take_while(|c| *c == ' ').count();
    let indent = " ".repeat(if label { "  expected: ".len() } else { spaces.clamp(2, COLUMNS / 2) });
    let (mut lines, mut rest) = (Vec::new(), line.to_owned());
    while let Some((end, _)) = rest.char_indices().nth(COLUMNS) {
        // At a space, or where there is none, where the line ends.
        let space = if rest[end..].starts_with(' ') { Some(end) } else { rest[..end].rfind(' ') };
        let at = space.filter(|at| *at > indent.len()).unwrap_or(end);
        let (first, more) = rest.split_at(at);
        lines.push(first.trim_end().to_owned());
        rest = format!("{indent}{}", more.trim_start());
    }
    lines.push(rest);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_wrapped_below_its_label() {
        let text = "word ".repeat(30);
        let lines = wrapped(&format!("  expected: {text}"));
        assert!(lines.iter().all(|line| line.chars().count() <= COLUMNS), "{lines:?}");
        assert!(lines[1].starts_with("            word"), "{lines:?}");
        assert_eq!(lines.concat().matches("word").count(), 30);
    }

    #[test]
    fn a_word_that_is_too_long_is_cut_between_characters() {
        let lines = wrapped(&format!("  got:      {}", "\u{e9}".repeat(200)));
        assert!(lines.iter().all(|line| line.chars().count() <= COLUMNS), "{lines:?}");
        assert_eq!(lines.concat().matches('\u{e9}').count(), 200);
    }
}
