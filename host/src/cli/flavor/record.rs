//! What is printed of a flavor.

use larder::library::manifest::{ConfigKeyManifest, FlavorManifest};
use larder::{Accepted, KnownFlavor, Origin, Status};
use serde::Serialize;
use serde_json::json;

use super::super::context::Context;
use super::super::escape::escaped;
use super::super::failure::Outcome;

/// A row of `flavor list`.
#[derive(Serialize)]
pub struct FlavorRow {
    pub name: String,
    pub about: String,
    /// `/` stands for plain absolute paths.
    pub schemes: Vec<String>,
    pub version: String,
    pub api_version: String,
    /// The library.
    pub from: String,
    /// `registered` or `dropped in`.
    pub origin: &'static str,
    pub status: &'static str,
    /// More about the status, where there is more to say.
    pub detail: Option<String>,
    pub pinned: bool,
    pub license: String,
    pub sha256: Option<String>,
    pub size_bytes: Option<u64>,
}

/// The keys of a row.
pub const COLUMNS: &[&str] = &[
    "name",
    "about",
    "schemes",
    "version",
    "api_version",
    "from",
    "origin",
    "status",
    "detail",
    "pinned",
    "license",
    "sha256",
    "size_bytes",
];

impl From<&KnownFlavor> for FlavorRow {
    fn from(flavor: &KnownFlavor) -> Self {
        let library = &flavor.library;
        let manifest = flavor.manifest.as_ref();
        Self {
            name: flavor.name.clone(),
            about: manifest.map(|manifest| manifest.about.clone()).unwrap_or_default(),
            schemes: manifest.map(schemes).unwrap_or_default(),
            version: library.version.clone(),
            api_version: library.api.clone(),
            from: library.file.display().to_string(),
            origin: origin(flavor),
            status: flavor.status.as_str(),
            detail: detail(flavor),
            pinned: flavor.pinned,
            license: library.license.clone(),
            sha256: library.sha256.clone(),
            size_bytes: library.size_bytes,
        }
    }
}

pub fn origin(flavor: &KnownFlavor) -> &'static str {
    match flavor.origin {
        Origin::Registered => "registered",
        Origin::DroppedIn(_) => "dropped in",
    }
}

/// The schemes as people know them: the empty one stands for plain absolute paths.
pub fn schemes(manifest: &FlavorManifest) -> Vec<String> {
    let words = |scheme: &String| if scheme.is_empty() { "/".to_owned() } else { scheme.clone() };
    manifest.schemes.iter().map(words).collect()
}

/// What there is to say about a flavor that is not simply ready.
pub fn detail(flavor: &KnownFlavor) -> Option<String> {
    let name = &flavor.name;
    match &flavor.status {
        Status::Ready if !flavor.pinned && flavor.origin == Origin::Registered => {
            Some("unpinned: a changed file is used".to_owned())
        }
        Status::Ready => None,
        Status::Missing => Some("the library is gone".to_owned()),
        Status::Changed => Some(format!("to accept it: larder flavor update {name}")),
        Status::Quarantined { reason, when } => {
            Some(format!("since {when}: {reason}; to try again: larder flavor retry {name}"))
        }
        Status::Disabled => Some("switched off".to_owned()),
        Status::Shadowed { by } => Some(format!("`{}` was found first", by.display())),
    }
}

/// Everything about a flavor.
#[derive(Serialize)]
pub struct FlavorDocument {
    name: String,
    about: String,
    status: &'static str,
    detail: Option<String>,
    origin: &'static str,
    schemes: Vec<String>,
    capabilities: Vec<String>,
    config: Vec<ConfigKeyManifest>,
    library: serde_json::Value,
    artifact_stores: Vec<String>,
}

impl FlavorDocument {
    /// `stores` are the artifact stores of this flavor.
    pub fn new(flavor: &KnownFlavor, stores: Vec<String>) -> Self {
        let manifest = flavor.manifest.as_ref();
        let library = &flavor.library;
        Self {
            name: flavor.name.clone(),
            about: manifest.map(|manifest| manifest.about.clone()).unwrap_or_default(),
            status: flavor.status.as_str(),
            detail: detail(flavor),
            origin: origin(flavor),
            schemes: manifest.map(schemes).unwrap_or_default(),
            capabilities: manifest.map(|manifest| manifest.capabilities.clone()).unwrap_or_default(),
            config: manifest.map(|manifest| manifest.config.clone()).unwrap_or_default(),
            library: json!({
                "file": library.file.display().to_string(),
                "version": library.version,
                "api_version": library.api,
                "license": library.license,
                "repository": library.repository,
                "rustc": library.rustc,
                "size_bytes": library.size_bytes,
                "sha256": library.sha256,
                "pinned": flavor.pinned,
                "accepted_at": library.accepted_at,
            }),
            artifact_stores: stores,
        }
    }
}

/// The config keys of a flavor, for the help of `artifact-store register`.
pub fn fields_help(flavor: &KnownFlavor) -> String {
    let keys = flavor.manifest.as_ref().map(|manifest| manifest.config.as_slice()).unwrap_or_default();
    if keys.is_empty() {
        return format!("Flavor `{}` has no fields of its own.", escaped(&flavor.name));
    }
    let fields: Vec<String> = keys.iter().map(field_help).collect();
    format!("Fields of flavor `{}`:\n{}", escaped(&flavor.name), fields.join("\n\n"))
}

/// One key, in the form that options have in a help text.
fn field_help(key: &ConfigKeyManifest) -> String {
    let mut notes = Vec::new();
    if key.required {
        notes.push("[required]".to_owned());
    }
    if let Some(default) = &key.default {
        notes.push(format!("[default: {default}]"));
    }
    if !key.choices.is_empty() {
        notes.push(format!("[possible values: {}]", key.choices.join(", ")));
    }
    if !key.aliases.is_empty() {
        notes.push(format!("[aliases: {}]", key.aliases.join(", ")));
    }
    if key.secret {
        notes.push("[secret: rather than the value give env:NAME or file:/path]".to_owned());
    }
    let text =
        format!("      --{}=<{}>\n          {} {}", key.name, key.value_type, key.help, notes.join(" "));
    // The names and texts are a library's: a terminal must not act on them.
    text.trim_end().lines().map(escaped).collect::<Vec<_>>().join("\n")
}

/// Tells what was accepted.
pub fn report(context: &Context, what: &str, accepted: &Accepted) -> Outcome {
    let names: Vec<String> = accepted.flavors.iter().map(|name| format!("`{name}`")).collect();
    let plural = if names.len() == 1 { "flavor" } else { "flavors" };
    let library = accepted.library.display();
    context.printer.note(&format!("{plural} {} {what}: {library}", names.join(", ")));
    if let Some(replaced) = &accepted.replaced {
        context.printer.note(&format!("SHA-256 {} in the place of {replaced}", accepted.sha256));
    }
    if !context.printer.is_structured() {
        return Ok(());
    }
    context.printer.document(&json!({
        "library": library.to_string(),
        "flavors": accepted.flavors,
        "sha256": accepted.sha256,
        "replaced": accepted.replaced,
    }))
}
