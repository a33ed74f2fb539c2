//! A tree drawn with lines, for people.

use larder_plugin_api::Kind;

use super::super::failure::Outcome;
use super::super::printer::Printer;
use super::Picture;
use super::nodes::Node;

/// How many characters a level is set in by.
const STEP: usize = 4;

pub struct Lines<'a> {
    printer: &'a Printer,
    /// What stands in front of the entries of the current directory.
    before: String,
    begun: bool,
    directories: u64,
    files: u64,
}

impl<'a> Lines<'a> {
    pub fn new(printer: &'a Printer) -> Self {
        Self { printer, before: String::new(), begun: false, directories: 0, files: 0 }
    }
}

impl Picture for Lines<'_> {
    fn entry(&mut self, node: &Node<'_>) -> Outcome {
        if !std::mem::replace(&mut self.begun, true) {
            return self.printer.line(node.address);
        }
        let (branch, below) = if node.last { ("└── ", "    ") } else { ("├── ", "│   ") };
        if node.kind == Kind::Directory {
            self.directories += 1;
            self.printer.line(&format!("{}{branch}{}/", self.before, node.name))?;
            self.before.push_str(below);
            return Ok(());
        }
        self.files += 1;
        self.printer.line(&format!("{}{branch}{}", self.before, node.name))
    }

    fn leave(&mut self) -> Outcome {
        let end = self.before.char_indices().nth_back(STEP - 1).map_or(0, |(at, _)| at);
        self.before.truncate(end);
        Ok(())
    }

    fn end(&mut self) -> Outcome {
        let plural =
            |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        self.printer.line("")?;
        self.printer.line(&format!(
            "{}, {}",
            plural(self.directories, "directory", "directories"),
            plural(self.files, "file", "files")
        ))
    }
}
