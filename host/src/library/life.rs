//! The life of a library, from a path to a module that can be called: trusted, staged, tried, loaded.
//!
//! Each step has an error of its own. One that fails leaves the other libraries usable.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use larder_plugin_api::abi::module::ModuleRef;
use thiserror::Error;

use super::find::{self, FindError};
use super::identity::FileIdentity;
use super::inspect::{InspectError, Inspection, inspect};
use super::load::{self, LoadError};
use super::probe::{ProbeCommand, ProbeError, probe};
use super::stage::{Bundled, Stage, Staged, digest_of};

/// Where a library is in its life, and what may happen to it there.
#[derive(Clone, Debug)]
pub struct Life {
    stage: Stage,
    /// Holds a mark for each library that was loaded.
    loading: PathBuf,
    probe: Option<ProbeCommand>,
}

/// What was accepted: the bytes that may be loaded.
#[derive(Clone, Debug)]
pub struct Pin {
    /// The SHA-256 of the library.
    pub sha256: String,
    /// What the file was when the digest was taken.
    pub identity: FileIdentity,
    /// What it brings along.
    pub bundled: Vec<Bundled>,
}

/// Why a library is not used. The hint is an action.
#[derive(Debug, Error)]
pub enum LifeError {
    /// It is not to be found, or others can write it.
    #[error(transparent)]
    Find(#[from] FindError),
    /// It is no library that this host can use.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// It is not the file that was accepted.
    #[error(
        "library `{}` changed: SHA-256 {accepted} was accepted, the file is {found} now",
        library.display()
    )]
    Changed {
        /// The file.
        library: PathBuf,
        /// The digest that was accepted.
        accepted: String,
        /// The digest it has now.
        found: String,
    },
    /// It cannot be copied to the cache.
    #[error("library `{}` cannot be staged in `{}`", library.display(), stage.display())]
    Stage {
        /// The file.
        library: PathBuf,
        /// The cache.
        stage: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It did something in its trial that no library may do, or a host has died of it.
    #[error("library `{}` {}", library.display(), source.verdict())]
    Probe {
        /// The file.
        library: PathBuf,
        /// What it did.
        source: ProbeError,
    },
    /// It cannot be loaded.
    #[error("library `{}` cannot be loaded", library.display())]
    Load {
        /// The file.
        library: PathBuf,
        /// Why.
        source: LoadError,
    },
}

impl Life {
    /// The life of libraries in a cache directory. Without a command to try libraries with, they are loaded untried.
    pub fn new(cache: &Path, probe: Option<ProbeCommand>) -> Self {
        Self { stage: Stage::below(cache), loading: cache.join("loading"), probe }
    }

    /// Takes in a library that nothing is known about yet, or that changed: inspects, stages and tries it. Where bytes
    /// were accepted already, no others are taken in, and none run.
    ///
    /// # Errors
    ///
    /// Those of each step; an error of the trial comes with the pin, for the quarantine.
    pub fn take_in(&self, library: &Path, accepted: Option<&Pin>) -> Result<(Inspection, Pin), Refused> {
        // What is not there at all is better explained by the inspection.
        if library.exists() {
            find::refuse_if_unsafe(library).map_err(LifeError::from)?;
        }
        let inspection = inspect(library).map_err(LifeError::from)?;
        let bundled = inspection.bundled(library);
        let staged = self.stage.put(library, &bundled).map_err(|source| self.stage_error(library, source))?;
        if let Some(accepted) = accepted.filter(|pin| digest_of(&pin.sha256, &pin.bundled) != staged.digest) {
            return Err(changed(library, accepted, &staged).into());
        }
        // The copy is what will be loaded, so the copy is what counts.
        let inspection = inspect(&staged.file).map_err(|error| LifeError::from(error.about(library)))?;
        let pin = Pin::from(&staged);
        match self.try_out(library, &staged.file) {
            Ok(()) => {
                Mark::forget(&self.loading, &staged.digest);
                Ok((inspection, pin))
            }
            Err(error) => Err(Refused { error, known: Some(Box::new((inspection, pin))) }),
        }
    }

    /// Gives the module of a library that was accepted, together with the pin when the file was touched without a change.
    ///
    /// An unchanged file is not read: its identity answers for its digest.
    ///
    /// # Errors
    ///
    /// [`LifeError::Changed`] when the file is not what was accepted; those of each step.
    pub fn ready(&self, library: &Path, pin: &Pin) -> Result<(ModuleRef, Option<Pin>), LifeError> {
        find::refuse_if_unsafe(library)?;
        let (digest, file, renewed) = self.trusted_copy(library, pin)?;
        let module = self.load(library, &digest, &file)?;
        Ok((module, renewed))
    }

    fn trusted_copy(&self, library: &Path, pin: &Pin) -> Result<(String, PathBuf, Option<Pin>), LifeError> {
        let digest = digest_of(&pin.sha256, &pin.bundled);
        if unchanged(library, pin) {
            let copy = self.stage.get(library, &pin.sha256, &pin.bundled);
            if let Some(file) = copy.map_err(|source| self.stage_error(library, source))? {
                return Ok((digest, file, None));
            }
        }
        let bundled: Vec<PathBuf> = pin.bundled.iter().map(|one| one.path.clone()).collect();
        let staged = self.stage.put(library, &bundled).map_err(|source| self.stage_error(library, source))?;
        if staged.digest != digest {
            return Err(changed(library, pin, &staged));
        }
        let copy = self.stage.get(library, &pin.sha256, &pin.bundled);
        let copy =
            copy.map_err(|source| self.stage_error(library, source))?.unwrap_or_else(|| staged.file.clone());
        Ok((digest, copy, Some(Pin::from(&staged))))
    }

    /// Loads a copy. A mark stands while it does: one that is found without its owner tells of a process that died
    /// loading this library. It is tried again in a child then; when that is not possible, or the trial was good and yet
    /// a host died again, it is loaded no more.
    fn load(&self, library: &Path, digest: &str, file: &Path) -> Result<ModuleRef, LifeError> {
        let load = || {
            load::load(digest, file).map_err(|source| LifeError::Load { library: library.to_owned(), source })
        };
        if load::is_loaded(digest) {
            return load();
        }
        let Some(mark) = Mark::set(&self.loading, digest) else { return load() };
        match mark.left_behind {
            0 => {}
            1 if self.probe.is_some() => self.try_out(library, file)?,
            times => {
                let source = ProbeError::EndedHost { times: times.into() };
                return Err(LifeError::Probe { library: library.to_owned(), source });
            }
        }
        mark.stand();
        let loaded = load();
        mark.clear();
        loaded
    }

    fn try_out(&self, library: &Path, file: &Path) -> Result<(), LifeError> {
        let Some(command) = &self.probe else { return Ok(()) };
        match probe(command, file) {
            // That a trial could not be made says nothing about the library.
            Err(ProbeError::NotTried { message }) => {
                log::warn!("library `{}` is loaded untried: {message}", library.display());
                Ok(())
            }
            result => result.map_err(|source| LifeError::Probe { library: library.to_owned(), source }),
        }
    }

    /// Removes the copies that no accepted library needs.
    ///
    /// # Errors
    ///
    /// Those of the cache directory.
    pub fn collect_garbage<'a>(&self, keep: impl Iterator<Item = &'a Pin>) -> io::Result<Vec<PathBuf>> {
        let keep: Vec<String> = keep.map(|pin| digest_of(&pin.sha256, &pin.bundled)).collect();
        Mark::forget_others(&self.loading, &keep);
        self.stage.prune(&keep)
    }

    fn stage_error(&self, library: &Path, source: io::Error) -> LifeError {
        LifeError::Stage { library: library.to_owned(), stage: self.stage.directory().to_owned(), source }
    }
}

/// A library that was not taken in. When it failed its trial, what it is is known all the same.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: LifeError,
    /// What it is.
    pub known: Option<Box<(Inspection, Pin)>>,
}

impl From<LifeError> for Refused {
    fn from(error: LifeError) -> Self {
        Self { error, known: None }
    }
}

impl From<&Staged> for Pin {
    fn from(staged: &Staged) -> Self {
        Self { sha256: staged.sha256.clone(), identity: staged.identity, bundled: staged.bundled.clone() }
    }
}

/// Whether the files are those whose digests were taken, going by what they are and not by what is in them.
pub fn unchanged(library: &Path, pin: &Pin) -> bool {
    let is = |file: &Path, identity: &FileIdentity| FileIdentity::of(file).is_ok_and(|now| now == *identity);
    let beside = library.parent().unwrap_or(Path::new("/"));
    is(library, &pin.identity) && pin.bundled.iter().all(|one| is(&beside.join(&one.path), &one.identity))
}

/// Names the file that is not what was accepted: the library, or what it brings along.
fn changed(library: &Path, pin: &Pin, staged: &Staged) -> LifeError {
    let differs = |(before, now): &(&Bundled, &Bundled)| before.sha256 != now.sha256;
    let bundled = pin.bundled.iter().zip(&staged.bundled).find(differs);
    let (library, accepted, found) = match bundled {
        Some((before, now)) if pin.sha256 == staged.sha256 => {
            let beside = library.parent().unwrap_or(Path::new("/"));
            (beside.join(&before.path), &before.sha256, &now.sha256)
        }
        _ => (library.to_owned(), &pin.sha256, &staged.sha256),
    };
    LifeError::Changed { library, accepted: accepted.clone(), found: found.clone() }
}

/// A locked file for each library that was loaded once. It holds how many loads have begun since one came to its end,
/// as a digit: writing over a byte costs a start far less than making a file and removing it.
struct Mark {
    left_behind: u8,
    file: File,
}

impl Mark {
    /// `None` when the cache cannot be written, or another process loads the same library just now.
    fn set(directory: &Path, digest: &str) -> Option<Self> {
        let path = directory.join(digest);
        let open = || OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
        let mut opened = open();
        if matches!(&opened, Err(error) if error.kind() == io::ErrorKind::NotFound) {
            fs::create_dir_all(directory).ok()?;
            opened = open();
        }
        let file = opened.ok()?;
        file.try_lock().ok()?;
        let mut digit = [b'0'];
        file.read_at(&mut digit, 0).ok()?;
        Some(Self { left_behind: digit[0].saturating_sub(b'0').min(MOST_COUNTED), file })
    }

    /// The load begins.
    fn stand(&self) {
        self.write(self.left_behind.saturating_add(1).min(MOST_COUNTED));
    }

    /// The load has come to an end.
    fn clear(&self) {
        self.write(0);
    }

    fn write(&self, count: u8) {
        // Without it a crash goes unnoticed; that is no reason not to load.
        let _ = self.file.write_at(&[b'0' + count], 0);
    }

    /// Whatever happened to earlier loads of a library counts no more.
    fn forget(directory: &Path, digest: &str) {
        let _ = fs::remove_file(directory.join(digest));
    }

    /// Forgets all but these.
    fn forget_others(directory: &Path, keep: &[String]) {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            if !keep.iter().any(|digest| *digest == entry.file_name().to_string_lossy()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

const MOST_COUNTED: u8 = 9;
