//! `larder tree`: what is below a directory, drawn.

use clap::Args;
use larder::{Place, Store};
use larder_plugin_api::{Detail, Entry, Kind};
use serde_json::{Value, json};

use super::context::Context;
use super::each::{check_cancelled, each};
use super::failure::{Failure, Outcome};
use super::place::{failed, resolve};

/// Draw what is below a directory
///
/// JSON: `{"address", "name", "kind", "children"}`; children are of the same shape, only a directory has them.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder tree mine:
  larder tree -L 2 mine:runs")]
pub struct TreeArgs {
    /// Where to begin
    #[arg(required = true)]
    paths: Vec<String>,
    /// How many levels to go down
    #[arg(short = 'L', long, value_name = "LEVELS", value_parser = clap::value_parser!(u64).range(1..))]
    level: Option<u64>,
}

pub fn run(arguments: &TreeArgs, context: &Context) -> Outcome {
    each(context, &arguments.paths, |path| {
        let place = resolve(context, path)?;
        let levels = arguments.level.unwrap_or(u64::MAX);
        let mut drawing = Drawing { context, store: &place.store, directories: 0, files: 0, failed: false };
        let top = drawing.list(&place.path).map_err(|error| failed("list", &place, error))?;
        if context.printer.is_structured() {
            let children = drawing.nodes(&place.path, top, levels)?;
            let name = place.path.rsplit('/').next().unwrap_or_default();
            context.printer.document(&json!({
                "address": place.to_string(), "name": name, "kind": "directory", "children": children,
            }))?;
        } else {
            context.printer.line(&place.to_string())?;
            drawing.draw(&place.path, &top, "", levels)?;
            let plural = |count: u64, one: &str, many: &str| {
                format!("{count} {}", if count == 1 { one } else { many })
            };
            context.printer.line("")?;
            context.printer.line(&format!(
                "{}, {}",
                plural(drawing.directories, "directory", "directories"),
                plural(drawing.files, "file", "files")
            ))?;
        }
        if drawing.failed { Err(Failure::Told) } else { Ok(()) }
    })
}

struct Drawing<'a> {
    context: &'a Context,
    store: &'a Store,
    directories: u64,
    files: u64,
    failed: bool,
}

impl Drawing<'_> {
    fn list(&self, path: &str) -> larder_plugin_api::Result<Vec<Entry>> {
        self.store.listdir(path, Detail::Kind)?.collect()
    }

    /// What is in a directory, nothing where it is too deep or cannot be read.
    fn below(&mut self, path: &str, levels: u64) -> Outcome<Vec<Entry>> {
        check_cancelled(self.context)?;
        if levels == 0 {
            return Ok(Vec::new());
        }
        Ok(self.list(path).unwrap_or_else(|error| {
            let place = Place { store: self.store.clone(), path: path.to_owned() };
            self.context.printer.error(&failed("list", &place, error));
            self.failed = true;
            Vec::new()
        }))
    }

    fn count(&mut self, entry: &Entry) {
        if entry.kind == Kind::Directory { self.directories += 1 } else { self.files += 1 }
    }

    fn draw(&mut self, path: &str, entries: &[Entry], before: &str, levels: u64) -> Outcome {
        let last = entries.len().saturating_sub(1);
        for (at, entry) in entries.iter().enumerate() {
            self.count(entry);
            let (branch, below) = if at == last { ("└── ", "    ") } else { ("├── ", "│   ") };
            let slash = if entry.kind == Kind::Directory { "/" } else { "" };
            self.context.printer.line(&format!("{before}{branch}{}{slash}", entry.name))?;
            if entry.kind == Kind::Directory {
                let path = join(path, &entry.name);
                let entries = self.below(&path, levels - 1)?;
                self.draw(&path, &entries, &format!("{before}{below}"), levels - 1)?;
            }
        }
        Ok(())
    }

    fn nodes(&mut self, path: &str, entries: Vec<Entry>, levels: u64) -> Outcome<Vec<Value>> {
        let mut nodes = Vec::with_capacity(entries.len());
        for entry in entries {
            let path = join(path, &entry.name);
            let address = format!("{}:{path}", self.store.name());
            let mut node = json!({"address": address, "name": entry.name, "kind": entry.kind.as_str()});
            if entry.kind == Kind::Directory {
                let entries = self.below(&path, levels - 1)?;
                node["children"] = self.nodes(&path, entries, levels - 1)?.into();
            }
            nodes.push(node);
        }
        Ok(nodes)
    }
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}
