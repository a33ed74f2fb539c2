//! `larder artifact-store register`: a store gets a name.

use clap::Args;
use larder::NewStore;
use larder::registry::parse_label;

use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::report;
use super::values::{Assignment, read};

/// Register an artifact store
///
/// Options that are not listed here are fields of the flavor: `--field=value` or `--field value`; `@file` as a value reads
/// the file, `@@` stands for one `@`. With a flavor, `--help` shows its fields. Nothing is made at the root path.
///
/// JSON: the registered store, as `artifact-store describe` prints it.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder artifact-store register mine --flavor local --path /data/artifacts
  larder artifact-store register other -f local --path /data/other --fsync=true -l team=vision
  larder artifact-store register cloud -f s3 --path s3://bucket/prefix --secret_key=env:S3_SECRET
  larder artifact-store register -f s3 --help")]
pub struct RegisterArgs {
    /// The name it gets
    name: String,
    /// The flavor
    #[arg(short, long)]
    flavor: String,
    /// The root path: a URI or a local path
    #[arg(long)]
    path: String,
    /// A label, any number of times
    #[arg(short, long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
    /// A field of the flavor, for one that has the name of another option
    #[arg(short, long, value_name = "KEY=VALUE")]
    config: Vec<Assignment>,
}

pub fn run(arguments: &RegisterArgs, context: &Context) -> Outcome {
    let host = context.host()?;
    let manifest = host.flavor(&arguments.flavor)?.manifest;
    let labels: larder::Result<_> = arguments.labels.iter().map(|label| parse_label(label)).collect();
    let record = host.register_store(&NewStore {
        name: arguments.name.clone(),
        flavor: arguments.flavor.clone(),
        root: arguments.path.clone(),
        config: read(&arguments.config, manifest.as_ref())?,
        labels: labels?,
    })?;
    report(context, &record, "registered")
}
