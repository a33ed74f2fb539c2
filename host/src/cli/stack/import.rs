//! `larder stack import`: a stack from a document.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use larder::registry::{ConfigValues, ImportOptions, StackExport, config};
use larder::transfer::LocalReader;
use larder::{Error, Host};
use larder_plugin_api::Root;

use super::super::artifact_store::{Assignment, read};
use super::super::context::Context;
use super::super::failure::Outcome;
use super::record::report;

/// Register a stack from a document that `stack export` wrote
///
/// Its artifact store is registered too, unless an equal one of that name is there. `-` reads the standard input.
///
/// JSON: the registered stack, as `stack describe` prints it.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  larder stack import dev.yaml
  larder stack import dev.yaml --name copy --artifact-store copy -c secret_key=env:S3_SECRET")]
pub struct ImportArgs {
    /// The document, YAML or JSON
    file: PathBuf,
    /// Another name for the stack
    #[arg(short, long)]
    name: Option<String>,
    /// Another name for the artifact store
    #[arg(short, long)]
    artifact_store: Option<String>,
    /// A field of the flavor, such as a secret that was left out
    #[arg(short, long, value_name = "KEY=VALUE")]
    config: Vec<Assignment>,
}

pub fn run(arguments: &ImportArgs, context: &Context) -> Outcome {
    let host = context.host()?;
    let file = &arguments.file;
    let text = read_document(context, file)?;
    let document: StackExport = serde_yaml_ng::from_str(&text).map_err(|error| {
        Error::usage(format!("`{}` is no document of a stack", file.display())).with_source(error)
    })?;
    check(host, &document)?;
    let options = ImportOptions {
        stack: arguments.name.clone(),
        store: arguments.artifact_store.clone(),
        config: values(host, &document.artifact_store.flavor.name, &arguments.config)?,
    };
    let imported = host.update(|registry| registry.import_stack(&document, &options))?;
    if imported.store_was_there {
        context.printer.note(&format!("artifact store `{}` was there already", imported.store));
    }
    for key in &imported.secrets_to_give {
        let store = &imported.store;
        context.printer.warn(&format!(
            "the document has no value for `{key}`: larder artifact-store update {store} --{key}=env:NAME"
        ));
    }
    let flavor = &document.artifact_store.flavor.name;
    if host.flavor(flavor).is_err() {
        context.printer.warn(&format!("flavor `{flavor}` is not known here: larder flavor register LIBRARY"));
    }
    report(context, &imported.stack, "imported")
}

fn read_document(context: &Context, file: &Path) -> larder::Result<String> {
    let unreadable = |error| Error::io(format!("`{}` cannot be read", file.display()), error);
    let opened = if file == Path::new("-") {
        LocalReader::stdin(&context.cancellation)
    } else {
        LocalReader::open(file, &context.cancellation)
    };
    let mut text = String::new();
    opened.and_then(|mut reader| reader.read_to_string(&mut text)).map_err(unreadable)?;
    Ok(text)
}

/// The root and the config of the document, as far as they can be checked here.
fn check(host: &Host, document: &StackExport) -> Outcome {
    let store = &document.artifact_store;
    let Some(manifest) = host.flavor(&store.flavor.name).ok().and_then(|flavor| flavor.manifest) else {
        Root::parse(&store.path)
            .map_err(|error| Error::invalid_config(format!("root path {}", error.message())))?;
        return Ok(());
    };
    config::check_root(&manifest, &store.path)?;
    config::accept(&manifest, store.config.clone())?;
    Ok(())
}

/// The values, checked when the flavor is known.
fn values(host: &Host, flavor: &str, given: &[Assignment]) -> Outcome<ConfigValues> {
    let manifest = host.flavor(flavor).ok().and_then(|flavor| flavor.manifest);
    let given = read(given, manifest.as_ref())?.into_iter().map(|(key, value)| (key, value.into()));
    Ok(match manifest {
        Some(manifest) => config::accept(&manifest, given)?,
        None => given.collect(),
    })
}
