//! Rows that are printed while they come, in constant memory: a JSON array, a YAML list, CSV.

use std::io::Write;

use serde_json::Value;

use super::super::escape::escaped_json;
use super::super::failure::Outcome;
use super::{Format, Printer, Table};

/// Rows under way. Tables are the matter of the command: it knows better how its lines should look.
pub struct Rows<'a> {
    printer: &'a Printer,
    columns: &'static [&'static str],
    begun: bool,
}

impl<'a> Rows<'a> {
    /// Rows, when a machine reads them.
    pub fn structured(printer: &'a Printer, columns: &'static [&'static str]) -> Option<Self> {
        printer.is_structured().then_some(Self { printer, columns, begun: false })
    }

    /// One row: an object with the columns as its keys.
    pub fn row(&mut self, row: &Value) -> Outcome {
        let first = !std::mem::replace(&mut self.begun, true);
        match self.printer.format {
            Format::Yaml => self.printer.yaml(&[row]),
            Format::Csv => {
                let mut table = Table::of(self.columns, std::slice::from_ref(row));
                if !first {
                    return self.printer.csv_rows(&table);
                }
                table.columns = self.columns.iter().map(|&column| column.to_owned()).collect();
                self.printer.csv(&table)
            }
            Format::Json | Format::Table => {
                let start = if first { "[\n  " } else { ",\n  " };
                let text = row.to_string();
                Ok(write!(self.printer.out(), "{start}{}", escaped_json(&text))?)
            }
        }
    }

    /// The end of the rows.
    pub fn end(self) -> Outcome {
        match (self.printer.format, self.begun) {
            (Format::Json, true) => Ok(writeln!(self.printer.out(), "\n]")?),
            (Format::Json | Format::Yaml, false) => Ok(writeln!(self.printer.out(), "[]")?),
            (Format::Csv, false) => self.printer.csv(&Table::of(self.columns, &[])),
            _ => Ok(()),
        }
    }
}
