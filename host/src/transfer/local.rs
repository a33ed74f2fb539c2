//! Local files and directories outside every store: written under a hidden name first, walked in the order of stores.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use larder_plugin_api::{Entry, Error, ErrorKind, Kind, Stat, Visit};
use tempfile::NamedTempFile;

/// A local file being written. Nothing is visible before `close`; dropped without it, nothing is left.
#[derive(Debug)]
pub enum LocalWriter {
    /// Appears by a rename.
    Whole {
        /// The hidden file beside the target.
        file: NamedTempFile,
        /// Where it goes.
        target: PathBuf,
        /// Whether it may replace what is there.
        overwrite: bool,
    },
    /// A device or a pipe: written as it comes.
    Direct(File),
}

impl LocalWriter {
    /// Begins a file. An existing one keeps its mode, and a link stays a link: what it leads to is replaced.
    pub fn create(target: &Path, overwrite: bool) -> io::Result<Self> {
        let existing = fs::metadata(target).ok();
        if let Some(metadata) = &existing {
            if metadata.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            if !overwrite {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            if !metadata.is_file() {
                return Ok(Self::Direct(File::options().write(true).open(target)?));
            }
        }
        let target = if target.is_symlink() && existing.is_some() {
            fs::canonicalize(target)?
        } else {
            target.to_owned()
        };
        let mode = existing.map_or(0o666, |metadata| metadata.permissions().mode() & 0o777);
        let directory = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new()
            .prefix(".larder-")
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(directory)
            .map_err(|error| without_temporary_path(&error))?;
        Ok(Self::Whole { file, target, overwrite })
    }

    /// The file that is written and not yet visible; a device or a pipe has none.
    pub fn hidden_file(&self) -> Option<&Path> {
        match self {
            Self::Whole { file, .. } => Some(file.path()),
            Self::Direct(_) => None,
        }
    }

    /// Makes the file visible, with a time of its own when one is given.
    pub fn close(self, modified: Option<SystemTime>) -> io::Result<()> {
        let Self::Whole { file, target, overwrite } = self else { return Ok(()) };
        if let Some(modified) = modified {
            file.as_file().set_modified(modified)?;
        }
        let kept = if overwrite { file.persist(&target) } else { file.persist_noclobber(&target) };
        kept.map(drop).map_err(|error| error.error)
    }
}

/// tempfile names the hidden file in its error, which tells a user nothing.
fn without_temporary_path(error: &io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|wrapped| wrapped.source());
    let code = inner.and_then(|inner| inner.downcast_ref::<io::Error>()).and_then(io::Error::raw_os_error);
    code.map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

impl Write for LocalWriter {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self {
            Self::Whole { file, .. } => file.as_file_mut().write(data),
            Self::Direct(file) => file.write(data),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is at a local path; links are followed.
pub fn stat(path: &Path) -> io::Result<Stat> {
    let metadata = fs::metadata(path)?;
    let modified = metadata.modified().ok();
    Ok(match kind_of(metadata.file_type()) {
        Kind::File => Stat::file(metadata.len()).with_modified(modified),
        kind => Stat::new(kind, 0).with_modified(modified),
    })
}

fn kind_of(file_type: fs::FileType) -> Kind {
    if file_type.is_dir() {
        Kind::Directory
    } else if file_type.is_file() || file_type.is_fifo() || file_type.is_char_device() {
        Kind::File
    } else {
        Kind::Other
    }
}

/// A walk through a local directory, top-down, in the order of a store's walk.
///
/// A link to a file counts as the file; a link to a directory, a socket, a pipe and the like are listed as
/// [`Kind::Other`] and not entered.
#[derive(Debug)]
pub struct LocalWalk {
    top: PathBuf,
    waiting: Vec<String>,
    /// Entries of the last visit that cannot be copied, and why.
    failed: Vec<(String, io::Error)>,
    exclude_caches: bool,
}

impl LocalWalk {
    pub fn new(top: PathBuf) -> Self {
        Self { top, waiting: vec![String::new()], failed: Vec::new(), exclude_caches: false }
    }

    /// Leaves out directories below the top that are marked as caches.
    pub fn without_caches(mut self) -> Self {
        self.exclude_caches = true;
        self
    }

    fn visit(&mut self, directory: String) -> io::Result<Visit> {
        let mut visit = Visit { directory, ..Visit::default() };
        for entry in fs::read_dir(self.top.join(&visit.directory))? {
            let entry = entry?;
            if self.exclude_caches && is_cache(&entry.path()) {
                continue;
            }
            let entry = match entry_of(&entry) {
                Ok(entry) => entry,
                Err(error) => {
                    let name = entry.file_name();
                    self.failed.push((join(&visit.directory, &name.to_string_lossy()), error));
                    continue;
                }
            };
            if entry.kind == Kind::Directory {
                visit.directories.push(entry);
            } else {
                visit.files.push(entry);
            }
        }
        visit.directories.sort_unstable_by(Entry::listing_order);
        visit.files.sort_unstable_by(Entry::listing_order);
        let below = visit.directories.iter().rev();
        self.waiting.extend(below.map(|entry| join(&visit.directory, &entry.name)));
        Ok(visit)
    }
}

impl Iterator for LocalWalk {
    /// With the directory or entry, relative to the top, that could not be read.
    type Item = Result<Visit, (String, io::Error)>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(failed) = self.failed.pop() {
            return Some(Err(failed));
        }
        let directory = self.waiting.pop()?;
        Some(self.visit(directory.clone()).map_err(|error| (directory, error)))
    }
}

/// Whether a directory is marked after the Cache Directory Tagging Specification.
fn is_cache(directory: &Path) -> bool {
    const SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";
    let mut start = Vec::new();
    let read = File::open(directory.join("CACHEDIR.TAG"))
        .and_then(|file| file.take(SIGNATURE.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == SIGNATURE
}

fn entry_of(entry: &fs::DirEntry) -> io::Result<Entry> {
    let name = entry.file_name().into_string().map_err(|_| {
        Error::new(ErrorKind::InvalidPath, "the name is not UTF-8, which the names in a store are")
    })?;
    let metadata = entry.metadata()?;
    if metadata.is_dir() {
        return Ok(Entry::directory(name));
    }
    let metadata = if metadata.is_symlink() { fs::metadata(entry.path()).ok() } else { Some(metadata) };
    Ok(match metadata {
        Some(metadata) if metadata.is_file() => {
            Entry::file(name, metadata.len()).with_modified(metadata.modified().ok())
        }
        _ => Entry::new(name, Kind::Other),
    })
}

/// Two relative paths in one.
pub fn join(directory: &str, name: &str) -> String {
    match (directory, name) {
        ("", name) => name.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, name) => format!("{directory}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_is_visible_before_close_and_nothing_is_left_without_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let target = directory.path().join("a");
        let mut writer = LocalWriter::create(&target, true).expect("it begins");
        writer.write_all(b"x").expect("it takes bytes");
        assert!(!target.exists());
        drop(writer);
        assert_eq!(fs::read_dir(directory.path()).expect("it lists").count(), 0);
    }

    #[test]
    fn without_overwrite_the_file_that_came_first_stays() {
        let directory = tempfile::tempdir().expect("a directory");
        let target = directory.path().join("a");
        let writer = LocalWriter::create(&target, false).expect("it begins");
        fs::write(&target, "first").expect("another is faster");
        let error = writer.close(None).expect_err("it must not replace");
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&target).expect("it is there"), b"first");
    }

    #[test]
    fn one_name_that_no_store_can_have_does_not_stop_the_others() {
        use std::os::unix::ffi::OsStrExt;
        let directory = tempfile::tempdir().expect("a directory");
        let odd = directory.path().join(std::ffi::OsStr::from_bytes(b"odd\xff"));
        if fs::write(odd, "x").is_err() {
            return; // This file system has no such names.
        }
        fs::write(directory.path().join("even"), "x").expect("a file");
        let mut walk = LocalWalk::new(directory.path().to_owned());
        let visit = walk.next().expect("a visit").expect("it reads");
        assert_eq!(visit.files.iter().map(|file| &*file.name).collect::<Vec<_>>(), ["even"]);
        let (name, error) = walk.next().expect("an error").expect_err("it is told");
        assert_eq!(name, "odd\u{fffd}");
        assert!(error.to_string().contains("not UTF-8"), "{error}");
        assert!(walk.next().is_none());
    }

    #[test]
    fn walks_in_the_order_of_a_store_and_does_not_enter_links() {
        let directory = tempfile::tempdir().expect("a directory");
        for name in ["a", "a-1", "b"] {
            fs::create_dir(directory.path().join(name)).expect("a directory");
        }
        fs::write(directory.path().join("a/f"), "x").expect("a file");
        symlink("/", directory.path().join("link")).expect("a link");
        let visits: Vec<Visit> =
            LocalWalk::new(directory.path().to_owned()).map(|visit| visit.expect("it reads")).collect();
        let directories: Vec<_> = visits.iter().map(|visit| visit.directory.as_str()).collect();
        assert_eq!(directories, ["", "a-1", "a", "b"]);
        assert_eq!(visits[0].files, [Entry::new("link", Kind::Other)]);
        assert_eq!(visits[2].files[0].size, Some(1));
    }
}
