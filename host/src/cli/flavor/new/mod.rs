//! `larder flavor new`: the crate of a new flavor, which works as it is.

mod api;
mod destination;
mod names;
mod next;
mod template;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::super::context::Context;
use super::super::failure::Outcome;
use destination::Destination;
use names::Names;
use template::Template;

/// Write the crate of a new flavor, which works as it is
///
/// The crate has an artifact store that keeps files in a directory, tests, a README and a CI file. Build it, use it, and
/// put your own store into its place. Nothing is overwritten: the directory must be empty or not there.
///
/// JSON: `{"directory", "flavor", "scheme", "package", "library", "template", "next"}`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder flavor new shelf
  larder flavor new shelf --template full --scheme tape:// --path ~/src/shelf
  larder flavor new shelf --api-path ~/src/larder/plugin-api")]
pub struct NewArgs {
    /// The flavor: a lower case letter, then lower case letters, digits, `-` and `_`
    name: String,
    /// What its root paths begin with [default: NAME://]
    #[arg(long)]
    scheme: Option<String>,
    /// How much the crate begins with
    #[arg(long, value_enum, default_value_t = Template::Minimal)]
    template: Template,
    /// The directory of the crate [default: NAME]
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Take larder-plugin-api from this directory rather than from the registry
    #[arg(long, value_name = "DIR")]
    api_path: Option<PathBuf>,
}

pub fn run(arguments: &NewArgs, context: &Context) -> Outcome {
    let names = Names::new(&arguments.name, arguments.scheme.as_deref())?;
    let shown = arguments.path.clone().unwrap_or_else(|| PathBuf::from(&names.flavor));
    let destination = Destination::new(&shown)?;
    let api = api::dependency(arguments.api_path.as_deref(), destination.directory())?;
    destination.fill(|directory| arguments.template.write(directory, &names, &api))?;
    tell(arguments, context, &names, &shown, destination.directory())
}

fn tell(arguments: &NewArgs, context: &Context, names: &Names, shown: &Path, directory: &Path) -> Outcome {
    let next = next::steps(names, shown);
    if context.printer.is_structured() {
        return context.printer.document(&json!({
            "directory": directory,
            "flavor": names.flavor,
            "scheme": names.scheme,
            "package": names.package,
            "library": next::library_file(names),
            "template": arguments.template.as_str(),
            "next": next,
        }));
    }
    let printer = &context.printer;
    printer.note(&format!("flavor `{}` is written to {}; next:", names.flavor, shown.display()));
    for step in &next {
        printer.note(&format!("  {step}"));
    }
    if let Some(api) = api::of_checkout().filter(|_| arguments.api_path.is_none()) {
        let path = next::shell_word(&api.to_string_lossy());
        printer.note(
            "hint: this `larder` was built in a checkout; to build with its plugin API as it is there:",
        );
        printer.note(&format!("  cargo add larder-plugin-api --path {path}"));
    }
    Ok(())
}
