//! The manifest: what a library says of itself, as JSON bytes that are made while it compiles.
//!
//! A host reads the bytes from the file, without running anything. The shape, of version 1:
//!
//! ```json
//! {"manifest": 1, "api": "1.0.0", "library": "my-flavors", "version": "0.3.1", "license": "MIT", "repository": "",
//!  "panic": "unwind", "built": {"rustc": "rustc 1.95.0", "profile": "release", "target": "x86_64-unknown-linux-gnu"},
//!  "flavors": [{"type": "artifact_store", "name": "mem", "about": "", "schemes": ["mem://"], "capabilities": ["write"],
//!   "config": [{"name": "limit", "type": "bytes", "default": "1GiB", "required": false, "secret": false, "aliases": [],
//!    "choices": [], "help": ""}]}]}
//! ```
//!
//! A reader ignores fields that it does not know.

use crate::capability::Capability;
use crate::config::ConfigKey;

/// The version of this crate: the version of the API that a library is built with.
pub const API_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the export macro knows about the library.
pub struct Library {
    /// The name of its package.
    pub name: &'static str,
    /// The version of its package.
    pub version: &'static str,
    /// The SPDX expression of its licence; may be empty.
    pub license: &'static str,
    /// Where its source is; may be empty.
    pub repository: &'static str,
    /// Whether a panic unwinds, as it must.
    pub panic_unwinds: bool,
    /// Its flavors.
    pub flavors: &'static [FlavorDescription],
}

/// The constants of a [`Flavor`](crate::Flavor) as data.
pub struct FlavorDescription {
    /// `Flavor::TYPE`
    pub component_type: &'static str,
    /// `Flavor::FLAVOR`
    pub name: &'static str,
    /// `Flavor::ABOUT`
    pub about: &'static str,
    /// `Flavor::SUPPORTED_SCHEMES`
    pub schemes: &'static [&'static str],
    /// `Flavor::CAPABILITIES`
    pub capabilities: &'static [Capability],
    /// `Flavor::CONFIG`
    pub config: &'static [ConfigKey],
}

impl Library {
    /// The length of the manifest.
    pub const fn json_len_bytes(&self) -> usize {
        let mut writer = JsonWriter::<0>::new();
        writer.library(self);
        writer.len
    }

    /// The manifest; `N` is its length.
    pub const fn json<const N: usize>(&self) -> [u8; N] {
        let mut writer = JsonWriter::<N>::new();
        writer.library(self);
        writer.bytes
    }
}

/// Writes JSON while the library compiles. What does not fit is counted only, so that a first pass finds the length.
struct JsonWriter<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> JsonWriter<N> {
    const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    const fn byte(&mut self, byte: u8) {
        if self.len < N {
            self.bytes[self.len] = byte;
        }
        self.len += 1;
    }

    const fn raw(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            self.byte(bytes[at]);
            at += 1;
        }
    }

    const fn string(&mut self, text: &str) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let bytes = text.as_bytes();
        let mut at = 0;
        self.byte(b'"');
        while at < bytes.len() {
            match bytes[at] {
                byte @ (b'"' | b'\\') => {
                    self.byte(b'\\');
                    self.byte(byte);
                }
                byte @ (0..=0x1f | 0x7f) => {
                    self.raw("\\u00");
                    self.byte(HEX[(byte >> 4) as usize]);
                    self.byte(HEX[(byte & 15) as usize]);
                }
                byte => self.byte(byte),
            }
            at += 1;
        }
        self.byte(b'"');
    }

    const fn field(&mut self, name: &str, value: &str) {
        self.string(name);
        self.byte(b':');
        self.string(value);
        self.byte(b',');
    }

    const fn flag(&mut self, name: &str, value: bool) {
        self.string(name);
        self.raw(if value { ":true," } else { ":false," });
    }

    const fn strings(&mut self, name: &str, values: &[&str]) {
        self.string(name);
        self.raw(":[");
        let mut at = 0;
        while at < values.len() {
            if at > 0 {
                self.byte(b',');
            }
            self.string(values[at]);
            at += 1;
        }
        self.raw("],");
    }

    const fn library(&mut self, library: &Library) {
        self.raw("{\"manifest\":1,");
        self.field("api", API_VERSION);
        self.field("library", library.name);
        self.field("version", library.version);
        self.field("license", library.license);
        self.field("repository", library.repository);
        self.field("panic", if library.panic_unwinds { "unwind" } else { "abort" });
        self.raw("\"built\":{");
        self.field("rustc", env!("LARDER_BUILT_BY"));
        self.field("profile", env!("LARDER_BUILT_PROFILE"));
        self.raw("\"target\":");
        self.string(env!("LARDER_BUILT_TARGET"));
        self.raw("},\"flavors\":[");
        let mut at = 0;
        while at < library.flavors.len() {
            if at > 0 {
                self.byte(b',');
            }
            self.flavor(&library.flavors[at]);
            at += 1;
        }
        self.raw("]}");
    }

    const fn flavor(&mut self, flavor: &FlavorDescription) {
        self.byte(b'{');
        self.field("type", flavor.component_type);
        self.field("name", flavor.name);
        self.field("about", flavor.about);
        self.strings("schemes", flavor.schemes);
        self.raw("\"capabilities\":[");
        let mut at = 0;
        while at < flavor.capabilities.len() {
            if at > 0 {
                self.byte(b',');
            }
            self.string(flavor.capabilities[at].as_str());
            at += 1;
        }
        self.raw("],\"config\":[");
        let mut at = 0;
        while at < flavor.config.len() {
            if at > 0 {
                self.byte(b',');
            }
            self.config_key(&flavor.config[at]);
            at += 1;
        }
        self.raw("]}");
    }

    const fn config_key(&mut self, key: &ConfigKey) {
        self.byte(b'{');
        self.field("name", key.name);
        self.field("type", key.value_type.as_str());
        if let Some(default) = key.default {
            self.field("default", default);
        }
        self.flag("required", key.required);
        self.flag("secret", key.secret);
        self.strings("aliases", key.aliases);
        self.strings("choices", key.choices);
        self.raw("\"help\":");
        self.string(key.help);
        self.byte(b'}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const LIBRARY: Library = Library {
        name: "one \"quoted\" \\ \u{1b}[31m",
        version: "1.2.3",
        license: "MIT",
        repository: "",
        panic_unwinds: true,
        flavors: &[FlavorDescription {
            component_type: "artifact_store",
            name: "mem",
            about: "é",
            schemes: &["mem://", ""],
            capabilities: &[Capability::Write, Capability::Append],
            config: &[
                ConfigKey::bytes("limit").default("1GiB"),
                ConfigKey::text("token").secret().required(),
            ],
        }],
    };
    static JSON: [u8; LIBRARY.json_len_bytes()] = LIBRARY.json();

    #[test]
    fn is_json_with_every_field() {
        let manifest: Value = serde_json::from_slice(&JSON).expect("the manifest is JSON");
        assert_eq!(manifest["library"], LIBRARY.name);
        assert_eq!(manifest["panic"], "unwind");
        assert_eq!(manifest["api"], API_VERSION);
        let flavor = &manifest["flavors"][0];
        assert_eq!(flavor["schemes"], json!(["mem://", ""]));
        assert_eq!(flavor["capabilities"], json!(["write", "append"]));
        assert_eq!(flavor["config"][0]["default"], "1GiB");
        assert_eq!(flavor["config"][1]["secret"], true);
    }

    #[test]
    fn holds_no_raw_control_byte() {
        assert!(JSON.iter().all(|byte| *byte >= 0x20));
    }
}
