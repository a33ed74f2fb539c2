//! From the bytes of a manifest to a [`Manifest`] whose every value keeps the rules.

use larder_plugin_api::API_VERSION;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::defect::Defect;
use super::manifest_rules;
use super::text::{excerpt, printable};
use crate::library::manifest::Manifest;

/// The largest manifest that is read.
pub const MANIFEST_LIMIT_BYTES: u64 = 1 << 20;

/// The shape of manifests that this host reads.
const MANIFEST_VERSION: u32 = 1;

/// The part that every version of the manifest has.
#[derive(Deserialize)]
struct Head {
    manifest: u32,
    #[serde(default)]
    api: Option<String>,
}

/// Parses a manifest and checks it.
///
/// # Errors
///
/// The first defect, by its JSON path.
pub fn parse(bytes: &[u8]) -> Result<Manifest, Defect> {
    let size_bytes = bytes.len() as u64;
    if size_bytes > MANIFEST_LIMIT_BYTES {
        return Err(Defect::ManifestTooLarge { size_bytes, limit_bytes: MANIFEST_LIMIT_BYTES });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Defect::ManifestNotUtf8 { offset: error.valid_up_to() })?
        // A string literal of C ends with one.
        .trim_end_matches('\0');
    let head: Head = from_json(text)?;
    if head.manifest != MANIFEST_VERSION {
        return Err(Defect::ManifestVersion { found: head.manifest, host: MANIFEST_VERSION });
    }
    if let Some(api) = head.api {
        same_major(&api)?;
    }
    let manifest: Manifest = from_json(text)?;
    manifest_rules::check(&manifest)?;
    Ok(manifest)
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Defect> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let field = printable(&error.path().to_string());
        let source = error.into_inner();
        if !source.is_data() {
            return Defect::ManifestNotJson { source };
        }
        let field = if field == "." { "the top".to_owned() } else { field };
        Defect::ManifestShape { field, problem: excerpt(&source.to_string(), 200) }
    })?;
    deserializer.end().map_err(|source| Defect::ManifestNotJson { source })?;
    Ok(value)
}

fn same_major(api: &str) -> Result<(), Defect> {
    let major = major(api).ok_or_else(|| Defect::ManifestValue {
        field: "api".to_owned(),
        value: excerpt(api, 60),
        expected: "a version such as 1.0.0",
    })?;
    if Some(major) == self::major(API_VERSION) {
        return Ok(());
    }
    Err(Defect::ApiMajor { found: excerpt(api, 60), host: API_VERSION })
}

/// The major number of `major.minor.patch`, where `-...` or `+...` may follow.
pub fn major(version: &str) -> Option<u64> {
    let numbers = version.split(['-', '+']).next()?;
    let parts: Vec<u64> = numbers.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [major, _, _] => Some(*major),
        _ => None,
    }
}
