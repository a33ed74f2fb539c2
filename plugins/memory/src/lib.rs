//! The `memory` flavor: the contract of an artifact store in its simplest right form, for tests, benchmarks and authors.
//!
//! Each operation is one step on a [`Tree`] under one lock, so it is seen whole or not at all, and whatever one call
//! changed the next one sees. Read [`tree`] for the rules of each operation and [`writer`] for those of writing.
//!
//! The content lives as long as the process. Stores made of the same root (`memory://scratch/a`) share it, however
//! often they are made and dropped; stores of different roots share nothing, also when one root is below the other.

mod reader;
mod tree;
mod writer;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use larder_plugin_api::{
    ArtifactStore, Capability, Config, ConfigKey, Detail, Entries, Flavor, Identity, OpenMode, Opened,
    Removal, Result, Root, Services, Stat, StorePath, export_flavors,
};

use crate::reader::MemoryReader;
use crate::tree::Tree;
use crate::writer::MemoryWriter;

export_flavors!(Memory);

/// The flavor.
struct Memory;

impl Flavor for Memory {
    const FLAVOR: &'static str = "memory";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["memory://"];
    const ABOUT: &'static str = "keeps artifacts in memory until the process ends, for tests and benchmarks";

    /// All but `Persistent` and `Durable`: nothing outlives the process.
    const CAPABILITIES: &'static [Capability] = &[
        Capability::Write,
        Capability::Append,
        Capability::Exclusive,
        Capability::Copyfile,
        Capability::Rename,
        Capability::RenameDirectory,
        Capability::Mkdir,
        Capability::RemoveDirectory,
        Capability::AtomicRename,
        Capability::AtomicRenameDirectory,
        Capability::NativeCopy,
        Capability::RangedRead,
        Capability::ModifiedTime,
        Capability::Etag,
    ];

    const CONFIG: &'static [ConfigKey] = &[ConfigKey::bytes("limit")
        .help("bytes that all files together may have, e.g. 64MiB; a write past it fails with `no space` (default: none)")];

    type Store = MemoryStore;

    fn make(root: &Root, config: &Config, _services: &Services) -> Result<MemoryStore> {
        Ok(MemoryStore { tree: SharedTree::of(root), limit: config.bytes("limit").unwrap_or(u64::MAX) })
    }
}

/// A tree that the stores of one root, and their open writers, share.
#[derive(Clone, Default)]
struct SharedTree(Arc<RwLock<Tree>>);

impl SharedTree {
    /// The tree of a root, the same one for every store that is made of it in this process.
    fn of(root: &Root) -> Self {
        static ROOTS: Mutex<BTreeMap<String, SharedTree>> = Mutex::new(BTreeMap::new());
        let mut roots = ROOTS.lock().unwrap_or_else(PoisonError::into_inner);
        roots.entry(root.to_string()).or_default().clone()
    }

    // A poisoned lock is taken as it is: a panic poisons the store that had it, and not the others of its root.

    fn read(&self) -> RwLockReadGuard<'_, Tree> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tree> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A store of the flavor.
struct MemoryStore {
    tree: SharedTree,
    limit: u64,
}

/// `glob` and `walk` have their default bodies: they list directory after directory, which is all there is to do.
impl ArtifactStore for MemoryStore {
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        let tree = self.tree.read();
        if mode == OpenMode::Read {
            let (content, stat) = tree.opened(path)?;
            return Ok(Opened::reader(MemoryReader { content: Cursor::new(content), stat }));
        }
        // What can be known now is told now, before a caller sends its data; what counts is the check at `close`.
        tree.check_write(path, mode)?;
        drop(tree);
        Ok(Opened::writer(MemoryWriter::new(self.tree.clone(), path, mode, self.limit)))
    }

    fn copyfile(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        self.tree.write().copyfile(source, target, overwrite, self.limit)
    }

    fn exists(&self, path: StorePath) -> Result<bool> {
        Ok(self.tree.read().exists(path))
    }

    fn isdir(&self, path: StorePath) -> Result<bool> {
        Ok(self.tree.read().isdir(path))
    }

    fn listdir(&self, path: StorePath, _detail: Detail) -> Result<Entries> {
        Ok(Entries::sorted(self.tree.read().listdir(path)?))
    }

    fn makedirs(&self, path: StorePath) -> Result<()> {
        self.tree.write().makedirs(path)
    }

    fn mkdir(&self, path: StorePath) -> Result<()> {
        self.tree.write().mkdir(path)
    }

    fn remove(&self, path: StorePath) -> Result<()> {
        self.tree.write().remove(path)
    }

    fn remove_many(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        let mut tree = self.tree.write();
        Ok(files.iter().map(|file| tree.remove_one_of_many(file)).collect())
    }

    fn remove_directory(&self, path: StorePath) -> Result<()> {
        self.tree.write().remove_directory(path)
    }

    fn rename(&self, source: StorePath, target: StorePath, overwrite: bool) -> Result<()> {
        self.tree.write().rename(source, target, overwrite)
    }

    fn rmtree(&self, path: StorePath) -> Result<()> {
        self.tree.write().rmtree(path)
    }

    fn identity(&self, path: StorePath) -> Result<Option<Identity>> {
        // The tree is in this process, and lives as long as it does.
        let scope = format!("memory:{}.{:p}", std::process::id(), Arc::as_ptr(&self.tree.0));
        Ok(Some(Identity::of_path(scope, std::iter::once("").chain(path.components()))))
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        self.tree.read().stat(path)
    }

    fn size(&self, path: StorePath) -> Result<u64> {
        self.tree.read().size(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use larder_plugin_api::{ErrorKind, Reader, Writer};

    fn store(root: &str, config: &str) -> MemoryStore {
        let root = Root::parse(root).expect("the test gives a root");
        let config = Config::from_json(Memory::CONFIG, config).expect("the test gives a config");
        Memory::make(&root, &config, &Services::detached()).expect("a memory store can be made")
    }

    fn path(text: &str) -> StorePath<'_> {
        StorePath::new(text).expect("the test gives a normalised path")
    }

    fn writer(store: &MemoryStore, at: &str, mode: OpenMode) -> Result<Box<dyn Writer>> {
        match store.open(path(at), mode)? {
            Opened::Writer(writer) => Ok(writer),
            Opened::Reader(_) => panic!("mode {mode:?} gives a writer"),
        }
    }

    fn reader(store: &MemoryStore, at: &str) -> Box<dyn Reader> {
        match store.open(path(at), OpenMode::Read).expect("the file is there") {
            Opened::Reader(reader) => reader,
            Opened::Writer(_) => panic!("mode r gives a reader"),
        }
    }

    fn put(store: &MemoryStore, at: &str, mode: OpenMode, data: &str) -> Result<()> {
        let mut writer = writer(store, at, mode)?;
        writer.write(data.as_bytes())?;
        writer.close()
    }

    fn rest(mut reader: Box<dyn Reader>) -> String {
        let mut data = vec![0; 100];
        let count = reader.read(&mut data).expect("memory can be read");
        data.truncate(count);
        String::from_utf8(data).expect("the tests write text")
    }

    #[test]
    fn stores_of_one_root_share_their_content_and_others_do_not() {
        put(&store("memory://shared/a", "{}"), "x", OpenMode::Write, "1").expect("a file can be written");
        assert_eq!(rest(reader(&store("MEMORY://shared/./a/", "{}"), "x")), "1");
        for other in ["memory://shared", "memory://shared/a/b", "memory://shared/aa"] {
            assert_eq!(store(other, "{}").exists(path("x")), Ok(false), "{other}");
        }
    }

    #[test]
    fn a_reader_keeps_the_content_it_opened() {
        let store = store("memory://snapshot", "{}");
        put(&store, "f", OpenMode::Write, "old").expect("a file can be written");
        let readers = [(); 3].map(|()| reader(&store, "f"));
        put(&store, "f", OpenMode::Append, "er").expect("a file can be appended to");
        put(&store, "f", OpenMode::Write, "new").expect("a file can be replaced");
        store.remove(path("f")).expect("a file can be removed");
        for reader in readers {
            assert_eq!(rest(reader), "old");
        }
    }

    #[test]
    fn appends_that_overlap_are_all_kept() {
        let store = store("memory://append", "{}");
        let mut writers: Vec<_> =
            (0..3).map(|_| writer(&store, "log", OpenMode::Append).expect("append works")).collect();
        for (writer, text) in writers.iter_mut().zip(["a", "b", "c"]) {
            writer.write(text.as_bytes()).expect("memory takes it");
        }
        for writer in writers {
            writer.close().expect("memory takes it");
        }
        assert_eq!(rest(reader(&store, "log")), "abc");
    }

    #[test]
    fn of_exclusive_writers_that_race_one_succeeds() {
        let store = store("memory://exclusive", "{}");
        let writers: Vec<_> =
            (0..8).map(|_| writer(&store, "d/f", OpenMode::Exclusive).expect("it is free")).collect();
        let closed = std::thread::scope(|scope| {
            let threads: Vec<_> = writers.into_iter().map(|writer| scope.spawn(|| writer.close())).collect();
            threads.into_iter().filter_map(|thread| thread.join().expect("no thread panics").err()).count()
        });
        assert_eq!(closed, 7);
    }

    #[test]
    fn a_dropped_writer_leaves_nothing_not_even_parents() {
        let store = store("memory://dropped", "{}");
        let mut dropped = writer(&store, "a/b/f", OpenMode::Write).expect("it can be opened");
        dropped.write(b"x").expect("memory takes it");
        drop(dropped);
        assert_eq!(store.exists(path("a")), Ok(false));
    }

    #[test]
    fn the_limit_counts_what_stays_and_a_refused_write_changes_nothing() {
        let store = store("memory://limit", r#"{"limit": "10"}"#);
        put(&store, "a", OpenMode::Write, "123456").expect("6 of 10 bytes");
        for (at, mode, data) in [
            ("b", OpenMode::Write, "12345"),
            ("a", OpenMode::Append, "12345"),
            ("dir/c", OpenMode::Exclusive, "12345"),
            ("a", OpenMode::Write, "12345678901"),
        ] {
            let error = put(&store, at, mode, data).expect_err("there is no space");
            assert_eq!(error.kind(), ErrorKind::NoSpace, "{at}");
        }
        let error = store.copyfile(path("a"), path("b"), false).expect_err("there is no space");
        assert_eq!(error.kind(), ErrorKind::NoSpace);
        assert_eq!(store.exists(path("b")), Ok(false));
        assert_eq!(store.exists(path("dir")), Ok(false));
        assert_eq!(rest(reader(&store, "a")), "123456");

        put(&store, "a", OpenMode::Write, "1234567890").expect("the old content makes room");
        store.rename(path("a"), path("b"), false).expect("a rename needs no space");
        store.remove(path("b")).expect("a file can be removed");
        put(&store, "c", OpenMode::Write, "1234567890").expect("what was removed makes room");
        store.rmtree(StorePath::ROOT).expect("the root can be emptied");
        put(&store, "d", OpenMode::Write, "1234567890").expect("what was removed makes room");
    }
}
