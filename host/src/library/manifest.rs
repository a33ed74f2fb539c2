//! The manifest of a library as the host reads it: parsed from bytes, checked, never trusted.

use serde::{Deserialize, Serialize};

/// What a library says of itself. The shape is documented in `larder_plugin_api::manifest`.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Manifest {
    /// The version of the manifest's shape.
    pub manifest: u32,
    /// The version of plugin-api it was built with.
    pub api: String,
    /// The name of the library's package.
    pub library: String,
    /// The version of the library's package.
    pub version: String,
    /// The SPDX expression of its licence; may be empty.
    #[serde(default)]
    pub license: String,
    /// Where its source is; may be empty.
    #[serde(default)]
    pub repository: String,
    /// What a panic does: `unwind` or `abort`.
    pub panic: String,
    /// What it was built with: recorded, never compared.
    #[serde(default)]
    pub built: Built,
    /// Its flavors.
    pub flavors: Vec<FlavorManifest>,
}

/// What a library was built with.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub struct Built {
    /// What `rustc --version` said.
    #[serde(default)]
    pub rustc: String,
    /// `debug` or `release`.
    #[serde(default)]
    pub profile: String,
    /// The target triple.
    #[serde(default)]
    pub target: String,
}

/// What a library says of one of its flavors.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct FlavorManifest {
    /// The type of stack component: `artifact_store`.
    #[serde(rename = "type")]
    pub component_type: String,
    /// The name of the flavor.
    pub name: String,
    /// What it is, in a line.
    #[serde(default)]
    pub about: String,
    /// The schemes of its root paths, each with its `://`; the empty one stands for plain absolute paths.
    pub schemes: Vec<String>,
    /// What it can do, by name; a name that this host does not know is kept.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// The keys of its config.
    #[serde(default)]
    pub config: Vec<ConfigKeyManifest>,
}

/// One key of a flavor's config.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct ConfigKeyManifest {
    /// The name.
    pub name: String,
    /// The name of a `larder_plugin_api::ValueType`.
    #[serde(rename = "type")]
    pub value_type: String,
    /// The value when none is given, as a user would write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether a store cannot be made without it.
    #[serde(default)]
    pub required: bool,
    /// Whether the value is never printed.
    #[serde(default)]
    pub secret: bool,
    /// Other names of the key.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The only values that are allowed; empty when any is.
    #[serde(default)]
    pub choices: Vec<String>,
    /// What it does, in a line.
    #[serde(default)]
    pub help: String,
}

impl FlavorManifest {
    /// The key with this name or alias.
    pub fn key(&self, name: &str) -> Option<&ConfigKeyManifest> {
        let is = |key: &&ConfigKeyManifest| key.name == name || key.aliases.iter().any(|alias| alias == name);
        self.config.iter().find(is)
    }
}
