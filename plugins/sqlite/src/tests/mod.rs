//! Tests of whole stores, and what they share: a directory that goes away, a store in it, and short ways to use it.

mod atomicity;
mod database;
mod foreign;
mod processes;
mod reading;
mod speed;
mod tree;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use larder_plugin_api::{
    ArtifactStore, Config, Detail, ErrorKind, Flavor, OpenMode, Opened, Reader, Result, Root, Services,
    StorePath, Writer,
};

use crate::{Sqlite, SqliteStore};

/// A directory for one test.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("larder-sqlite-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).expect("the temporary directory can be written");
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("artifacts.db")
    }

    fn store(&self) -> SqliteStore {
        store(&self.file(), "{}")
    }

    /// The names of the files in the directory.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("the directory is there");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn store(file: &Path, config: &str) -> SqliteStore {
    let root = Root::parse(&format!("sqlite://{}", file.display())).expect("the test gives a root");
    let config = Config::from_json(Sqlite::CONFIG, config).expect("the test gives a config");
    Sqlite::make(&root, &config, &Services::detached()).expect("a store can be made")
}

fn path(text: &str) -> StorePath<'_> {
    StorePath::new(text).expect("the test gives a normalised path")
}

fn writer(store: &SqliteStore, at: &str, mode: OpenMode) -> Result<Box<dyn Writer>> {
    match store.open(path(at), mode)? {
        Opened::Writer(writer) => Ok(writer),
        Opened::Reader(_) => panic!("mode {mode:?} gives a writer"),
    }
}

fn reader(store: &SqliteStore, at: &str) -> Box<dyn Reader> {
    match store.open(path(at), OpenMode::Read).expect("the file is there") {
        Opened::Reader(reader) => reader,
        Opened::Writer(_) => panic!("mode r gives a reader"),
    }
}

fn put(store: &SqliteStore, at: &str, mode: OpenMode, data: &[u8]) -> Result<()> {
    let mut writer = writer(store, at, mode)?;
    writer.write(data)?;
    writer.close()
}

fn rest(reader: &mut dyn Reader) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    let mut piece = vec![0; 100_000];
    loop {
        match reader.read(&mut piece)? {
            0 => return Ok(data),
            count => data.extend_from_slice(&piece[..count]),
        }
    }
}

fn get(store: &SqliteStore, at: &str) -> Vec<u8> {
    rest(&mut *reader(store, at)).expect("the file can be read")
}

fn text(store: &SqliteStore, at: &str) -> String {
    String::from_utf8(get(store, at)).expect("the test wrote text")
}

fn names(store: &SqliteStore, at: &str) -> Vec<String> {
    let entries = store.listdir(path(at), Detail::Kind).expect("it is a directory");
    // A listing needs no store to go on; the one here is not asked.
    let unused: std::sync::Arc<dyn ArtifactStore> =
        std::sync::Arc::new(SqliteStore { database: store.database.clone() });
    let items = entries.iterate(&unused).expect("the listing begins");
    items.map(|entry| entry.expect("the entry can be read").name).collect()
}

fn kind<T>(result: Result<T>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

/// So many bytes that no two places look alike.
fn bytes(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let mut data: Vec<u8> = (0..count.div_ceil(8)).flat_map(|_| next()).collect();
    data.truncate(count);
    data
}

/// Rows of a table, counted on a connection of the test's own.
fn rows(file: &Path, table: &str) -> i64 {
    let connection = rusqlite::Connection::open(file).expect("the database can be opened");
    let count = format!("SELECT count(*) FROM {table}");
    connection.query_row(&count, [], |row| row.get(0)).expect("the table is there")
}
