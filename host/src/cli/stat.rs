//! `larder stat`: what a store knows of a path.

use clap::Args;
use larder::Place;
use larder_plugin_api::{Kind, Stat};
use serde::Serialize;

use super::context::Context;
use super::each::each;
use super::failure::Outcome;
use super::place::{failed, resolve};
use super::printer::Format;
use super::time::iso;

/// Print what the store knows of a file or directory
///
/// JSON: an array, one for each path, of `{"address", "kind", "size_bytes", "modified", "etag", "version",
/// "content_type", "metadata"}`; what the store does not know is null.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stat mine:docs/readme.md
  larder stat --json mine:a mine:b | jq '.[].size_bytes'")]
pub struct StatArgs {
    /// Files and directories
    #[arg(required = true)]
    paths: Vec<String>,
}

/// What is printed of a path.
#[derive(Serialize)]
struct StatRecord {
    address: String,
    kind: &'static str,
    size_bytes: Option<u64>,
    modified: Option<String>,
    etag: Option<String>,
    version: Option<String>,
    content_type: Option<String>,
    metadata: serde_json::Map<String, serde_json::Value>,
}

impl StatRecord {
    fn new(place: &Place, stat: Stat) -> Self {
        Self {
            address: place.to_string(),
            kind: stat.kind.as_str(),
            size_bytes: (stat.kind == Kind::File).then_some(stat.size),
            modified: stat.modified.and_then(iso),
            etag: stat.etag,
            version: stat.version,
            content_type: stat.content_type,
            metadata: stat.metadata.into_iter().map(|(name, value)| (name, value.into())).collect(),
        }
    }
}

pub fn run(arguments: &StatArgs, context: &Context) -> Outcome {
    let mut records = Vec::new();
    let done = each(context, &arguments.paths, |path| {
        let place = resolve(context, path)?;
        let stat = place.store.stat(&place.path).map_err(|error| failed("look at", &place, error))?;
        records.push(StatRecord::new(&place, stat));
        Ok(())
    });
    if context.printer.format != Format::Table || !records.is_empty() {
        context.printer.document(&records)?;
    }
    done
}
