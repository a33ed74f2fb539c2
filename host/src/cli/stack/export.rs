//! `larder stack export`: a stack as a document.

use std::path::PathBuf;

use clap::Args;
use larder::Error;
use larder::transfer::{End, Ignore, Transfer};

use super::super::context::Context;
use super::super::failure::Outcome;
use super::super::printer::Format;
use super::record::named_or_active;

/// Print a stack as a document that `stack import` reads
///
/// YAML, or JSON with `--json` or for a file that ends with `.json`. Secrets that were given in place are left out and
/// named. The library of the flavor is not needed.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack export dev > dev.yaml
  larder stack export dev dev.yaml")]
pub struct ExportArgs {
    /// The stack; without a name the active one
    name: Option<String>,
    /// The file to write; without one the document is printed
    file: Option<PathBuf>,
}

pub fn run(arguments: &ExportArgs, context: &Context) -> Outcome {
    let host = context.host()?;
    let name = named_or_active(context, arguments.name.as_ref())?;
    let document = host.registry()?.export_stack(&name, None)?;
    let left_out = &document.artifact_store.secrets_left_out;
    let json = serde_json::to_value(&document).map_err(std::io::Error::other)?;
    match &arguments.file {
        None if context.printer.format == Format::Json => context.printer.json(&json)?,
        None => context.printer.yaml(&document)?,
        Some(file) => {
            let is_json = file.extension().is_some_and(|extension| extension == "json");
            let text = if is_json || context.printer.format == Format::Json {
                format!("{json:#}\n")
            } else {
                serde_yaml_ng::to_string(&document).map_err(std::io::Error::other)?
            };
            let mut ignore = Ignore;
            Transfer::new(context.cancellation.clone(), &mut ignore)
                .from_reader(&mut text.as_bytes(), "the document", &End::local(file))
                .map_err(|error: Error| error.context(format!("stack `{name}` cannot be exported")))?;
            context.printer.note(&format!("stack `{name}` exported to {}", file.display()));
        }
    }
    if !left_out.is_empty() {
        context.printer.warn(&format!("left out, for they are secrets: {}", left_out.join(", ")));
    }
    Ok(())
}
