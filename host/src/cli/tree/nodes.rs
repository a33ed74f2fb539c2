//! A tree as a document, written while it comes: a nested value of any depth would have to be held and taken apart again.

use std::io::Write;

use larder_plugin_api::Kind;
use serde_json::{Value, json};

use super::super::failure::Outcome;
use super::super::printer::{Printer, Rows, json_text};
use super::Picture;

/// An entry of a tree.
pub struct Node<'a> {
    pub address: &'a str,
    pub name: &'a str,
    pub kind: Kind,
    /// Whether it is the last in its directory.
    pub last: bool,
}

impl Node<'_> {
    fn fields(&self) -> [(&'static str, &str); 3] {
        [("address", self.address), ("name", self.name), ("kind", self.kind.as_str())]
    }
}

/// Indentation ends here: the deepest trees would be nothing but spaces.
const DEEPEST_INDENT: usize = 32;

/// Objects in objects, as [`Printer::json`] would print them.
pub struct Json<'a> {
    printer: &'a Printer,
    /// For each directory under way, whether it has had an entry.
    begun: Vec<bool>,
}

impl<'a> Json<'a> {
    pub fn new(printer: &'a Printer) -> Self {
        Self { printer, begun: Vec::new() }
    }

    /// A line of an object at this depth.
    fn line(&self, depth: usize, text: &str) -> Outcome {
        let width = depth.min(DEEPEST_INDENT) * 4;
        Ok(write!(self.printer.out(), "\n{:width$}{text}", "")?)
    }
}

impl Picture for Json<'_> {
    fn entry(&mut self, node: &Node<'_>) -> Outcome {
        let depth = self.begun.len();
        match self.begun.last_mut().map(|begun| std::mem::replace(begun, true)) {
            None => write!(self.printer.out(), "{{")?,
            Some(false) => self.line(depth, "{")?,
            Some(true) => {
                write!(self.printer.out(), ",")?;
                self.line(depth, "{")?;
            }
        }
        let fields = node.fields().map(|(key, value)| format!("  \"{key}\": {}", json_text(value)));
        for (at, field) in fields.iter().enumerate() {
            let follows = at + 1 < fields.len() || node.kind == Kind::Directory;
            self.line(depth, &format!("{field}{}", if follows { "," } else { "" }))?;
        }
        if node.kind == Kind::Directory {
            self.begun.push(false);
            return self.line(depth, "  \"children\": [");
        }
        self.line(depth, "}")
    }

    fn leave(&mut self) -> Outcome {
        let begun = self.begun.pop().unwrap_or_default();
        let depth = self.begun.len();
        if begun {
            self.line(depth, "  ]")?;
        } else {
            write!(self.printer.out(), "]")?;
        }
        self.line(depth, "}")
    }

    fn end(&mut self) -> Outcome {
        Ok(writeln!(self.printer.out())?)
    }
}

/// Lists in lists, as [`Printer::yaml`] would print them.
pub struct Yaml<'a> {
    printer: &'a Printer,
    begun: Vec<bool>,
}

impl<'a> Yaml<'a> {
    pub fn new(printer: &'a Printer) -> Self {
        Self { printer, begun: Vec::new() }
    }
}

impl Picture for Yaml<'_> {
    fn entry(&mut self, node: &Node<'_>) -> Outcome {
        let mut out = self.printer.out();
        let depth = self.begun.len();
        if self.begun.last_mut().is_some_and(|begun| !std::mem::replace(begun, true)) {
            writeln!(out)?;
        }
        let width = depth * 2;
        let dash = if depth > 0 { "- " } else { "" };
        let mut indent = format!("{:1$}{dash}", "", width.saturating_sub(2));
        for (key, value) in node.fields() {
            writeln!(out, "{indent}{key}: {}", self.printer.yaml_text(value)?)?;
            indent = " ".repeat(width);
        }
        if node.kind == Kind::Directory {
            self.begun.push(false);
            write!(out, "{indent}children:")?;
        }
        Ok(())
    }

    fn leave(&mut self) -> Outcome {
        if !self.begun.pop().unwrap_or(true) {
            writeln!(self.printer.out(), " []")?;
        }
        Ok(())
    }
}

/// One row an entry.
pub struct Csv<'a> {
    rows: Option<Rows<'a>>,
}

impl<'a> Csv<'a> {
    pub fn new(printer: &'a Printer) -> Self {
        Self { rows: Rows::structured(printer, &["address", "name", "kind"]) }
    }
}

impl Picture for Csv<'_> {
    fn entry(&mut self, node: &Node<'_>) -> Outcome {
        let row: Value = json!({"address": node.address, "name": node.name, "kind": node.kind.as_str()});
        self.rows.as_mut().map_or(Ok(()), |rows| rows.row(&row))
    }

    fn leave(&mut self) -> Outcome {
        Ok(())
    }

    fn end(&mut self) -> Outcome {
        self.rows.take().map_or(Ok(()), Rows::end)
    }
}
