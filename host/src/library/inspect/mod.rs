//! Inspects a library file without running any of its code.
//!
//! The file is not trusted: every size and offset in it is checked, it is never mapped, and little of it is read. What
//! the system's loader would explain badly, or die of, is found here and explained.

mod defect;
mod dynamic;
mod elf;
mod error;
mod glibc;
mod hint;
mod loader_cache;
mod mach;
mod magic;
mod manifest_bytes;
mod manifest_rules;
mod needed;
mod reading;
mod region;
mod source;
mod symbol;
mod text;
mod versions;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

pub use defect::Defect;
pub use error::InspectError;
pub use glibc::GlibcVersion;
pub use needed::FoundBy;

use super::manifest::Manifest;
use magic::{Format, START_BYTES};
use needed::{Search, refuse_current_directory};
use reading::Reading;
use source::Source;
pub(super) use text::excerpt;
use text::{printable, printable_bytes};

/// What a library says of itself and needs of the system. Every text in it can be printed as it is.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Inspection {
    /// The flavors and all that is said of them.
    pub manifest: Manifest,
    /// `elf` or `mach-o`.
    pub format: &'static str,
    /// The processor, in the words of Rust's targets.
    pub architecture: &'static str,
    /// The size of the file.
    pub size_bytes: u64,
    /// The name that other libraries need it by.
    pub soname: Option<String>,
    /// The directories that it was built to look in for the libraries that it needs.
    pub runpath: Vec<String>,
    /// The libraries that it needs.
    pub needed: Vec<NeededLibrary>,
    /// The newest glibc that it needs symbols of.
    pub glibc_required: Option<GlibcVersion>,
}

impl Inspection {
    /// The libraries that come with it, found relative to its own directory, which is what the paths are relative to;
    /// also those that these need in turn.
    pub fn bundled(&self, library: &Path) -> Vec<PathBuf> {
        let Some(origin) = library.parent() else { return Vec::new() };
        let beside = |needed: &[NeededLibrary]| -> Vec<PathBuf> {
            let found = needed.iter().filter(|one| one.found_by == Some(FoundBy::RunPath));
            let paths = found.filter_map(|one| one.path.as_ref()?.strip_prefix(origin).ok());
            paths.map(Path::to_owned).collect()
        };
        let mut bundled = beside(&self.needed);
        let mut next = 0;
        while let Some(path) = bundled.get(next).filter(|_| next < MOST_BUNDLED) {
            let further = beside(&needed_by(&origin.join(path)).unwrap_or_default());
            bundled.extend(further.into_iter().filter(|path| !bundled.contains(path)).collect::<Vec<_>>());
            next += 1;
        }
        bundled
    }
}

/// No honest library brings so many along.
const MOST_BUNDLED: usize = 256;

/// What a library needs that need not be a flavor. What cannot be read is left to the dynamic linker to explain.
fn needed_by(library: &Path) -> Option<Vec<NeededLibrary>> {
    let source = Source::open(library).ok()?;
    let mut start = [0; START_BYTES];
    let start = source.start(&mut start).ok()?;
    let data = source.cached();
    let needs = reading::needs(start, &data)?;
    Some(find_needed(&needs.needed, &Search::new(library, needs.rpath, needs.runpath)))
}

/// Refuses a library that comes with another and would bring more from the current directory.
fn refuse_bundled(library: &Path) -> Result<(), Defect> {
    let source = Source::open(library)?;
    let mut start = [0; START_BYTES];
    let start = source.start(&mut start)?;
    reading::needs(start, &source.cached()).map_or(Ok(()), |dynamic| refuse_current_directory(&dynamic))
}

/// A library that the inspected one needs.
#[derive(Clone, Debug, Serialize)]
pub struct NeededLibrary {
    /// Its name.
    pub name: String,
    /// The file that the loader will take.
    #[serde(serialize_with = "printable_path")]
    pub path: Option<PathBuf>,
    /// Where that was found; `None` when it was not looked for.
    pub found_by: Option<FoundBy>,
}

/// Inspects a library: what it says of itself, and whether this system has what it needs.
///
/// ```no_run
/// let inspection = larder::library::inspect::inspect("target/release/liblarder_flavor_memory.so".as_ref())?;
/// for flavor in &inspection.manifest.flavors {
///     println!("{}: {}", flavor.name, flavor.schemes.join(" "));
/// }
/// # Ok::<(), larder::library::inspect::InspectError>(())
/// ```
///
/// # Errors
///
/// The first defect of the file, with the file's path. What is wrong with the file comes before what the system lacks.
pub fn inspect(path: &Path) -> Result<Inspection, InspectError> {
    let refuse = |defect| InspectError::new(path, defect);
    let source = Source::open(path).map_err(refuse)?;
    let size_bytes = source.len_bytes();
    let mut start = [0; START_BYTES];
    let start = source.start(&mut start).map_err(refuse)?;
    let data = source.cached();
    let reading = reading::read(start, &data).map_err(refuse)?;
    let search = Search::new(path, reading.rpath, reading.runpath);
    let needed =
        if reading.format == Format::Elf { find_needed(&reading.needed, &search) } else { listed(&reading) };
    let missing: Vec<String> =
        needed.iter().filter(|library| library.path.is_none()).map(|library| library.name.clone()).collect();
    if reading.format == Format::Elf && !missing.is_empty() {
        return Err(refuse(Defect::MissingLibraries { names: missing }));
    }
    let path_of = |name: &[u8]| {
        let index = reading.needed.iter().position(|needed| *needed == name)?;
        needed.get(index)?.path.clone()
    };
    glibc::check(&reading.versions, path_of).map_err(refuse)?;
    let inspection = inspection(&reading, size_bytes, needed);
    for bundled in inspection.bundled(path) {
        let bundled = path.with_file_name(bundled);
        refuse_bundled(&bundled).map_err(|defect| InspectError::new(&bundled, defect))?;
    }
    Ok(inspection)
}

/// Inspects the bytes of a library alone: the libraries that it needs are listed and not looked for.
///
/// # Errors
///
/// The first defect.
pub fn inspect_bytes(data: &[u8]) -> Result<Inspection, Defect> {
    let reading = reading::read(data, data)?;
    Ok(inspection(&reading, data.len() as u64, listed(&reading)))
}

#[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
fn printable_path<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| printable(&path.to_string_lossy())).serialize(serializer)
}

fn find_needed(names: &[&[u8]], search: &Search) -> Vec<NeededLibrary> {
    let find = |name: &&[u8]| {
        let (path, found_by) = search.find(name).unzip();
        NeededLibrary { name: printable_bytes(name), path, found_by }
    };
    names.iter().map(find).collect()
}

fn listed(reading: &Reading<'_>) -> Vec<NeededLibrary> {
    let list = |name: &&[u8]| NeededLibrary { name: printable_bytes(name), path: None, found_by: None };
    reading.needed.iter().map(list).collect()
}

fn inspection(reading: &Reading<'_>, size_bytes: u64, needed: Vec<NeededLibrary>) -> Inspection {
    let runpath = reading.runpath.or(reading.rpath).unwrap_or_default();
    let directories = runpath.split(|byte| *byte == b':').filter(|part| !part.is_empty());
    Inspection {
        manifest: reading.manifest.clone(),
        format: reading.format.name(),
        // A library of another architecture was refused.
        architecture: std::env::consts::ARCH,
        size_bytes,
        soname: reading.soname.map(printable_bytes),
        runpath: directories.map(printable_bytes).collect(),
        needed,
        glibc_required: glibc::required(&reading.versions),
    }
}
