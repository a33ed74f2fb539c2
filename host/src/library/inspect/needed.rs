//! Finds the libraries that a library needs, where the system's loader would look for them.

use std::env::{self, consts};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{self, Path, PathBuf};

use serde::Serialize;

use super::defect::Defect;
use super::dynamic::Dynamic;
use super::elf::of_this_host;
use super::loader_cache::LoaderCache;
use super::source::Source;
use super::text::printable_bytes;

/// The most directories of a run path that are looked into.
const MOST_DIRECTORIES: usize = 256;

/// Where a needed library was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// Its name is a path.
    Path,
    /// The run path that the library that needs it was built with.
    RunPath,
    /// `LD_LIBRARY_PATH`.
    Environment,
    /// The loader's cache.
    Cache,
    /// A directory of the system.
    System,
    /// It is part of this process already.
    Process,
}

/// The places to look in, for one library.
pub struct Search {
    rpath: Vec<PathBuf>,
    environment: Vec<PathBuf>,
    runpath: Vec<PathBuf>,
    origin: PathBuf,
    cache: LoaderCache,
}

impl Search {
    /// The places for a library at a path, which was built to look in these directories.
    pub fn new(path: &Path, rpath: Option<&[u8]>, runpath: Option<&[u8]>) -> Self {
        let absolute = path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let origin = absolute.parent().unwrap_or(Path::new("/")).to_owned();
        let directories = |list: &[u8]| {
            list.split(|byte| *byte == b':')
                .take(MOST_DIRECTORIES)
                .flat_map(|part| expand(part, &origin))
                .collect()
        };
        // A run path makes the loader ignore the older kind.
        let rpath = rpath.filter(|_| runpath.is_none());
        let environment = env::var_os("LD_LIBRARY_PATH").filter(|list| !list.is_empty()).unwrap_or_default();
        let parts = environment.as_bytes().split(|byte| matches!(byte, b':' | b';'));
        Self {
            rpath: rpath.map(directories).unwrap_or_default(),
            environment: parts
                .filter(|_| !environment.is_empty())
                .flat_map(|part| expand(part, &origin))
                .collect(),
            runpath: runpath.map(directories).unwrap_or_default(),
            cache: LoaderCache::read(),
            origin,
        }
    }

    /// The file that the loader would take for a name, and by which of its rules.
    pub fn find(&self, name: &[u8]) -> Option<(PathBuf, FoundBy)> {
        if name.contains(&b'/') {
            let path = expand(name, &self.origin).into_iter().find(|path| fits(path))?;
            return Some((path, FoundBy::Path));
        }
        let name = OsStr::from_bytes(name);
        let within = |directories: &[PathBuf], by| {
            let paths = directories.iter().map(|directory| directory.join(name));
            paths.into_iter().find(|path| fits(path)).map(|path| (path, by))
        };
        let cached = || self.cache.paths(name.as_bytes()).find(|path| fits(path));
        within(&self.rpath, FoundBy::RunPath)
            .or_else(|| within(&self.environment, FoundBy::Environment))
            .or_else(|| within(&self.runpath, FoundBy::RunPath))
            .or_else(|| cached().map(|path| (path, FoundBy::Cache)))
            .or_else(|| within(&system_directories(), FoundBy::System))
            .or_else(|| of_this_process(name).map(|path| (path, FoundBy::Process)))
    }
}

/// The first entry of a run path, or else the first needed path, that a loader takes from the current directory: whoever
/// fills that directory would decide which code runs.
pub fn refuse_current_directory(dynamic: &Dynamic<'_>) -> Result<(), Defect> {
    let is_relative =
        |part: &&[u8]| expand(part, Path::new("/")).iter().any(|directory| directory.is_relative());
    // A run path makes the loader ignore the older kind, and none at all is no empty entry.
    let run_path = dynamic.runpath.or(dynamic.rpath).filter(|list| !list.is_empty());
    let mut directories = run_path.unwrap_or(b"/").split(|byte| *byte == b':');
    if let Some(entry) = directories.find(is_relative) {
        return Err(Defect::RelativeRunPath { entry: printable_bytes(entry) });
    }
    match dynamic.needed.iter().find(|name| name.contains(&b'/') && is_relative(name)) {
        Some(name) => Err(Defect::RelativeNeed { name: printable_bytes(name) }),
        None => Ok(()),
    }
}

/// Whether a loader would take the file: it skips those of another processor.
fn fits(path: &Path) -> bool {
    let mut start = [0; 20];
    let Ok(source) = Source::open(path) else { return false };
    let start = source.start(&mut start).unwrap_or_default();
    start.starts_with(b"\x7fELF") && of_this_host(start, source.len_bytes()).is_ok()
}

/// A path of a library with the loader's variables replaced. `$LIB` differs between systems, so each is tried.
fn expand(path: &[u8], origin: &Path) -> Vec<PathBuf> {
    let text = String::from_utf8_lossy(path);
    if !text.contains('$') {
        let path = if path.is_empty() { b"." } else { path };
        return vec![PathBuf::from(OsStr::from_bytes(path))];
    }
    let replace = |text: &str, name: &str, value: &str| {
        text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value)
    };
    let text = replace(&text, "ORIGIN", &origin.to_string_lossy());
    let text = replace(&text, "PLATFORM", consts::ARCH);
    if !text.contains("$LIB") && !text.contains("${LIB}") {
        return vec![PathBuf::from(text)];
    }
    let multiarch = format!("lib/{}", multiarch());
    ["lib64", "lib", &multiarch].iter().map(|lib| PathBuf::from(replace(&text, "LIB", lib))).collect()
}

fn multiarch() -> String {
    let arch = match consts::ARCH {
        "x86" => "i386",
        other => other,
    };
    let environment = match (cfg!(target_env = "musl"), consts::ARCH) {
        (true, _) => "musl",
        (false, "arm") => "gnueabihf",
        (false, _) => "gnu",
    };
    format!("{arch}-linux-{environment}")
}

fn system_directories() -> Vec<PathBuf> {
    let multiarch = multiarch();
    let mut directories: Vec<PathBuf> = ["/lib", "/usr/lib"]
        .iter()
        .flat_map(|lib| [format!("{lib}/{multiarch}"), format!("{lib}64"), (*lib).to_owned()])
        .map(PathBuf::from)
        .collect();
    if cfg!(target_env = "musl") {
        let list = fs::read_to_string(format!("/etc/ld-musl-{}.path", consts::ARCH)).unwrap_or_default();
        directories.extend(list.split([':', '\n']).filter(|part| !part.is_empty()).map(PathBuf::from));
        directories.push(PathBuf::from("/usr/local/lib"));
    }
    directories
}

/// A library that is part of this process counts by its name, wherever it came from.
fn of_this_process(name: &OsStr) -> Option<PathBuf> {
    let maps = fs::read("/proc/self/maps").ok()?;
    let paths = maps.split(|byte| *byte == b'\n').filter_map(|line| {
        let slash = line.iter().position(|byte| *byte == b'/')?;
        Some(Path::new(OsStr::from_bytes(&line[slash..])))
    });
    paths.into_iter().find(|path| path.file_name() == Some(name)).map(Path::to_owned)
}
