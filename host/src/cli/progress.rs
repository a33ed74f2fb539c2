//! What copying shows: a bar on a terminal, a line a file with `-v`, an error where one is due.

use std::time::Duration;

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use larder::Error;
use larder::transfer::Observer;

use super::context::Context;
use super::printer::Printer;

/// Tells a person how far it is, and remembers whether anything was left out.
pub struct Progress<'a> {
    printer: &'a Printer,
    bar: Option<ProgressBar>,
    files: u64,
    bytes: u64,
    /// Whether something was left out, so that the copy is not the whole of it.
    pub skipped: bool,
}

impl<'a> Progress<'a> {
    /// A bar appears when somebody sees it, and when copying takes long enough to be watched.
    pub fn new(context: &'a Context) -> Self {
        let printer = &context.printer;
        let bar = (printer.errors_to_terminal && !printer.is_quiet()).then(|| {
            let target = ProgressDrawTarget::stderr_with_hz(10);
            let style = ProgressStyle::with_template("{spinner} {elapsed} {msg}");
            let bar = ProgressBar::with_draw_target(None, target);
            bar.enable_steady_tick(Duration::from_millis(200));
            style.map_or(bar.clone(), |style| bar.with_style(style))
        });
        Self { printer, bar, files: 0, bytes: 0, skipped: false }
    }

    fn show(&self, name: &str) {
        if let Some(bar) = &self.bar {
            let name = super::escape::escaped(name).into_owned();
            bar.set_message(format!("{} files, {}, {name}", self.files, HumanBytes(self.bytes)));
        }
    }

    /// Runs something that prints, without the bar in its way.
    fn aside(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Observer for Progress<'_> {
    fn watches_bytes(&self) -> bool {
        self.bar.is_some()
    }

    fn begin(&mut self, address: &str, _size_bytes: Option<u64>) {
        self.show(address);
    }

    fn advance(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        if let Some(bar) = &self.bar {
            bar.tick();
        }
    }

    fn done(&mut self, source: &str, target: &str) {
        self.files += 1;
        if self.printer.is_verbose() {
            self.aside(|| self.printer.note(&format!("{source} -> {target}")));
        }
    }

    fn skipped(&mut self, address: &str, why: &str) {
        self.skipped = true;
        self.aside(|| self.printer.warn(&format!("`{address}` {why}, left out")));
    }

    fn failed(&mut self, error: Error) {
        self.aside(|| self.printer.error(&error));
    }
}
