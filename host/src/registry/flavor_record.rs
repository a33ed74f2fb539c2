//! What the registry holds of a flavor: which library carries it, and what was checked about that file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::items::Record;
use super::now;
use crate::library::identity::FileIdentity;
use crate::library::life::{Pin, unchanged};
use crate::library::manifest::{Built, FlavorManifest, Manifest};
use crate::library::stage::Bundled;

/// A flavor and the library that carries it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct FlavorRecord {
    /// The name of the flavor.
    #[serde(skip)]
    pub name: String,
    /// The library, as an absolute path.
    pub library: PathBuf,
    /// The digest of the bytes that may be loaded, in lower case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The size of those bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// What the file looked like when its digest was last computed. While that has not changed, it need not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<FileIdentity>,
    /// What the library brings along, with digests of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundled: Vec<Bundled>,
    /// Whether other bytes are refused. False for a library that its author is working on.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub pinned: bool,
    /// Whether the library was found in a plugins directory, rather than registered by its path.
    #[serde(default, skip_serializing_if = "is_false")]
    pub discovered: bool,
    /// When it came into the registry, after RFC 3339.
    #[serde(default)]
    pub registered_at: String,
    /// When the digest was accepted, after RFC 3339; a library that has failed its first trial never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<String>,
    /// Whether the user switched it off.
    #[serde(default, skip_serializing_if = "is_false")]
    pub disabled: bool,
    /// Why it is not loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<Quarantine>,
    /// What the library said of itself, so that it can be described when the file is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<FlavorSnapshot>,
}

/// Why a library is not loaded any more.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Quarantine {
    /// What it did.
    pub reason: String,
    /// When, after RFC 3339.
    pub when: String,
    /// The digest of the bytes that did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What the file was that held them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<FileIdentity>,
    /// What that brought along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundled: Vec<Bundled>,
    /// The version of the host that tried it: another one tries again.
    #[serde(default)]
    pub host: String,
}

impl Quarantine {
    /// A quarantine from now on.
    pub fn new(reason: impl Into<String>, of: Option<&Pin>) -> Self {
        Self {
            reason: reason.into(),
            when: now(),
            sha256: of.map(|pin| pin.sha256.clone()),
            identity: of.map(|pin| pin.identity),
            bundled: of.map(|pin| pin.bundled.clone()).unwrap_or_default(),
            host: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Whether something changed since: the host, the file of the library, or what it brings along.
    pub fn is_over(&self, library: &Path) -> bool {
        let tried = self.identity.zip(self.sha256.clone());
        let changed = tried.is_some_and(|(identity, sha256)| {
            !unchanged(library, &Pin { sha256, identity, bundled: self.bundled.clone() })
        });
        self.host != env!("CARGO_PKG_VERSION") || changed
    }
}

/// What a library said of itself and of one of its flavors when it was accepted.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct FlavorSnapshot {
    /// The name of the library's package.
    pub library: String,
    /// The version of the library's package.
    pub version: String,
    /// The version of plugin-api it was built with.
    pub api: String,
    /// The SPDX expression of its licence; may be empty.
    #[serde(default)]
    pub license: String,
    /// Where its source is; may be empty.
    #[serde(default)]
    pub repository: String,
    /// What it was built with.
    #[serde(default)]
    pub built: Built,
    /// The flavor.
    pub flavor: FlavorManifest,
}

impl FlavorSnapshot {
    /// What `manifest` says of the flavor `name`; `None` when it has no such flavor.
    pub fn of(manifest: &Manifest, name: &str) -> Option<Self> {
        let flavor = manifest.flavors.iter().find(|flavor| flavor.name == name)?.clone();
        Some(Self {
            library: manifest.library.clone(),
            version: manifest.version.clone(),
            api: manifest.api.clone(),
            license: manifest.license.clone(),
            repository: manifest.repository.clone(),
            built: manifest.built.clone(),
            flavor,
        })
    }
}

impl FlavorRecord {
    /// A flavor that comes into the registry now; pinned, with no digest yet.
    pub fn new(name: impl Into<String>, library: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            library: library.into(),
            sha256: None,
            size_bytes: None,
            identity: None,
            bundled: Vec::new(),
            pinned: true,
            discovered: false,
            registered_at: now(),
            accepted_at: None,
            disabled: false,
            quarantine: None,
            manifest: None,
        }
    }

    /// The bytes that may be loaded; `None` when none were accepted.
    pub fn pin(&self) -> Option<Pin> {
        Some(Pin { sha256: self.sha256.clone()?, identity: self.identity?, bundled: self.bundled.clone() })
    }

    /// The bytes that nothing else may take the place of without being asked for: those that were accepted, unless the
    /// library is not pinned.
    pub fn accepted_pin(&self) -> Option<Pin> {
        self.pin().filter(|_| self.pinned && self.accepted_at.is_some())
    }

    /// Accepts these bytes from now on, and lifts a quarantine.
    pub fn accept(&mut self, pin: &Pin) {
        self.set_pin(pin);
        self.accepted_at = Some(now());
        self.quarantine = None;
    }

    /// Notes what the files look like now, whose bytes are the accepted ones.
    pub fn set_pin(&mut self, pin: &Pin) {
        self.sha256 = Some(pin.sha256.clone());
        self.size_bytes = Some(pin.identity.size_bytes);
        self.identity = Some(pin.identity);
        self.bundled.clone_from(&pin.bundled);
    }
}

impl Record for FlavorRecord {
    const WHAT: &'static str = "flavor";

    fn set_name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}
