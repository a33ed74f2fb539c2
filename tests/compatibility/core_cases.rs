//! The core of the contract, as a host of any version meets it through a library of any version.

use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use larder::{Home, Host, HostOptions, NewStore, RegisterFlavor, Store};
use larder_plugin_api::{Detail, ErrorKind, OpenMode, WalkOptions};

/// A host in a home of its own, that knows flavor `memory` from this library, and a store of it.
pub fn store_of(library: &Path, home: &Path) -> Store {
    let options = HostOptions::at(Home::at(home)).expect("there is a current directory");
    let host = Host::open(HostOptions { plugin_directories: Vec::new(), ..options });
    host.register_flavor(library, RegisterFlavor::default())
        .unwrap_or_else(|error| panic!("it is not taken: {error}: {:?}", error.causes().collect::<Vec<_>>()));
    let new = NewStore {
        name: "m".to_owned(),
        flavor: "memory".to_owned(),
        root: fresh_root(),
        ..NewStore::default()
    };
    host.register_store(&new).unwrap_or_else(|error| {
        panic!("its store is not taken: {error}: {:?}", error.causes().collect::<Vec<_>>())
    });
    host.store("m").expect("the store is made")
}

/// Tests that load the same bytes share one library, and in it the content of stores with one root.
fn fresh_root() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("memory://m{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// What every pair of versions can do.
pub fn run(store: &Store) {
    write_and_read(store);
    list_and_walk(store);
    errors(store);
    change(store);
}

fn write(store: &Store, path: &str, mode: OpenMode, bytes: &[u8]) {
    let mut writer = store.writer(path, mode).expect("it opens");
    writer.write(bytes).expect("it takes bytes");
    writer.close().expect("it closes");
}

fn write_and_read(store: &Store) {
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|number| number.to_le_bytes()[1]).collect();
    write(store, "a/b/large", OpenMode::Write, &bytes);
    let mut read = Vec::new();
    store.reader("a/b/large").expect("it opens").read_to_end(&mut read).expect("it reads");
    assert!(read == bytes, "what was read is what was written");
    let mut piece = [0; 16];
    let count =
        store.reader("a/b/large").expect("it opens").read_at(1_000_000, &mut piece).expect("it reads");
    assert_eq!(piece[..count], bytes[1_000_000..1_000_000 + count]);
    write(store, "a/small", OpenMode::Exclusive, b"1");
    write(store, "a/small", OpenMode::Append, b"2");
    assert_eq!(store.size("a/small"), Ok(2));
    drop(store.writer("a/dropped", OpenMode::Write).expect("it opens"));
    assert_eq!(store.exists("a/dropped"), Ok(false));
}

fn list_and_walk(store: &Store) {
    let names = |path: &str| -> Vec<String> {
        let entries = store.listdir(path, Detail::Full).expect("it lists");
        entries.map(|entry| entry.expect("it can be read").name).collect()
    };
    assert_eq!(names("a"), ["b", "small"]);
    let found = store.glob("a/**").expect("it lists").map(|entry| entry.expect("it can be read").name);
    assert_eq!(found.collect::<Vec<_>>(), ["a/b", "a/b/large", "a/small"]);
    let visits = store.walk("", WalkOptions::default()).expect("it walks");
    let directories: Vec<String> = visits.map(|visit| visit.expect("it can be read").directory).collect();
    assert_eq!(directories, ["", "a", "a/b"]);
}

fn errors(store: &Store) {
    let error = store.reader("missing").map(drop).expect_err("it is missing");
    assert_eq!((error.kind(), error.operation(), error.path()), (ErrorKind::NotFound, "open", "missing"));
    assert_eq!(store.stat("a/none").expect_err("it is missing").kind(), ErrorKind::NotFound);
    assert_eq!(store.remove("a").expect_err("a directory").kind(), ErrorKind::IsADirectory);
    let error = store.writer("a/small", OpenMode::Exclusive).and_then(larder::Writer::close);
    assert_eq!(error.expect_err("it is there").kind(), ErrorKind::AlreadyExists);
    assert_eq!(store.extension("none", b"").expect_err("it is not known").kind(), ErrorKind::Unsupported);
}

fn change(store: &Store) {
    store.copyfile("a/small", "c/copy", false).expect("it copies");
    store.rename("c/copy", "c/moved", false).expect("it renames");
    assert_eq!(store.exists("c/copy"), Ok(false));
    store.makedirs("d/e").expect("it makes directories");
    assert_eq!(store.isdir("d/e"), Ok(true));
    store.remove("c/moved").expect("it removes");
    store.rmtree("a").expect("it removes");
    assert_eq!(store.exists("a/b/large"), Ok(false));
    assert!(store.capabilities().expect("it answers").iter().any(|name| name == "write"));
}
