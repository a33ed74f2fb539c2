//! The panic shim: what stands between the vtable and a flavor's own code.
//!
//! Every method runs under `catch`; a panic poisons the store together with its readers, writers and listings, which
//! answer nothing else from then on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use abi_stable::sabi_trait::TD_Opaque;
use abi_stable::std_types::{ROption, RSlice, RSliceMut, RStr, RString, RVec};

use super::entries::{AbiBatches, AbiBatches_TO, Batch, BatchesBox};
use super::error::{AbiError, AbiResult, to_abi};
use super::panics::catch;
use super::stat::StatFields;
use super::store::{AbiStore, AbiStore_TO, IdentityFields, RemovalFields, StoreBox};
use super::stream::{AbiOpened, AbiReader, AbiReader_TO, AbiWriter, AbiWriter_TO, OpenFields, seek_from_abi};
use crate::capability::Capability;
use crate::entry::{Detail, Entry, EntryItems};
use crate::error::{Error, ErrorKind, Result};
use crate::path::StorePath;
use crate::removal::Removal;
use crate::services::{Level, Services};
use crate::store::ArtifactStore;
use crate::stream::{Opened, Reader, Writer};
use crate::walk::{Visit, WalkOptions};

/// What all objects of one store share.
struct Watch {
    poisoned: AtomicBool,
    services: Services,
}

impl Watch {
    /// Runs one operation of the flavor, unless the store is poisoned.
    #[inline]
    fn run<T>(&self, operation: &'static str, path: &str, code: impl FnOnce() -> Result<T>) -> Result<T> {
        if self.poisoned.load(Ordering::Relaxed) {
            // The code may own something of the flavor's, such as the writer that a close consumes.
            self.release("an argument", Some(code));
            return Err(poisoned().or_context(operation, path));
        }
        match catch(code) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(error.or_context(operation, path)),
            Err(panicked) => {
                self.poisoned.store(true, Ordering::Relaxed);
                Err(panicked.or_context(operation, path))
            }
        }
    }

    /// Drops something of the flavor's; nobody waits for an answer, so a panic goes to the log.
    fn release<T>(&self, what: &str, value: Option<T>) {
        if let Err(panicked) = catch(move || drop(value)) {
            self.poisoned.store(true, Ordering::Relaxed);
            self.services
                .log(Level::Error, &format!("panicked while {what} was dropped: {}", panicked.message()));
        }
    }
}

#[cold]
fn poisoned() -> Error {
    Error::new(ErrorKind::Panicked, "this store panicked before and answers nothing since")
}

/// Puts the shim around a store.
pub(crate) fn guard(
    store: Arc<dyn ArtifactStore>,
    claimed: &'static [Capability],
    services: Services,
) -> StoreBox {
    let watch = Arc::new(Watch { poisoned: AtomicBool::new(false), services });
    let guarded = GuardedStore { store: Some(store), claimed, abilities: OnceLock::new(), watch };
    AbiStore_TO::from_value(guarded, TD_Opaque)
}

struct GuardedStore {
    store: Option<Arc<dyn ArtifactStore>>,
    claimed: &'static [Capability],
    /// What the store can do, a bit each; found out when it is first needed.
    abilities: OnceLock<u32>,
    watch: Arc<Watch>,
}

const fn bit(capability: Capability) -> u32 {
    1 << capability as u32
}

/// What a call needs: all of the first list, and one of the second where there is one.
#[derive(Clone, Copy)]
struct Needs {
    all: &'static [Capability],
    one_of: &'static [Capability],
    /// Nothing may be replaced.
    exclusive: bool,
}

impl Needs {
    const fn all(all: &'static [Capability]) -> Self {
        Self { all, one_of: &[], exclusive: false }
    }

    const fn to_open(mode: u8) -> Self {
        match mode {
            b'w' => Self::all(&[Capability::Write]),
            b'x' => Self::all(&[Capability::Write, Capability::Exclusive]),
            b'a' => Self::all(&[Capability::Write, Capability::Append]),
            _ => Self::all(&[]),
        }
    }

    /// The first capability that is missing.
    fn missing(self, abilities: u32) -> Option<Capability> {
        let lacks = |capability: &&Capability| abilities & bit(**capability) == 0;
        let one_of =
            if self.one_of.iter().all(|capability| lacks(&capability)) { self.one_of.first() } else { None };
        let exclusive = self.exclusive.then_some(&Capability::Exclusive).filter(lacks);
        self.all.iter().find(lacks).or(one_of).or(exclusive).copied()
    }
}

impl GuardedStore {
    #[inline]
    fn run<T>(
        &self,
        operation: &'static str,
        path: RStr<'_>,
        code: impl FnOnce(&Arc<dyn ArtifactStore>, StorePath) -> Result<T>,
    ) -> AbiResult<T> {
        let path = path.as_str();
        let result = self.watch.run(operation, path, || {
            let store = self.store.as_ref().ok_or_else(poisoned)?;
            code(store, StorePath::trusted(path))
        });
        to_abi(result)
    }

    /// Runs an operation that the store must have claimed the ability for; otherwise it answers *unsupported*, whatever
    /// a default body could do.
    #[inline]
    fn run_if_able<T>(
        &self,
        needs: Needs,
        operation: &'static str,
        path: RStr<'_>,
        code: impl FnOnce(&Arc<dyn ArtifactStore>, StorePath) -> Result<T>,
    ) -> AbiResult<T> {
        self.run(operation, path, |store, path| {
            let claims = || store.capabilities().map_or_else(|| bits(self.claimed), |own| bits(&own));
            match needs.missing(*self.abilities.get_or_init(claims)) {
                None => code(store, path),
                Some(capability) => Err(unclaimed(capability)),
            }
        })
    }

    fn entries(&self, operation: &'static str, path: &str, items: EntryItems) -> BatchesBox {
        let listing = GuardedEntries {
            items: Some(items),
            operation,
            path: path.to_owned(),
            watch: self.watch.clone(),
        };
        AbiBatches_TO::from_value(listing, TD_Opaque)
    }
}

fn bits(capabilities: &[Capability]) -> u32 {
    capabilities.iter().fold(0, |bits, capability| bits | bit(*capability))
}

#[cold]
fn unclaimed(capability: Capability) -> Error {
    Error::unsupported(format!("this store lacks the capability `{}`", capability.as_str()))
}

fn removal_from_abi<'a>(file: &RemovalFields<'a>) -> Removal<'a> {
    let etag = file.etag.into_option().map(|etag| etag.as_str());
    Removal { path: StorePath::trusted(file.path.as_str()), etag }
}

fn detail(full: bool) -> Detail {
    if full { Detail::Full } else { Detail::Kind }
}

impl AbiStore for GuardedStore {
    fn open(&self, path: RStr<'_>, options: OpenFields) -> AbiResult<AbiOpened> {
        self.run_if_able(Needs::to_open(options.mode), "open", path, |store, path| {
            let path_text = || path.as_str().to_owned();
            Ok(match store.open_with(path, &options.to_options()?)? {
                Opened::Reader(reader) => {
                    let reader =
                        GuardedReader { reader: Some(reader), path: path_text(), watch: self.watch.clone() };
                    AbiOpened::Reader(AbiReader_TO::from_value(reader, TD_Opaque))
                }
                Opened::Writer(writer) => {
                    let writer =
                        GuardedWriter { writer: Some(writer), path: path_text(), watch: self.watch.clone() };
                    AbiOpened::Writer(AbiWriter_TO::from_value(writer, TD_Opaque))
                }
            })
        })
    }

    fn copyfile(&self, source: RStr<'_>, target: RStr<'_>, overwrite: bool) -> AbiResult<()> {
        let target = StorePath::trusted(target.as_str());
        let needs = Needs { exclusive: !overwrite, ..Needs::all(&[Capability::Write, Capability::Copyfile]) };
        self.run_if_able(needs, "copyfile", source, |store, source| store.copyfile(source, target, overwrite))
    }

    fn exists(&self, path: RStr<'_>) -> AbiResult<bool> {
        self.run("exists", path, |store, path| store.exists(path))
    }

    fn glob(&self, pattern: RStr<'_>) -> AbiResult<BatchesBox> {
        self.run("glob", pattern, |store, pattern| {
            let items = store.glob(pattern.as_str())?.iterate(store)?;
            Ok(self.entries("glob", pattern.as_str(), items))
        })
    }

    fn isdir(&self, path: RStr<'_>) -> AbiResult<bool> {
        self.run("isdir", path, |store, path| store.isdir(path))
    }

    fn listdir(&self, path: RStr<'_>, full_detail: bool) -> AbiResult<BatchesBox> {
        self.run("listdir", path, |store, path| {
            let items = store.listdir(path, detail(full_detail))?.into_items()?;
            Ok(self.entries("listdir", path.as_str(), items))
        })
    }

    fn makedirs(&self, path: RStr<'_>) -> AbiResult<()> {
        self.run_if_able(
            Needs::all(&[Capability::Write, Capability::Mkdir]),
            "makedirs",
            path,
            |store, path| store.makedirs(path),
        )
    }

    fn mkdir(&self, path: RStr<'_>) -> AbiResult<()> {
        self.run_if_able(Needs::all(&[Capability::Write, Capability::Mkdir]), "mkdir", path, |store, path| {
            store.mkdir(path)
        })
    }

    fn remove(&self, path: RStr<'_>) -> AbiResult<()> {
        self.run_if_able(Needs::all(&[Capability::Write]), "remove", path, |store, path| store.remove(path))
    }

    fn remove_many(&self, files: RSlice<'_, RemovalFields<'_>>) -> AbiResult<RVec<ROption<AbiError>>> {
        let files: Vec<Removal<'_>> = files.iter().map(removal_from_abi).collect();
        let needs = Needs::all(&[Capability::Write]);
        self.run_if_able(needs, "remove_many", RStr::from_str(""), |store, _| {
            let answers = store.remove_many(&files)?;
            if answers.len() != files.len() {
                let message =
                    format!("`remove_many` gave {} answers for {} files", answers.len(), files.len());
                return Err(Error::new(ErrorKind::Unexpected, message));
            }
            let named = answers.into_iter().zip(&files).map(|(answer, file)| {
                answer.map_err(|error| error.or_context("remove_many", file.path.as_str()))
            });
            Ok(named.map(|answer| to_abi(answer).err()).collect())
        })
    }

    fn remove_directory(&self, path: RStr<'_>) -> AbiResult<()> {
        let needs = Needs::all(&[Capability::Write, Capability::RemoveDirectory]);
        self.run_if_able(needs, "remove_directory", path, |store, path| store.remove_directory(path))
    }

    fn rename(&self, source: RStr<'_>, target: RStr<'_>, overwrite: bool) -> AbiResult<()> {
        let target = StorePath::trusted(target.as_str());
        let needs = Needs {
            all: &[Capability::Write],
            one_of: &[Capability::Rename, Capability::RenameDirectory],
            exclusive: !overwrite,
        };
        self.run_if_able(needs, "rename", source, |store, source| store.rename(source, target, overwrite))
    }

    fn rmtree(&self, path: RStr<'_>) -> AbiResult<()> {
        self.run_if_able(Needs::all(&[Capability::Write]), "rmtree", path, |store, path| store.rmtree(path))
    }

    fn stat(&self, path: RStr<'_>) -> AbiResult<StatFields> {
        self.run("stat", path, |store, path| store.stat(path).map(StatFields::from))
    }

    fn size(&self, path: RStr<'_>) -> AbiResult<u64> {
        self.run("size", path, |store, path| store.size(path))
    }

    fn walk(&self, top: RStr<'_>, topdown: bool, full_detail: bool) -> AbiResult<BatchesBox> {
        self.run("walk", top, |store, top| {
            let options = WalkOptions::default().with_topdown(topdown).with_detail(detail(full_detail));
            let visits = store.walk(top, options)?.iterate(store);
            let walk = GuardedWalk {
                visits: Some(visits),
                directory: None,
                entries: None,
                top: top.as_str().to_owned(),
                watch: self.watch.clone(),
            };
            Ok(AbiBatches_TO::from_value(walk, TD_Opaque))
        })
    }

    fn identity(&self, path: RStr<'_>) -> AbiResult<ROption<IdentityFields>> {
        self.run("identity", path, |store, path| Ok(store.identity(path)?.map(IdentityFields::from).into()))
    }

    fn stat_key(&self, key: RStr<'_>) -> AbiResult<StatFields> {
        self.run("stat_key", key, |store, key| store.stat_key(key.as_str()).map(StatFields::from))
    }

    fn remove_key(&self, key: RStr<'_>, etag: ROption<RStr<'_>>) -> AbiResult<()> {
        let etag = etag.into_option().map(|etag| etag.as_str());
        self.run_if_able(Needs::all(&[Capability::Write]), "remove_key", key, |store, key| {
            store.remove_key(key.as_str(), etag)
        })
    }

    fn copy_key(&self, key: RStr<'_>, target: RStr<'_>, overwrite: bool) -> AbiResult<()> {
        let target = StorePath::trusted(target.as_str());
        let needs = Needs { exclusive: !overwrite, ..Needs::all(&[Capability::Write]) };
        self.run_if_able(needs, "copy_key", key, |store, key| store.copy_key(key.as_str(), target, overwrite))
    }

    fn capabilities(&self) -> AbiResult<RVec<RString>> {
        self.run("capabilities", RStr::from_str(""), |store, _| {
            let own = store.capabilities();
            let capabilities = own.as_deref().unwrap_or(self.claimed);
            Ok(capabilities.iter().map(|capability| RString::from(capability.as_str())).collect())
        })
    }

    fn extension(&self, id: RStr<'_>, request: RSlice<'_, u8>) -> AbiResult<RVec<u8>> {
        self.run("extension", id, |store, id| {
            store.extension(id.as_str(), request.as_slice()).map(RVec::from)
        })
    }
}

impl Drop for GuardedStore {
    fn drop(&mut self) {
        self.watch.release("the store", self.store.take());
    }
}

struct GuardedReader {
    reader: Option<Box<dyn Reader>>,
    path: String,
    watch: Arc<Watch>,
}

impl GuardedReader {
    #[inline]
    fn run<T>(
        &mut self,
        operation: &'static str,
        code: impl FnOnce(&mut dyn Reader) -> Result<T>,
    ) -> AbiResult<T> {
        let reader = self.reader.as_deref_mut();
        to_abi(self.watch.run(operation, &self.path, || code(reader.ok_or_else(poisoned)?)))
    }
}

impl AbiReader for GuardedReader {
    fn read(&mut self, mut buffer: RSliceMut<'_, u8>) -> AbiResult<usize> {
        self.run("read", |reader| reader.read(buffer.as_mut_slice()))
    }

    fn seek(&mut self, whence: u8, offset: i64) -> AbiResult<u64> {
        self.run("seek", |reader| {
            let to = seek_from_abi(whence, offset).ok_or_else(|| {
                Error::unsupported(format!("seek number {whence} is not known to this flavor"))
            })?;
            reader.seek(to)
        })
    }

    fn size(&mut self) -> AbiResult<u64> {
        self.run("size", |reader| reader.size())
    }

    fn stat(&mut self) -> AbiResult<StatFields> {
        self.run("stat", |reader| reader.stat().map(StatFields::from))
    }

    fn read_at(&mut self, offset_bytes: u64, mut buffer: RSliceMut<'_, u8>) -> AbiResult<usize> {
        self.run("read_at", |reader| reader.read_at(offset_bytes, buffer.as_mut_slice()))
    }
}

impl Drop for GuardedReader {
    fn drop(&mut self) {
        self.watch.release("a reader", self.reader.take());
    }
}

struct GuardedWriter {
    writer: Option<Box<dyn Writer>>,
    path: String,
    watch: Arc<Watch>,
}

#[cold]
fn closed() -> Error {
    Error::new(ErrorKind::InvalidArgument, "the writer is closed, or failed before")
}

impl AbiWriter for GuardedWriter {
    fn write(&mut self, data: RSlice<'_, u8>) -> AbiResult<()> {
        let writer = self.writer.as_deref_mut();
        let result =
            self.watch.run("write", &self.path, || writer.ok_or_else(closed)?.write(data.as_slice()));
        if result.is_err() {
            self.watch.release("a writer", self.writer.take());
        }
        to_abi(result)
    }

    fn close(&mut self) -> AbiResult<()> {
        let writer = self.writer.take();
        to_abi(self.watch.run("close", &self.path, || writer.ok_or_else(closed)?.close()))
    }
}

impl Drop for GuardedWriter {
    fn drop(&mut self) {
        self.watch.release("a writer", self.writer.take());
    }
}

struct GuardedEntries {
    items: Option<EntryItems>,
    operation: &'static str,
    path: String,
    watch: Arc<Watch>,
}

impl AbiBatches for GuardedEntries {
    fn next_batch(&mut self, max_entries: u32) -> AbiResult<Batch> {
        let (operation, path) = (self.operation, &self.path);
        let items = self.items.as_mut();
        to_abi(self.watch.run(operation, path, || {
            let items = items.ok_or_else(poisoned)?;
            let mut batch = Batch::default();
            for _ in 0..max_entries.max(1) {
                match items.next() {
                    Some(Ok(entry)) => batch.push(&entry),
                    Some(Err(error)) => batch.push_error(error.or_context(operation, path)),
                    None => {
                        batch.last = true;
                        break;
                    }
                }
            }
            Ok(batch)
        }))
    }
}

impl Drop for GuardedEntries {
    fn drop(&mut self) {
        self.watch.release("a listing", self.items.take());
    }
}

type Visits = Box<dyn Iterator<Item = Result<Visit>> + Send>;

/// The entries of one visit that are still to cross.
type VisitEntries = std::iter::Chain<std::vec::IntoIter<Entry>, std::vec::IntoIter<Entry>>;

struct GuardedWalk {
    visits: Option<Visits>,
    /// The directory whose entries cross now.
    directory: Option<String>,
    entries: Option<VisitEntries>,
    top: String,
    watch: Arc<Watch>,
}

impl GuardedWalk {
    /// Moves what fits into a batch; a visit goes on in the next batch where it does not fit.
    fn fill(
        (visits, directory, entries): (&mut Visits, &mut Option<String>, &mut Option<VisitEntries>),
        top: &str,
        max: usize,
    ) -> Batch {
        let mut batch = Batch::default();
        while batch.records.len() < max {
            if let Some(rest) = entries {
                let room = max - batch.records.len();
                rest.take(room).for_each(|entry| batch.push(&entry));
                if batch.records.len() >= max {
                    break;
                }
            }
            *entries = match visits.next() {
                Some(Ok(visit)) => {
                    if directory.as_ref() != Some(&visit.directory) {
                        batch.push_visit(&visit.directory);
                        *directory = Some(visit.directory);
                    }
                    Some(visit.directories.into_iter().chain(visit.files))
                }
                Some(Err(error)) => {
                    batch.push_error(error.or_context("walk", top));
                    None
                }
                None => {
                    batch.last = true;
                    break;
                }
            };
        }
        batch
    }
}

impl AbiBatches for GuardedWalk {
    fn next_batch(&mut self, max_entries: u32) -> AbiResult<Batch> {
        let max = usize::try_from(max_entries).unwrap_or(usize::MAX).max(1);
        let Self { visits, directory, entries, top, watch } = self;
        to_abi(watch.run("walk", top, || {
            let visits = visits.as_mut().ok_or_else(poisoned)?;
            Ok(Self::fill((visits, directory, entries), top, max))
        }))
    }
}

impl Drop for GuardedWalk {
    fn drop(&mut self) {
        self.watch.release("entries of a walk", self.entries.take());
        self.watch.release("a walk", self.visits.take());
    }
}
