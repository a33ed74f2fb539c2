//! The operations that follow from others, over a flavor that has only the six it must have, seen from across the border.

mod host;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, UNIX_EPOCH};

use larder_plugin_api::abi::error::from_abi;
use larder_plugin_api::abi::store::StoreBox;
use larder_plugin_api::{
    ArtifactStore, Capability, Config, Detail, Entries, Entry, Error, ErrorKind, Flavor, Kind, OpenMode,
    Opened, Result, Root, Services, Stat, StorePath, Visit, Writer,
};

use host::{kind, read, write};

struct Minimal;

impl Flavor for Minimal {
    const FLAVOR: &'static str = "minimal";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["minimal://"];
    const CAPABILITIES: &'static [Capability] = Capability::ALL;
    type Store = SixOperations;

    fn make(_root: &Root, _config: &Config, _services: &Services) -> Result<SixOperations> {
        Ok(SixOperations::default())
    }
}

/// Files have a content, directories have none. A directory named `locked` cannot be listed, a file named `odd` is
/// neither file nor directory, and a file named `broken` is an error in every listing.
#[derive(Clone, Default)]
struct SixOperations(Arc<Mutex<BTreeMap<String, Option<Vec<u8>>>>>);

impl SixOperations {
    fn nodes(&self) -> MutexGuard<'_, BTreeMap<String, Option<Vec<u8>>>> {
        self.0.lock().expect("no test panics in here")
    }
}

impl ArtifactStore for SixOperations {
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        let found = self.stat(path).map(|stat| stat.kind);
        match (mode, found) {
            (_, Ok(Kind::Directory)) => Err(Error::is_a_directory()),
            (OpenMode::Exclusive, Ok(_)) => Err(Error::already_exists()),
            (OpenMode::Read, _) => {
                let content = self.nodes().get(path.as_str()).cloned().flatten();
                Ok(Opened::reader(Cursor::new(content.ok_or_else(Error::not_found)?)))
            }
            _ => Ok(Opened::writer(Buffer {
                store: self.clone(),
                path: path.as_str().to_owned(),
                data: Vec::new(),
            })),
        }
    }

    fn listdir(&self, path: StorePath, _detail: Detail) -> Result<Entries> {
        match self.stat(path)?.kind {
            Kind::Directory if path.name() == "locked" => return Err(ErrorKind::PermissionDenied.into()),
            Kind::Directory => {}
            _ => return Err(Error::not_a_directory()),
        }
        let nodes = self.nodes();
        let below = nodes.keys().filter_map(|node| StorePath::new(node).ok()?.below(path));
        let names = below.filter(|below| !below.is_root() && below.parent() == Some(StorePath::ROOT));
        let names: Vec<String> = names.map(|name| name.as_str().to_owned()).collect();
        drop(nodes);
        let mut entries = Vec::new();
        let mut errors = Vec::new();
        for name in names {
            let stat = self.stat(StorePath::new(&path.join(&name))?)?;
            match stat.kind {
                _ if name == "broken" => errors.push(Err(ErrorKind::Corrupt.into())),
                Kind::File => entries.push(Entry::file(name, stat.size).with_modified(stat.modified)),
                kind => entries.push(Entry::new(name, kind)),
            }
        }
        entries.sort_by(Entry::listing_order);
        Ok(Entries::streaming(entries.into_iter().map(Ok).chain(errors)))
    }

    fn mkdir(&self, path: StorePath) -> Result<()> {
        let parent = path.parent().ok_or_else(Error::already_exists)?;
        match self.stat(parent)?.kind {
            Kind::Directory if self.exists(path)? => Err(Error::already_exists()),
            Kind::Directory => {
                self.nodes().insert(path.as_str().to_owned(), None);
                Ok(())
            }
            _ => Err(Error::not_a_directory()),
        }
    }

    fn remove(&self, path: StorePath) -> Result<()> {
        self.nodes().remove(path.as_str()).map(|_| ()).ok_or_else(Error::not_found)
    }

    fn remove_directory(&self, path: StorePath) -> Result<()> {
        match self.stat(path)?.kind {
            Kind::Directory => {
                let is_below = |node: &String| {
                    StorePath::new(node).is_ok_and(|node| node != path && node.below(path).is_some())
                };
                let mut nodes = self.nodes();
                if nodes.keys().any(is_below) {
                    return Err(ErrorKind::NotEmpty.into());
                }
                nodes.remove(path.as_str());
                Ok(())
            }
            _ => Err(Error::not_a_directory()),
        }
    }

    fn rmtree(&self, path: StorePath) -> Result<()> {
        self.nodes().retain(|node, _| StorePath::new(node).is_ok_and(|node| node.below(path).is_none()));
        Ok(())
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        if path.is_root() {
            return Ok(Stat::directory());
        }
        match self.nodes().get(path.as_str()) {
            None => Err(Error::not_found()),
            Some(None) => Ok(Stat::directory()),
            Some(Some(_)) if path.name() == "odd" => Ok(Stat::new(Kind::Other, 0)),
            Some(Some(data)) => {
                Ok(Stat::file(data.len() as u64).with_modified(Some(UNIX_EPOCH + Duration::from_nanos(7))))
            }
        }
    }
}

struct Buffer {
    store: SixOperations,
    path: String,
    data: Vec<u8>,
}

impl Writer for Buffer {
    fn write(&mut self, data: &[u8]) -> Result<()> {
        self.data.extend_from_slice(data);
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        for parent in StorePath::new(&self.path)?.ancestors().filter(|parent| !parent.is_root()) {
            self.store.nodes().insert(parent.as_str().to_owned(), None);
        }
        self.store.nodes().insert(self.path, Some(self.data));
        Ok(())
    }
}

/// The same store, of a flavor that claims nothing but writing.
struct Modest;

impl Flavor for Modest {
    const FLAVOR: &'static str = "modest";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["modest://"];
    type Store = SixOperations;

    fn make(_root: &Root, _config: &Config, _services: &Services) -> Result<SixOperations> {
        Ok(SixOperations::default())
    }
}

/// A store with these files, each with its path as content; a path that ends with `/` is an empty directory.
fn store(paths: &[&str]) -> StoreBox {
    let module = host::module!(Minimal);
    let (store, _log) = host::make(module, "minimal", "{}").expect("the flavor makes a store");
    for path in paths {
        match path.strip_suffix('/') {
            Some(directory) => from_abi(store.makedirs(directory.into())).expect(path),
            None => write(&store, path, b'w', path).expect(path),
        }
    }
    store
}

/// The whole tree, a directory with its `/`, in the order of the walk.
fn tree(store: &StoreBox) -> String {
    let matches = from_abi(store.glob("**".into())).expect("the pattern is well-formed");
    let entries = host::entries(matches, 100).into_iter().map(|entry| entry.expect("it can be read"));
    let slash = |entry: Entry| entry.name + if entry.kind == Kind::Directory { "/" } else { "" };
    entries.map(slash).collect::<Vec<_>>().join(" ")
}

fn glob(store: &StoreBox, pattern: &str) -> Vec<String> {
    let matches = from_abi(store.glob(pattern.into())).expect("the pattern is well-formed");
    let entries = host::entries(matches, 2).into_iter();
    entries.map(|entry| entry.map_or_else(|error| error.to_string(), |entry| entry.name)).collect()
}

fn copyfile(store: &StoreBox, source: &str, target: &str, overwrite: bool) -> Option<ErrorKind> {
    kind(from_abi(store.copyfile(source.into(), target.into(), overwrite)))
}

fn rename(store: &StoreBox, source: &str, target: &str, overwrite: bool) -> Option<ErrorKind> {
    kind(from_abi(store.rename(source.into(), target.into(), overwrite)))
}

fn walk(store: &StoreBox, top: &str, topdown: bool, max: u32) -> Vec<String> {
    let names =
        |entries: Vec<Entry>| entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>().join(",");
    let line =
        |visit: Visit| format!("{}: {} | {}", visit.directory, names(visit.directories), names(visit.files));
    let batches = from_abi(store.walk(top.into(), topdown, false)).expect("it begins");
    let visits = host::visits(batches, max).into_iter();
    visits.map(|visit| visit.map_or_else(|error| error.to_string(), line)).collect()
}

#[test]
fn exists_and_isdir_and_size() {
    let store = store(&["d/file", "empty/"]);
    for (path, exists, isdir) in [
        ("", true, true),
        ("d", true, true),
        ("empty", true, true),
        ("d/file", true, false),
        ("d/file/below", false, false),
        ("gone", false, false),
        ("gone/deep", false, false),
    ] {
        assert_eq!(from_abi(store.exists(path.into())), Ok(exists), "{path}");
        assert_eq!(from_abi(store.isdir(path.into())), Ok(isdir), "{path}");
    }
    assert_eq!(from_abi(store.size("d/file".into())), Ok(6));
    assert_eq!(kind(from_abi(store.size("d".into()))), Some(ErrorKind::IsADirectory));
    assert_eq!(kind(from_abi(store.size("gone".into()))), Some(ErrorKind::NotFound));
}

#[test]
fn makedirs_makes_parents_and_is_fine_with_a_directory() {
    let store = store(&["file"]);
    let makedirs = |path: &str| from_abi(store.makedirs(path.into()));
    for path in ["", "a/b/c", "a/b/c", "a"] {
        assert_eq!(makedirs(path), Ok(()), "{path}");
    }
    assert_eq!(tree(&store), "a/ a/b/ a/b/c/ file");
    assert_eq!(kind(makedirs("file")), Some(ErrorKind::AlreadyExists));
    let error = makedirs("file/x/y").expect_err("a file is no directory");
    assert_eq!(
        (error.kind(), error.operation(), error.path()),
        (ErrorKind::NotADirectory, "makedirs", "file")
    );
}

#[test]
fn copyfile_makes_parents_and_asks_before_it_replaces() {
    let store = store(&["a", "b", "d/"]);
    assert_eq!(copyfile(&store, "a", "x/y/a", false), None);
    assert_eq!(read(&store, "x/y/a").as_deref(), Ok("a"));
    for (source, target, overwrite, expected) in [
        ("gone", "c", true, Some(ErrorKind::NotFound)),
        ("d", "c", true, Some(ErrorKind::IsADirectory)),
        ("a", "d", true, Some(ErrorKind::IsADirectory)),
        ("a", "d", false, Some(ErrorKind::IsADirectory)),
        ("a", "b", false, Some(ErrorKind::AlreadyExists)),
        ("a", "a", false, Some(ErrorKind::AlreadyExists)),
        ("a", "a", true, None),
        ("a", "b", true, None),
    ] {
        assert_eq!(copyfile(&store, source, target, overwrite), expected, "{source} to {target}");
    }
    assert_eq!(tree(&store), "a b d/ x/ x/y/ x/y/a");
    assert_eq!(read(&store, "a").as_deref(), Ok("a"));
    assert_eq!(read(&store, "b").as_deref(), Ok("a"));
}

#[test]
fn an_error_names_the_side_it_is_about() {
    let store = store(&["a", "b"]);
    let path = |result: Result<()>| result.map_err(|error| format!("{} {}", error.operation(), error.path()));
    assert_eq!(path(from_abi(store.copyfile("a".into(), "b".into(), false))), Err("copyfile b".to_owned()));
    assert_eq!(path(from_abi(store.rename("a".into(), "b".into(), false))), Err("rename b".to_owned()));
    assert_eq!(path(from_abi(store.rename("gone".into(), "b".into(), true))), Err("rename gone".to_owned()));
}

#[test]
fn rename_moves_files_and_directories() {
    let store = store(&["a", "b", "run1/x", "run1/deep/y", "run1/none/", "run10/x"]);
    assert_eq!(rename(&store, "a", "new/a", false), None);
    assert_eq!(rename(&store, "new/a", "b", true), None);
    assert_eq!(read(&store, "b").as_deref(), Ok("a"));
    assert_eq!(rename(&store, "run1", "old/run", false), None);
    assert_eq!(
        tree(&store),
        "b new/ old/ old/run/ old/run/deep/ old/run/deep/y old/run/none/ old/run/x run10/ run10/x"
    );
    assert_eq!(read(&store, "old/run/deep/y").as_deref(), Ok("run1/deep/y"));
}

#[test]
fn a_rename_that_is_refused_changes_nothing() {
    let store = store(&["d/a", "e/b", "f"]);
    let before = tree(&store);
    for (source, target, overwrite, expected) in [
        ("gone", "x/y", true, Some(ErrorKind::NotFound)),
        ("f", "d/a", false, Some(ErrorKind::AlreadyExists)),
        ("f", "d", false, Some(ErrorKind::AlreadyExists)),
        ("f", "d", true, Some(ErrorKind::IsADirectory)),
        ("f", "f", false, Some(ErrorKind::AlreadyExists)),
        ("f", "f", true, None),
        ("d", "e", true, Some(ErrorKind::AlreadyExists)),
        ("d", "f", true, Some(ErrorKind::AlreadyExists)),
        ("d", "d", false, Some(ErrorKind::AlreadyExists)),
        ("d", "d", true, None),
        ("d", "d/below", true, Some(ErrorKind::InvalidArgument)),
        ("", "x", true, Some(ErrorKind::InvalidArgument)),
        ("d", "", true, Some(ErrorKind::InvalidArgument)),
    ] {
        assert_eq!(rename(&store, source, target, overwrite), expected, "{source} to {target}");
        assert_eq!(tree(&store), before, "{source} to {target}");
    }
}

#[test]
fn a_walk_goes_top_down_or_bottom_up_in_listing_order() {
    let store = store(&["a/x", "a-1/y", "a/b/z", "f", "none/"]);
    let topdown = [": a-1,a,none | f", "a-1:  | y", "a: b | x", "a/b:  | z", "none:  | "].map(str::to_owned);
    let bottomup = ["a-1:  | y", "a/b:  | z", "a: b | x", "none:  | ", ": a-1,a,none | f"].map(str::to_owned);
    for max in [0, 1, 3, 1000] {
        assert_eq!(walk(&store, "", true, max), topdown);
        assert_eq!(walk(&store, "", false, max), bottomup);
    }
    assert_eq!(walk(&store, "a", true, 1), topdown[2..4]);
}

#[test]
fn a_walk_tells_of_what_it_cannot_read_and_goes_on() {
    let store = store(&["a/locked/x", "a/z/y", "a/broken", "a/odd"]);
    let locked = "listdir `a/locked`: permission denied".to_owned();
    let broken = "listdir `a`: corrupt".to_owned();
    let above = "a: locked,z | odd".to_owned();
    let beside = "a/z:  | y".to_owned();
    let topdown = [above.clone(), broken.clone(), locked.clone(), beside.clone()];
    assert_eq!(walk(&store, "a", true, 1), topdown);
    assert_eq!(walk(&store, "a", false, 1), [broken, locked, beside, above]);
    assert_eq!(walk(&store, "gone", true, 1), ["listdir `gone`: not found"]);
    assert_eq!(walk(&store, "a/z/y", false, 1), ["listdir `a/z/y`: not a directory"]);
}

#[test]
fn a_glob_finds_what_matches_in_listing_order() {
    let store = store(&["a/x.md", "a/b/y.md", "a/b/c/z.md", "a-1/x.md", "a/.hidden.md", "a/[x]", "top.md"]);
    for (pattern, expected) in [
        ("*.md", vec!["top.md"]),
        ("*/*.md", vec!["a-1/x.md", "a/.hidden.md", "a/x.md"]),
        ("a/**/*.md", vec!["a/.hidden.md", "a/b/c/z.md", "a/b/y.md", "a/x.md"]),
        ("**/x.md", vec!["a-1/x.md", "a/x.md"]),
        ("a/b/**", vec!["a/b/c", "a/b/c/z.md", "a/b/y.md"]),
        ("a/?", vec!["a/b"]),
        ("a[-]1/[!a-w].md", vec!["a-1/x.md"]),
        ("a/[[]x]", vec!["a/[x]"]),
        ("a/b", vec!["a/b"]),
        ("a/gone", vec![]),
        ("gone/*", vec![]),
        ("top.md/*", vec![]),
        ("A/*", vec![]),
    ] {
        assert_eq!(glob(&store, pattern), expected, "{pattern}");
    }
    for pattern in ["a**", "[", "a/***"] {
        assert_eq!(kind(from_abi(store.glob(pattern.into()))), Some(ErrorKind::InvalidArgument), "{pattern}");
    }
}

#[test]
fn a_glob_tells_of_what_it_cannot_read_and_loses_no_match() {
    let store = store(&["a/locked/x", "a/z/broken", "a/z/y"]);
    assert_eq!(
        glob(&store, "a/**"),
        ["a/locked", "listdir `a/locked`: permission denied", "a/z", "a/z/y", "listdir `a/z`: corrupt"]
    );
    assert_eq!(glob(&store, "a/*"), ["a/locked", "a/z"]);
    assert_eq!(kind(from_abi(store.glob("a/locked/*".into()))), Some(ErrorKind::PermissionDenied));
}

#[test]
fn a_listing_crosses_as_it_is_whatever_the_size_of_its_batches() {
    let store = store(&["d/sub/", "d/ü b\nc", "d/odd", "d/broken", "d/a"]);
    for max in [0, 1, 2, 4, 5, 1000] {
        let batches = from_abi(store.listdir("d".into(), true)).expect("it is a directory");
        let found = host::entries(batches, max);
        let time = Some(UNIX_EPOCH + Duration::from_nanos(7));
        let error = Error::from(ErrorKind::Corrupt).with_operation("listdir").with_path("d");
        assert_eq!(
            found,
            [
                Ok(Entry::file("a", 3).with_modified(time)),
                Ok(Entry::new("odd", Kind::Other)),
                Ok(Entry::directory("sub")),
                Ok(Entry::file("ü b\nc", 8).with_modified(time)),
                Err(error),
            ]
        );
    }
    let empty = from_abi(store.listdir("d/sub".into(), false)).expect("it is a directory");
    assert!(host::entries(empty, 10).is_empty());
}

#[test]
fn what_is_not_claimed_is_unsupported_and_changes_nothing() {
    let (store, _log) = host::make(host::module!(Modest), "modest", "{}").expect("the flavor makes a store");
    write(&store, "a", b'w', "a").expect("writing is claimed");
    let refused = [
        copyfile(&store, "a", "b", true),
        rename(&store, "a", "b", true),
        kind(from_abi(store.mkdir("d".into()))),
        kind(from_abi(store.makedirs("d/e".into()))),
        kind(write(&store, "a", b'a', "more")),
        kind(write(&store, "b", b'x', "new")),
    ];
    assert_eq!(refused, [Some(ErrorKind::Unsupported); 6]);
    assert_eq!(tree(&store), "a");
    assert_eq!(read(&store, "a").as_deref(), Ok("a"));
    from_abi(store.remove("a".into())).expect("removing is a part of writing");
}
