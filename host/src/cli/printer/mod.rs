//! The one owner of the standard output and the standard error.

mod log;
mod record;
mod rows;
mod table;

use std::borrow::Cow;
use std::cell::{RefCell, RefMut};
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;

use clap::ValueEnum;
use larder::Error;
use serde::Serialize;

pub use rows::Rows;
pub use table::{Table, text_of};

use super::arguments::GlobalArgs;
use super::escape::{escaped, escaped_json, has_hidden};
use super::failure::{DONE, FAILED, Failure, INTERRUPTED, Outcome, UNDECIDED, status_of};

/// How data is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs; the shape stands in the help of each command.
    Json,
    /// The same shape as YAML.
    Yaml,
    /// Rows and columns, after RFC 4180; for lists.
    Csv,
}

/// How much is said beside the data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Verbosity {
    Quiet,
    Usual,
    Verbose,
}

/// The standard output, buffered in large pieces.
pub type Out = BufWriter<File>;

/// Where everything that a command says goes through.
pub struct Printer {
    pub format: Format,
    verbosity: Verbosity,
    /// Whether a person sees the standard output as it is.
    pub to_terminal: bool,
    /// Whether a person sees the standard error as it is.
    pub errors_to_terminal: bool,
    out: RefCell<Out>,
}

const BUFFER_BYTES: usize = 64 * 1024;

impl Printer {
    pub fn new(global: &GlobalArgs) -> Self {
        log::start(global.verbose, global.quiet);
        Self {
            format: global.format(),
            verbosity: match global.verbose {
                0 if global.quiet => Verbosity::Quiet,
                0 => Verbosity::Usual,
                _ => Verbosity::Verbose,
            },
            to_terminal: io::stdout().is_terminal(),
            errors_to_terminal: io::stderr().is_terminal(),
            out: RefCell::new(BufWriter::with_capacity(BUFFER_BYTES, stdout())),
        }
    }

    /// Whether only data and errors are wanted.
    pub fn is_quiet(&self) -> bool {
        self.verbosity == Verbosity::Quiet
    }

    /// Whether more is wanted.
    pub fn is_verbose(&self) -> bool {
        self.verbosity == Verbosity::Verbose
    }

    /// The standard output itself, for those who write much. What a terminal would act on is the caller's to escape.
    pub fn out(&self) -> RefMut<'_, Out> {
        self.out.borrow_mut()
    }

    /// Whether a machine reads the output.
    pub fn is_structured(&self) -> bool {
        self.format != Format::Table
    }

    /// One line of data.
    pub fn line(&self, text: &str) -> Outcome {
        let safe = if self.to_terminal { escaped(text) } else { text.into() };
        Ok(writeln!(self.out(), "{safe}")?)
    }

    /// Lines of data that are laid out already.
    pub fn laid_out(&self, text: &str) -> Outcome {
        let text = text.trim_end();
        if self.to_terminal && has_hidden(text) {
            return text.split('\n').try_for_each(|line| self.line(line));
        }
        Ok(writeln!(self.out(), "{text}")?)
    }

    /// A value as a document, in the format that was asked for; as a table, its fields one below the other.
    pub fn document(&self, value: &impl Serialize) -> Outcome {
        let value = serde_json::to_value(value).map_err(cannot_print)?;
        match self.format {
            Format::Table => self.laid_out(&record::describe(&value)),
            Format::Json => self.json(&value),
            Format::Yaml => self.yaml(&value),
            Format::Csv => {
                let rows = match value {
                    serde_json::Value::Array(rows) => rows,
                    one => vec![one],
                };
                self.csv(&Table::of_all_fields(&rows))
            }
        }
    }

    /// A value as JSON over several lines.
    pub fn json(&self, value: &serde_json::Value) -> Outcome {
        let text = serde_json::to_string_pretty(value).map_err(cannot_print)?;
        Ok(writeln!(self.out(), "{}", escaped_json(&text))?)
    }

    /// A value as YAML.
    pub fn yaml(&self, value: &impl Serialize) -> Outcome {
        let text = self.yaml_of(value)?;
        Ok(write!(self.out(), "{text}")?)
    }

    /// A text as a scalar of YAML, in one line.
    pub fn yaml_text(&self, text: &str) -> Outcome<String> {
        let yaml = self.yaml_of(&text)?;
        let line = yaml.trim_end_matches('\n');
        Ok(if line.contains('\n') { json_text(text) } else { line.to_owned() })
    }

    /// YAML leaves some characters as they are that a terminal acts on. Written as JSON, which is YAML too, they are
    /// escaped.
    fn yaml_of(&self, value: &impl Serialize) -> Outcome<String> {
        let text = serde_yaml_ng::to_string(value).map_err(cannot_print)?;
        if !(self.to_terminal && has_hidden(&text)) {
            return Ok(text);
        }
        let value = serde_json::to_value(value).map_err(cannot_print)?;
        let items = match &value {
            serde_json::Value::Array(items) if !items.is_empty() => items,
            one => return Ok(format!("{}\n", escaped_json(&one.to_string()))),
        };
        let items = items.iter().map(|item| format!("- {}", escaped_json(&item.to_string())));
        Ok(items.collect::<Vec<_>>().join("\n") + "\n")
    }

    /// Rows as CSV, with a line of names.
    pub fn csv(&self, table: &Table) -> Outcome {
        self.csv_lines(std::iter::once(&table.columns).chain(&table.rows))
    }

    /// Rows as CSV, to follow others.
    pub fn csv_rows(&self, table: &Table) -> Outcome {
        self.csv_lines(&table.rows)
    }

    fn csv_lines<'a>(&self, lines: impl IntoIterator<Item = &'a Vec<String>>) -> Outcome {
        let mut text = csv::Writer::from_writer(Vec::new());
        for line in lines {
            let shown = |cell| if self.to_terminal { escaped(cell) } else { Cow::Borrowed(cell) };
            text.write_record(line.iter().map(|cell| shown(cell).into_owned())).map_err(io::Error::other)?;
        }
        let text = text.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        Ok(self.out().write_all(&text)?)
    }

    /// Something that is no data: what was done, what comes. `-q` leaves it out.
    pub fn note(&self, text: &str) {
        if !self.is_quiet() {
            self.say(&escaped(text));
        }
    }

    /// Something that is of interest to those who ask for more.
    pub fn detail(&self, text: &str) {
        if self.is_verbose() {
            self.say(&escaped(text));
        }
    }

    /// Something that a user should know and that stops nothing.
    pub fn warn(&self, text: &str) {
        self.say(&format!("warning: {}", escaped(text)));
    }

    /// An error that does not stop the others.
    pub fn warn_of(&self, error: &Error) {
        self.tell("warning", error);
    }

    /// A question, without a line break.
    pub fn ask(&self, question: &str) {
        let _ = self.out().flush();
        let _ = write!(io::stderr(), "{}", escaped(question));
    }

    /// An error with its causes and its hint.
    pub fn error(&self, error: &Error) {
        self.tell("error", error);
    }

    fn tell(&self, what: &str, error: &Error) {
        let mut text = format!("{what}: {}", indented(&error.to_string()));
        let mut said = error.to_string();
        for cause in error.causes() {
            if cause != said {
                text.push_str("\ncaused by: ");
                text.push_str(&indented(&cause));
            }
            said = cause;
        }
        if let Some(hint) = error.hint() {
            text = format!("{text}\nhint: {}", indented(hint));
        }
        self.say(&text);
    }

    /// What was printed before comes before.
    fn say(&self, text: &str) {
        if let Ok(mut out) = self.out.try_borrow_mut() {
            let _ = out.flush();
        }
        say(text);
    }

    /// Writes what is left, tells the error, and gives the status that the process ends with; `interrupted` is the one
    /// that the signal stands for.
    pub fn finish(&self, result: Outcome, interrupted: u8) -> ExitCode {
        let result = result.and_then(|()| Ok(self.out().flush()?));
        let status = match result {
            Ok(()) => DONE,
            Err(Failure::Told) => FAILED,
            Err(Failure::Undecided) => UNDECIDED,
            Err(Failure::Error(error)) => {
                let status = status_of(&error);
                if status == INTERRUPTED {
                    // Where it was noticed is of no interest.
                    self.say("error: interrupted");
                    interrupted
                } else {
                    self.error(&error);
                    status
                }
            }
            // Whoever read the output has seen enough.
            Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => DONE,
            Err(Failure::Output(error)) => {
                self.error(&Error::io("the standard output cannot be written", error));
                FAILED
            }
        };
        // What could not be written before cannot be written now.
        let _ = self.out().flush();
        ExitCode::from(status)
    }
}

/// A text as a string of JSON.
pub fn json_text(text: &str) -> String {
    escaped_json(&serde_json::Value::from(text).to_string()).into_owned()
}

fn cannot_print(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::Output(io::Error::other(error))
}

/// Each line safe for a terminal, and the ones after the first set in.
fn indented(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n    ")
}

/// A line on the standard error. When that is gone, nobody can be told.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// The standard output without the line buffer that std puts in front of it.
fn stdout() -> File {
    let own = io::stdout().as_fd().try_clone_to_owned();
    own.unwrap_or_else(|_| nowhere()).into()
}

/// Without a standard output, what is printed goes nowhere.
fn nowhere() -> OwnedFd {
    match File::options().write(true).open("/dev/null") {
        Ok(file) => file.into(),
        Err(error) => panic!("there is neither a standard output nor /dev/null: {error}"),
    }
}
