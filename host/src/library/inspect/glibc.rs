//! Symbol versions: whether the libraries that were found are new enough, glibc first of all.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use super::defect::Defect;
use super::dynamic::Dynamic;
use super::elf::{HostHeader, Image};
use super::source::Source;
use super::text::printable_bytes;
use super::versions::{self, NeededVersion};

/// A version of the GNU C library, such as 2.34.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GlibcVersion {
    numbers: [u32; 3],
}

impl GlibcVersion {
    /// The version in a symbol version such as `GLIBC_2.34`.
    pub fn from_symbol_version(version: &[u8]) -> Option<Self> {
        Self::parse(std::str::from_utf8(version.strip_prefix(b"GLIBC_")?).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut numbers = [0; 3];
        for (index, part) in text.split('.').enumerate() {
            *numbers.get_mut(index)? = part.parse().ok()?;
        }
        Some(Self { numbers })
    }
}

impl fmt::Display for GlibcVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        match patch {
            0 => write!(f, "{major}.{minor}"),
            patch => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

impl Serialize for GlibcVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The newest glibc that a library needs.
pub fn required(versions: &[NeededVersion<'_>]) -> Option<GlibcVersion> {
    let strong = versions.iter().filter(|version| !version.weak);
    strong.filter_map(|version| GlibcVersion::from_symbol_version(version.version)).max()
}

/// Looks whether the libraries that were found define the versions that are needed of them. `found` gives the file of
/// a needed library.
///
/// # Errors
///
/// The first version that is missing; of those of glibc, the newest.
pub fn check(versions: &[NeededVersion<'_>], found: impl Fn(&[u8]) -> Option<PathBuf>) -> Result<(), Defect> {
    let mut versions = versions.to_vec();
    versions.sort_by_key(|version| version.library);
    for group in versions.chunk_by(|one, next| one.library == next.library) {
        let Some(path) = group.first().and_then(|version| found(version.library)) else { continue };
        // A library that cannot be read, or has no versions at all, is no reason to refuse: the loader takes it.
        let Some(defined) = defined(&path).filter(|defined| !defined.is_empty()) else { continue };
        let missing = |version: &&NeededVersion<'_>| !version.weak && !defined.contains(version.version);
        let newest = group.iter().filter(missing).max_by(|one, other| by_age(one.version, other.version));
        if let Some(version) = newest {
            return Err(too_old(*version, path, &defined));
        }
    }
    Ok(())
}

fn by_age(one: &[u8], other: &[u8]) -> Ordering {
    GlibcVersion::from_symbol_version(one).cmp(&GlibcVersion::from_symbol_version(other))
}

fn too_old(version: NeededVersion<'_>, path: PathBuf, defined: &HashSet<Vec<u8>>) -> Defect {
    let newest = defined.iter().filter_map(|version| GlibcVersion::from_symbol_version(version)).max();
    let needed = GlibcVersion::from_symbol_version(version.version);
    let found = newest.max(release(&path));
    match (needed, found) {
        (Some(needed), Some(found)) if needed > found => {
            Defect::GlibcTooOld { needed: needed.to_string(), found: found.to_string() }
        }
        _ => Defect::MissingVersion {
            version: printable_bytes(version.version),
            library: printable_bytes(version.library),
            found: path,
        },
    }
}

/// The versions that a library of the system defines.
fn defined(path: &Path) -> Option<HashSet<Vec<u8>>> {
    let source = Source::open(path).ok()?.cached();
    let image = Image::<HostHeader, _>::parse(&source).ok()?;
    let dynamic = Dynamic::parse(&image).ok()?;
    let defined = versions::defined(&image, &dynamic).ok()?;
    Some(defined.into_iter().map(<[u8]>::to_vec).collect())
}

/// The release that a C library names in its greeting. It may be newer than the newest symbol version: not every
/// release defines one.
fn release(path: &Path) -> Option<GlibcVersion> {
    const GREETING: &[u8] = b"GNU C Library ";
    const MOST_BYTES: u64 = 8 << 20;
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    let at = bytes.windows(GREETING.len()).position(|window| window == GREETING)?;
    let line = bytes[at..].split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?;
    GlibcVersion::parse(
        line.split("release version ").nth(1)?.split([',', ' ']).next()?.trim_end_matches('.'),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        let version = |text: &str| GlibcVersion::from_symbol_version(text.as_bytes());
        assert!(version("GLIBC_2.4") < version("GLIBC_2.34"));
        assert!(version("GLIBC_2.2.5") > version("GLIBC_2.2"));
        assert_eq!(version("GLIBC_2.2.5").map(|version| version.to_string()).as_deref(), Some("2.2.5"));
        for other in ["GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR", "GLIBCXX_3.4", "GLIBC_1.2.3.4"] {
            assert_eq!(version(other), None, "{other}");
        }
    }
}
