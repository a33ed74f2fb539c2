//! The log of the host and of the flavors, on the standard error.

use log::{LevelFilter, Log, Metadata, Record};

use super::super::escape::escaped;

struct Logger;

/// Shows warnings; `-v` shows what is informative, `-vv` and `-vvv` more; `-q` only errors.
pub fn start(verbose: u8, quiet: bool) {
    let level = match verbose {
        0 if quiet => LevelFilter::Error,
        0 => LevelFilter::Warn,
        1 => LevelFilter::Info,
        2 => LevelFilter::Debug,
        _ => LevelFilter::Trace,
    };
    if log::set_logger(&Logger).is_ok() {
        log::set_max_level(level);
    }
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("larder")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let level = match record.level() {
            log::Level::Error => "error",
            log::Level::Warn => "warning",
            log::Level::Info => "info",
            log::Level::Debug => "debug",
            log::Level::Trace => "trace",
        };
        let text = record.args().to_string();
        let text = escaped(&text);
        match record.target().strip_prefix("larder::flavor::") {
            Some(flavor) => super::say(&format!("{level}: flavor `{flavor}`: {text}")),
            None => super::say(&format!("{level}: {text}")),
        }
    }

    fn flush(&self) {}
}
