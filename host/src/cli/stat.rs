//! `larder stat`: what a store knows of a path.

use clap::Args;
use larder_plugin_api::{Kind, Stat};
use serde::Serialize;

use super::context::Context;
use super::each::each;
use super::failure::Outcome;
use super::keys::Keys;
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
  larder stat --json mine:a mine:b | jq '.[].size_bytes'
  larder stat --key bucket: 'runs//7'")]
pub struct StatArgs {
    /// Files and directories; with --key the root of a store, then keys
    #[arg(required = true)]
    paths: Vec<String>,
    /// Look at keys that are not paths, as they are: what follows the root's prefix
    #[arg(long)]
    key: bool,
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
    fn new(address: String, stat: Stat) -> Self {
        Self {
            address,
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
    let done = if arguments.key {
        let keys = Keys::of(context, &arguments.paths)?;
        each(context, keys.keys, |key| {
            let stat = keys.store.stat_key(key).map_err(|error| keys.failed("look at", key, error))?;
            records.push(StatRecord::new(keys.address(key), stat));
            Ok(())
        })
    } else {
        each(context, &arguments.paths, |path| {
            let place = resolve(context, path)?;
            let stat = place.store.stat(&place.path).map_err(|error| failed("look at", &place, error))?;
            records.push(StatRecord::new(place.to_string(), stat));
            Ok(())
        })
    };
    if context.printer.format != Format::Table || !records.is_empty() {
        context.printer.document(&records)?;
    }
    done
}
