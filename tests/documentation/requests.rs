//! How many requests an operation makes, counted by a proxy in front of the server.

use std::collections::BTreeMap;
use std::thread;

use larder::{Host, NewStore, RegisterFlavor, Store};
use larder_plugin_api::{Detail, OpenMode, WalkOptions};
use larder_tests::fault_proxy::{FaultProxy, Recorded};
use larder_tests::servers::{Kind, Server};
use larder_tests::{TestHome, library};

use crate::page::{assert_says, table};

const BUCKET: &str = "counted";

/// A file of three parts.
const LARGE: usize = 20 << 20;

/// A file, and nothing more to say of it.
const SMALL: &[u8] = b"four";

/// An operation, on what it is done, and what is there before.
struct Row {
    operation: &'static str,
    before: fn(&Store),
    measured: fn(&Store),
    config: &'static [(&'static str, &'static str)],
}

const fn row(operation: &'static str, before: fn(&Store), measured: fn(&Store)) -> Row {
    Row { operation, before, measured, config: &[] }
}

const fn row_with(
    config: &'static [(&'static str, &'static str)],
    operation: &'static str,
    before: fn(&Store),
    measured: fn(&Store),
) -> Row {
    Row { operation, before, measured, config }
}

fn write(store: &Store, path: &str, content: &[u8], mode: OpenMode) {
    let mut writer = store.writer(path, mode).expect("it can be opened");
    writer.write(content).expect("it can be written");
    writer.close().expect("it can be closed");
}

fn put(store: &Store, path: &str) {
    write(store, path, SMALL, OpenMode::Write);
}

fn nothing(_: &Store) {}

fn a_file(store: &Store) {
    put(store, "a/b/file");
}

fn a_large_file(store: &Store) {
    write(store, "large", &vec![1; LARGE], OpenMode::Write);
}

/// Three directories, each with a file and one with a directory of its own.
fn a_tree(store: &Store) {
    for path in ["x/1.txt", "y/2.txt", "z/3.txt", "z/deep/4.txt"] {
        put(store, path);
    }
}

fn a_thousand_and_one(store: &Store) {
    thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for number in (0..1001).filter(|number| number % 8 == thread) {
                    put(store, &format!("many/{number:04}"));
                }
            });
        }
    });
}

fn read(store: &Store, path: &str) {
    let mut reader = store.reader(path).expect("it can be opened");
    let mut piece = vec![0; 1 << 20];
    while reader.read(&mut piece).expect("it can be read") > 0 {}
}

fn list(store: &Store, path: &str) {
    store
        .listdir(path, Detail::Full)
        .expect("it can be listed")
        .for_each(|entry| drop(entry.expect("an entry")));
}

fn glob(store: &Store, pattern: &str) {
    store.glob(pattern).expect("it is a pattern").for_each(|entry| drop(entry.expect("an entry")));
}

const ROWS: &[Row] = &[
    row("`exists`, `stat` of a file", a_file, |store| drop(store.stat("a/b/file").expect("it is there"))),
    row("`exists`, `stat` of a directory, or of nothing", a_file, |store| {
        assert!(store.exists("a/b").expect("it answers"));
    }),
    row("`isdir`", a_file, |store| assert!(store.isdir("a/b").expect("it answers"))),
    row("`size`", a_file, |store| assert_eq!(store.size("a/b/file"), Ok(4))),
    row("read a file of up to 8 MiB", a_file, |store| read(store, "a/b/file")),
    row("read a file of 20 MiB", a_large_file, |store| read(store, "large")),
    row("open a file, read one range of it", a_large_file, |store| {
        let mut reader = store.reader("large").expect("it can be opened");
        reader.read_at(9 << 20, &mut [0; 4096]).expect("it can be read");
    }),
    row("write a small file, `a/b/file`", nothing, |store| put(store, "a/b/file")),
    row("write two small files in `a/b`, within 5 s", nothing, |store| {
        put(store, "a/b/file");
        put(store, "a/b/other");
    }),
    row_with(&[("strict_paths", "false")], "write a small file, `strict_paths=false`", nothing, |store| {
        put(store, "a/b/file");
    }),
    row("write a small file, mode `x`", nothing, |store| {
        write(store, "a/b/file", SMALL, OpenMode::Exclusive);
    }),
    row("write a file of 20 MiB, `large`", nothing, a_large_file),
    row("append to a small file", a_file, |store| write(store, "a/b/file", SMALL, OpenMode::Append)),
    row("append to a file of 20 MiB, `large`", a_large_file, |store| {
        write(store, "large", SMALL, OpenMode::Append);
    }),
    row("`listdir` of up to 1,000 entries", a_tree, |store| list(store, "")),
    row("`listdir` of 1,001 entries", a_thousand_and_one, |store| list(store, "many")),
    row("`walk` of four directories", a_tree, |store| {
        let walk = store.walk("", WalkOptions::default()).expect("it begins");
        walk.for_each(|visit| drop(visit.expect("a visit")));
    }),
    row("`glob` of `**/*.txt`", a_tree, |store| glob(store, "**/*.txt")),
    row("`glob` of `*/*.txt`, three directories", a_tree, |store| glob(store, "*/*.txt")),
    row("`copyfile` to `a/b/copy`", a_file, |store| {
        store.copyfile("a/b/file", "a/b/copy", true).expect("it is copied");
    }),
    row("`copyfile`, `overwrite = false`", a_file, |store| {
        store.copyfile("a/b/file", "a/b/copy", false).expect("it is copied");
    }),
    row("`rename` to `a/b/new`", a_file, |store| {
        store.rename("a/b/file", "a/b/new", true).expect("it is renamed");
    }),
    row(
        "`rename` of a directory with four files, to `new`",
        |store| {
            for path in ["d/1", "d/2", "d/3", "d/4"] {
                put(store, path);
            }
        },
        |store| store.rename("d", "new", false).expect("it is renamed"),
    ),
    row("`remove`", a_file, |store| store.remove("a/b/file").expect("it is removed")),
    row("`rmtree` of up to 1,000 files", a_tree, |store| store.rmtree("z").expect("it is removed")),
    row("`rmtree` of 1,001 files", a_thousand_and_one, |store| store.rmtree("many").expect("it is removed")),
    row("`mkdir` of `d`", nothing, |store| store.mkdir("d").expect("it is made")),
    row("`makedirs` of `a/b/c`", nothing, |store| store.makedirs("a/b/c").expect("it is made")),
];

/// Stores of one flavor on one server, directly and through the proxy.
struct Counting {
    flavor: &'static str,
    host: Host,
    server: Server,
    proxy: FaultProxy,
    class: fn(&str, &str, &str) -> &'static str,
    _home: TestHome,
}

impl Counting {
    fn store(&self, name: &str, number: usize, is_counted: bool, more: &[(&str, &str)]) -> Store {
        let address = if is_counted { self.proxy.address() } else { self.server.address() };
        let more = more.iter().chain(&[("allow_http", "true")]);
        let more = more.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let new = NewStore {
            name: format!("{name}-{number}"),
            flavor: self.flavor.to_owned(),
            root: format!("{}/{number}", self.server.root(BUCKET)),
            config: self.server.config_through(address).into_iter().chain(more).collect(),
            ..NewStore::default()
        };
        self.host.register_store(&new).expect("it is registered");
        self.host.store(&new.name).expect("it is made")
    }

    fn count(&self, number: usize, row: &Row) -> String {
        (row.before)(&self.store("before", number, false, &[("strict_paths", "false")]));
        let store = self.store("counted", number, true, row.config);
        self.proxy.clear();
        (row.measured)(&store);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for Recorded { method, target, .. } in self.proxy.requests() {
            let (path, query) = target.split_once('?').unwrap_or((&target, ""));
            *counts.entry((self.class)(&method, path, query)).or_default() += 1;
        }
        counts.iter().map(|(class, count)| format!("{count} {class}")).collect::<Vec<_>>().join(", ")
    }
}

#[track_caller]
fn assert_counts(flavor: &'static str, kind: Kind, class: fn(&str, &str, &str) -> &'static str) {
    let server = match Server::start(kind) {
        Ok(server) => server,
        Err(reason) => return eprintln!("skipped: {reason}"),
    };
    server.make_bucket(BUCKET);
    let home = TestHome::new();
    let host = home.host();
    host.register_flavor(&library(flavor), RegisterFlavor::default()).expect("it is taken");
    let proxy = FaultProxy::start(server.address());
    let counting = Counting { flavor, host, server, proxy, class, _home: home };
    let rows = ROWS.iter().enumerate();
    let rows = rows.map(|(number, row)| [row.operation.to_owned(), counting.count(number, row)]);
    assert_says(flavor, "requests", &table(["operation", "requests"], rows));
}

fn of_s3(method: &str, _path: &str, query: &str) -> &'static str {
    let has = |part: &str| query.contains(part);
    match method {
        "GET" if has("list-type") => "LIST",
        "POST" if has("delete") => "bulk DELETE",
        "POST" if has("uploads") => "create upload",
        "POST" => "complete upload",
        "PUT" if has("partNumber") => "PUT of a part",
        "PUT" => "PUT",
        "GET" => "GET",
        "HEAD" => "HEAD",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

fn of_gcs(method: &str, path: &str, query: &str) -> &'static str {
    let has = |part: &str| query.contains(part);
    match method {
        "GET" if path.ends_with("/o") => "LIST",
        "GET" if has("alt=media") => "GET",
        "GET" if path.contains("/o/") => "GET of the metadata",
        "GET" => "GET",
        "POST" if path.contains("/batch") => "bulk DELETE",
        "POST" if path.contains("/rewriteTo/") || path.contains("/copyTo/") => "copy",
        "POST" if has("uploads") => "create upload",
        "POST" if has("uploadId") => "complete upload",
        "POST" => "insert",
        "PUT" if has("partNumber") => "PUT of a part",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

fn of_azure(method: &str, _path: &str, query: &str) -> &'static str {
    let has = |part: &str| query.contains(part);
    match method {
        "GET" if has("comp=list") => "LIST",
        "POST" if has("comp=batch") => "bulk DELETE",
        "PUT" if has("comp=blocklist") => "PUT of the list of blocks",
        "PUT" if has("comp=block") => "PUT of a block",
        "PUT" => "PUT",
        "GET" => "GET",
        "HEAD" => "HEAD",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

#[test]
fn the_page_of_s3_counts_requests_as_they_are_made() {
    assert_counts("s3", Kind::Moto, of_s3);
}

#[test]
fn the_page_of_gcs_counts_requests_as_they_are_made() {
    assert_counts("gcs", Kind::FakeGcs, of_gcs);
}

#[test]
fn the_page_of_azure_counts_requests_as_they_are_made() {
    assert_counts("azure", Kind::Azurite, of_azure);
}
