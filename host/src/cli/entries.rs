//! How entries of a store are printed: lines for people, rows for machines.

use std::io::Write;

use larder::{Batch, EntryRef, Item};
use larder_plugin_api::{Entry, Kind};
use serde_json::{Value, json};

use super::context::Context;
use super::escape::escaped;
use super::failure::{Failure, Outcome};
use super::printer::{Out, Printer, Rows};
use super::size::human;
use super::time::iso;

/// The keys of a row.
pub const COLUMNS: &[&str] = &["address", "name", "kind", "size_bytes", "modified"];

/// What an entry is to a program.
pub fn row_of(address: &str, name: &str, entry: &Entry) -> Value {
    json!({
        "address": address,
        "name": name,
        "kind": entry.kind.as_str(),
        "size_bytes": entry.size,
        "modified": entry.modified.and_then(iso),
    })
}

/// How a line looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    pub long: bool,
    pub human: bool,
}

/// Prints entries one after another.
pub struct EntryPrinter<'a> {
    context: &'a Context,
    style: Style,
    rows: Option<Rows<'a>>,
    pub failed: bool,
}

impl<'a> EntryPrinter<'a> {
    pub fn new(context: &'a Context, style: Style) -> Self {
        let rows = Rows::structured(&context.printer, COLUMNS);
        Self { context, style, rows, failed: false }
    }

    /// Whether a machine reads the output.
    pub fn is_structured(&self) -> bool {
        self.rows.is_some()
    }

    /// Prints a batch. `address` is what stands in front of each name to make an address; `shown` the part of it that
    /// people get to see.
    pub fn batch(&mut self, batch: &Batch, address: &str, shown: &str) -> Outcome {
        super::each::check_cancelled(self.context)?;
        for item in batch.items() {
            match item {
                Item::Entry(entry) => self.entry(entry, address, shown)?,
                Item::Error(error) => self.error(&error.into()),
                Item::Visit(_) => {}
            }
        }
        Ok(())
    }

    /// Tells of something that could not be read.
    pub fn error(&mut self, error: &larder::Error) {
        self.context.printer.error(error);
        self.failed = true;
    }

    pub fn entry(&mut self, entry: EntryRef<'_>, address: &str, shown: &str) -> Outcome {
        if self.rows.is_some() {
            return self.row(entry.name, &format!("{address}{}", entry.name), &entry.to_entry());
        }
        let printer = &self.context.printer;
        let mut out = printer.out();
        if self.style.long {
            write!(out, "{}", long(&entry.to_entry(), self.style.human))?;
        }
        name(&mut out, printer, shown, entry.name, entry.kind)
    }

    /// One entry that stands for itself, such as a file that was named.
    pub fn single(&mut self, shown: &str, address: &str, entry: &Entry) -> Outcome {
        if self.rows.is_some() {
            return self.row(&entry.name, address, entry);
        }
        let printer = &self.context.printer;
        let mut out = printer.out();
        if self.style.long {
            write!(out, "{}", long(entry, self.style.human))?;
        }
        name(&mut out, printer, "", shown, Kind::File)
    }

    fn row(&mut self, name: &str, address: &str, entry: &Entry) -> Outcome {
        let row = row_of(address, name, entry);
        self.rows.as_mut().map_or(Ok(()), |rows| rows.row(&row))
    }

    /// A line between groups of entries, for people.
    pub fn heading(&mut self, text: &str) -> Outcome {
        if self.rows.is_some() { Ok(()) } else { self.context.printer.line(text) }
    }

    /// Ends the output and fails when anything did.
    pub fn end(self) -> Outcome {
        if let Some(rows) = self.rows {
            rows.end()?;
        }
        if self.failed { Err(Failure::Told) } else { Ok(()) }
    }
}

/// One line: a directory ends with `/`. No allocation unless a terminal must be protected.
fn name(out: &mut Out, printer: &Printer, before: &str, name: &str, kind: Kind) -> Outcome {
    if printer.to_terminal {
        write!(out, "{}{}", escaped(before), escaped(name))?;
    } else {
        out.write_all(before.as_bytes())?;
        out.write_all(name.as_bytes())?;
    }
    // The address of a root has no name, and ends with a colon already.
    let end: &[u8] = if kind == Kind::Directory && !name.is_empty() { b"/\n" } else { b"\n" };
    Ok(out.write_all(end)?)
}

/// Size and time in front of a name.
fn long(entry: &Entry, human_sizes: bool) -> String {
    let size = match (entry.kind, entry.size) {
        (Kind::File, Some(size)) if human_sizes => human(size),
        (Kind::File, Some(size)) => size.to_string(),
        _ => "-".to_owned(),
    };
    let time = entry.modified.and_then(iso).unwrap_or_else(|| "-".to_owned());
    let width = if human_sizes { 6 } else { 12 };
    format!("{size:>width$}  {time:<20}  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_has_size_and_time_before_the_name() {
        let entry = Entry::file("a", 1536).with_modified(Some(std::time::SystemTime::UNIX_EPOCH));
        assert_eq!(long(&entry, false), "        1536  1970-01-01T00:00:00Z  ");
        assert_eq!(long(&entry, true), "  1.5K  1970-01-01T00:00:00Z  ");
        assert_eq!(long(&Entry::directory("d"), true), "     -  -                     ");
    }
}
