//! The private copy that is loaded: the bytes that were hashed, under the name of their digest.
//!
//! Loading from the user's path is unsafe: truncating a mapped file kills the process, and a file that is replaced gives
//! the old code without a word. The copy is out of reach of both.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::identity::{FileIdentity, sha256_of, sha256_of_bytes, sha256_while_copying};

/// A library and what it brings along, where it can be loaded from.
#[derive(Clone, Debug)]
pub struct Staged {
    /// The copy of the library.
    pub file: PathBuf,
    /// The SHA-256 of the library.
    pub sha256: String,
    /// The digest of the library and all it brings along: what it is staged and loaded under.
    pub digest: String,
    /// What the source was when it was copied.
    pub identity: FileIdentity,
    /// What it brings along, as it was when it was copied.
    pub bundled: Vec<Bundled>,
}

/// A library that another one brings along and finds relative to itself, by `$ORIGIN`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundled {
    /// Where it is, relative to the directory of the library that brings it.
    pub path: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// What the file was when the digest was taken.
    pub identity: FileIdentity,
}

/// How many directories above its own a library may look for what it brings along.
const LEVELS_UP: usize = 4;

/// The copies of one user.
#[derive(Clone, Debug)]
pub struct Stage {
    directory: PathBuf,
}

impl Stage {
    /// The stage below a cache directory. Nothing is made until something is staged.
    pub fn below(cache: &Path) -> Self {
        Self { directory: cache.join("libraries") }
    }

    /// The directory of the copies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Copies a library, hashing what it writes, and puts the copy under its digest.
    ///
    /// The copy appears whole or not at all. It is kept when there is one already.
    ///
    /// # Errors
    ///
    /// Those of reading the source and of writing to the cache.
    pub fn put(&self, library: &Path, bundled: &[PathBuf]) -> io::Result<Staged> {
        if let Some(path) = bundled.iter().find(|path| !stays_within(path)) {
            let message = format!("what it brings along is too far away: `{}`", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        self.make_directory()?;
        let building = tempfile::Builder::new().prefix(".new-").tempdir_in(&self.directory)?;
        let origin = building.path().join(nesting(bundled));
        let name = library.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let (sha256, identity) = copy(library, &origin.join(name))?;
        let mut copies = vec![origin.join(name)];
        let beside = library.parent().unwrap_or(Path::new("/"));
        let bundled = bundled
            .iter()
            .map(|path| {
                let (sha256, identity) = copy(&beside.join(path), &origin.join(path))?;
                copies.push(origin.join(path));
                Ok(Bundled { path: path.clone(), sha256, identity })
            })
            .collect::<io::Result<Vec<_>>>()?;
        let digest = digest_of(&sha256, &bundled);
        let place = self.directory.join(&digest);
        fs::set_permissions(building.path(), Permissions::from_mode(0o700))?;
        // Renaming their directory changes nothing about the files, so that what is sealed here holds there.
        write_seal(building.path(), &identities(copies.iter())?)?;
        while let Err(error) = fs::rename(building.path(), &place) {
            if !matches!(error.kind(), io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists) {
                return Err(error);
            }
            // Another was faster, or it was there. One that is not what it should be is removed by this, and the
            // new one takes its place.
            if self.get(library, &sha256, &bundled)?.is_some() {
                break;
            }
        }
        let file = self.place_of(&digest, name, &bundled);
        Ok(Staged { file, sha256, digest, identity, bundled })
    }

    /// The copy under a digest, verified: by what the files are, and by reading them whole when that has changed.
    ///
    /// `None` when there is none, or it is not what it should be; then it is removed.
    ///
    /// # Errors
    ///
    /// Those of reading and of removing.
    pub fn get(&self, library: &Path, sha256: &str, bundled: &[Bundled]) -> io::Result<Option<PathBuf>> {
        let digest = digest_of(sha256, bundled);
        let place = self.directory.join(&digest);
        let Some(name) = library.file_name() else { return Ok(None) };
        let file = self.place_of(&digest, name, bundled);
        let beside = file.parent().unwrap_or(&place);
        let expected: Vec<(PathBuf, &str)> = std::iter::once((file.clone(), sha256))
            .chain(bundled.iter().map(|one| (beside.join(&one.path), one.sha256.as_str())))
            .collect();
        self.refuse_if_not_private()?;
        let now = match identities(expected.iter().map(|(file, _)| file)) {
            Ok(now) => now,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                remove(&place)?;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        if read_seal(&place).is_some_and(|sealed| sealed == now) {
            return Ok(Some(file));
        }
        for (file, sha256) in &expected {
            if sha256_of(file)? != *sha256 {
                remove(&place)?;
                return Ok(None);
            }
        }
        write_seal(&place, &now)?;
        Ok(Some(file))
    }

    /// Removes every copy whose digest is not to be kept, and what an interrupted `put` has left.
    ///
    /// A process that uses a copy goes on: its mapping outlives the name.
    ///
    /// # Errors
    ///
    /// Those of listing and removing.
    pub fn prune(&self, keep: &[String]) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut removed = Vec::new();
        for entry in entries {
            let entry = entry?;
            if !keep.iter().any(|digest| *digest == entry.file_name().to_string_lossy()) {
                remove(&entry.path())?;
                removed.push(entry.path());
            }
        }
        Ok(removed)
    }

    fn make_directory(&self) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)?;
        fs::set_permissions(&self.directory, Permissions::from_mode(0o700))
    }

    /// Whoever else can write there could put a library in the place of a verified one.
    fn refuse_if_not_private(&self) -> io::Result<()> {
        let metadata = match fs::metadata(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            metadata => metadata?,
        };
        let (owner, mode) = (metadata.uid(), metadata.mode() & 0o7777);
        if owner == rustix::process::geteuid().as_raw() && mode & 0o022 == 0 {
            return Ok(());
        }
        let message = format!("it can be written by others (owner {owner}, mode {mode:04o})");
        Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
    }

    fn place_of(&self, digest: &str, name: &std::ffi::OsStr, bundled: &[Bundled]) -> PathBuf {
        let paths: Vec<PathBuf> = bundled.iter().map(|one| one.path.clone()).collect();
        self.directory.join(digest).join(nesting(&paths)).join(name)
    }
}

/// The digest that a library is staged under: its own when it brings nothing along.
pub fn digest_of(sha256: &str, bundled: &[Bundled]) -> String {
    if bundled.is_empty() {
        return sha256.to_owned();
    }
    let lines = bundled.iter().map(|one| format!("\n{} {}", one.sha256, one.path.display()));
    sha256_of_bytes(format!("{sha256}{}", lines.collect::<String>()).as_bytes())
}

/// Whether a path that begins at a library's own directory stays in its place in the stage.
fn stays_within(path: &Path) -> bool {
    let mut depth = LEVELS_UP;
    path.components().all(|component| match component {
        Component::ParentDir => depth.checked_sub(1).map(|above| depth = above).is_some(),
        Component::Normal(_) => {
            depth += 1;
            true
        }
        Component::CurDir => true,
        Component::RootDir | Component::Prefix(_) => false,
    })
}

/// The directory of a copy below its place: deep enough for what it brings along from directories above its own.
fn nesting(bundled: &[PathBuf]) -> PathBuf {
    let levels = if bundled.is_empty() { 0 } else { LEVELS_UP };
    std::iter::repeat_n("d", levels).collect()
}

/// Copies a file, hashing what is written. Refuses one that changes meanwhile.
fn copy(source: &Path, target: &Path) -> io::Result<(String, FileIdentity)> {
    let kind = fs::metadata(source)?.file_type();
    if !kind.is_file() {
        // A named pipe would be waited for without an end.
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file any more"));
    }
    let mut reader = File::open(source)?;
    let before = FileIdentity::from(&reader.metadata()?);
    if let Some(directory) = target.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut writer = OpenOptions::new().write(true).read(true).create_new(true).mode(0o500).open(target)?;
    let sha256 = sha256_while_copying(&mut reader, &mut writer)?;
    let after = FileIdentity::from(&reader.metadata()?);
    // The change time also moves when another file takes the name, which changes nothing about this one.
    if (FileIdentity { ctime_ns: before.ctime_ns, ..after }) != before {
        let message = format!("`{}` changed while it was read", source.display());
        return Err(io::Error::new(io::ErrorKind::ResourceBusy, message));
    }
    Ok((sha256, before))
}

fn identities<'a>(files: impl Iterator<Item = &'a PathBuf>) -> io::Result<Vec<FileIdentity>> {
    files.map(|file| FileIdentity::of(file)).collect()
}

/// The file beside a copy that says what its files were when they were last read whole.
fn seal_of(place: &Path) -> PathBuf {
    place.join("verified.json")
}

fn read_seal(place: &Path) -> Option<Vec<FileIdentity>> {
    serde_json::from_slice(&fs::read(seal_of(place)).ok()?).ok()
}

fn write_seal(place: &Path, identities: &[FileIdentity]) -> io::Result<()> {
    let mut next = tempfile::NamedTempFile::new_in(place)?;
    serde_json::to_writer(&mut next, identities)?;
    next.persist(seal_of(place))?;
    Ok(())
}

fn remove(place: &Path) -> io::Result<()> {
    match fs::remove_dir_all(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixture {
        directory: tempfile::TempDir,
        stage: Stage,
        library: PathBuf,
    }

    fn fixture() -> Fixture {
        let directory = tempfile::tempdir().expect("a directory");
        let stage = Stage::below(&directory.path().join("cache"));
        let library = directory.path().join("libx.so");
        fs::write(&library, "first").expect("a file");
        Fixture { directory, stage, library }
    }

    #[test]
    fn stages_what_it_hashed_in_a_private_place() {
        let Fixture { directory: _kept, stage, library } = fixture();
        let staged = stage.put(&library, &[]).expect("it can be staged");
        assert_eq!(staged.sha256, sha256_of(&library).expect("it can be read"));
        fs::write(&library, "second").expect("a file");
        assert_eq!(fs::read(&staged.file).expect("the copy"), b"first");
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(&stage.directory), mode(&staged.file)), (0o700, 0o500));
    }

    #[test]
    fn a_copy_that_was_changed_is_not_given() {
        let Fixture { directory: _kept, stage, library } = fixture();
        let staged = stage.put(&library, &[]).expect("it can be staged");
        let get = || stage.get(&library, &staged.sha256, &[]).expect("the stage can be read");
        assert_eq!(get().as_ref(), Some(&staged.file));
        fs::set_permissions(&staged.file, Permissions::from_mode(0o700)).expect("it is ours");
        fs::write(&staged.file, "evil").expect("it can be written");
        assert_eq!(get(), None);
        stage.put(&library, &[]).expect("it can be staged again");
        assert_eq!(get(), Some(staged.file.clone()));
    }

    #[test]
    fn what_a_library_brings_along_keeps_its_place_relative_to_it() {
        let Fixture { directory, stage, library } = fixture();
        fs::create_dir(directory.path().join("deps")).expect("a directory");
        fs::write(directory.path().join("deps/liby.so"), "y").expect("a file");
        let library_in = directory.path().join("plugins");
        fs::create_dir(&library_in).expect("a directory");
        let library_there = library_in.join("libx.so");
        fs::rename(library, &library_there).expect("a rename");
        let staged = stage.put(&library_there, &["../deps/liby.so".into()]).expect("it can be staged");
        let beside = staged.file.parent().expect("a directory");
        assert_eq!(fs::read(beside.join("../deps/liby.so")).expect("the copy"), b"y");
        assert!(beside.join("../deps").canonicalize().expect("it is there").starts_with(&stage.directory));
        assert_ne!(staged.digest, staged.sha256);
        let got = stage.get(&library_there, &staged.sha256, &staged.bundled).expect("the stage can be read");
        assert_eq!(got, Some(staged.file));
    }

    #[test]
    fn prune_keeps_what_it_is_told() {
        let Fixture { directory: _kept, stage, library } = fixture();
        let first = stage.put(&library, &[]).expect("it can be staged");
        fs::write(&library, "second").expect("a file");
        let second = stage.put(&library, &[]).expect("it can be staged");
        let removed = stage.prune(std::slice::from_ref(&second.digest)).expect("it can be pruned");
        assert_eq!(removed, [stage.directory.join(first.digest)]);
        assert!(second.file.exists());
    }
}
