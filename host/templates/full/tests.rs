//! What is special to this flavor. That it keeps the contract is found out by `tests/check.rs`.

use std::fs;
use std::sync::Arc;

use larder_plugin_api::prelude::*;

use crate::session::PRIVATE;
use crate::store::DirectoryStore;
use crate::{DirectoryFlavor, SCHEME};

/// A fresh directory, which goes when the test ends.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a fresh directory"))
    }

    /// A store in it.
    fn store(&self, config: &str) -> DirectoryStore {
        let root = format!("{SCHEME}{}", self.0.path().display());
        make(&root, config).expect("the store can be made")
    }

    /// Makes the store ask for a token.
    fn ask_for(&self, token: &str) {
        let private = self.0.path().join(PRIVATE);
        fs::create_dir_all(&private).expect("a directory");
        fs::write(private.join("token"), format!("{token}\n")).expect("a file");
    }
}

fn make(root: &str, config: &str) -> Result<DirectoryStore> {
    let config = Config::from_json(DirectoryFlavor::CONFIG, config)?;
    DirectoryFlavor::make(&Root::parse(root)?, &config, &Services::detached())
}

fn path(text: &str) -> StorePath<'_> {
    StorePath::new(text).expect("the test gives a normalised path")
}

fn put(store: &DirectoryStore, at: &str, mode: OpenMode, data: &str) -> Result<()> {
    let Opened::Writer(mut writer) = store.open(path(at), mode)? else {
        panic!("{mode:?} gives a writer")
    };
    writer.write(data.as_bytes())?;
    writer.close()
}

fn read(store: &DirectoryStore, at: &str) -> String {
    let opened = store
        .open(path(at), OpenMode::Read)
        .expect("the file is there");
    let Opened::Reader(mut reader) = opened else {
        panic!("mode r gives a reader")
    };
    let mut data = vec![0; 100];
    let count = reader.read_at(0, &mut data).expect("the file can be read");
    String::from_utf8(data[..count].to_vec()).expect("the tests write text")
}

#[test]
fn a_token_is_asked_for_at_the_first_operation() {
    let place = Place::new();
    place.ask_for("open sesame");
    for (config, message) in [
        ("{}", "the store asks for a `token`"),
        (r#"{"token": "hush"}"#, "the store asks for another `token`"),
    ] {
        let error = place
            .store(config)
            .stat(path("f"))
            .expect_err("the token is wrong");
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Unauthenticated, message)
        );
    }
    put(
        &place.store(r#"{"token": "open sesame"}"#),
        "f",
        OpenMode::Write,
        "in",
    )
    .expect("the token is right");
}

#[test]
fn a_config_is_refused_with_its_key() {
    for (config, message) in [
        (
            r#"{"durability": "eternal"}"#,
            "config key `durability`: expected one of fast, synced",
        ),
        (
            r#"{"buffer": "1KiB"}"#,
            "config key `buffer`: expected a number of bytes from 4KiB to 64MiB",
        ),
    ] {
        let error = make(&format!("{SCHEME}/data"), config)
            .map(drop)
            .expect_err(config);
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::InvalidArgument, message)
        );
    }
    for root in [SCHEME.to_owned(), format!("{SCHEME}data/artifacts")] {
        let error = make(&root, "{}").map(drop).expect_err(&root);
        assert_eq!(error.kind(), ErrorKind::InvalidPath);
    }
}

#[test]
fn durable_is_claimed_by_a_store_that_syncs() {
    let place = Place::new();
    let claims = |config| {
        place
            .store(config)
            .capabilities()
            .expect("a list")
            .contains(&Capability::Durable)
    };
    assert!(claims(r#"{"durability": "synced"}"#));
    assert!(!claims("{}"));
}

#[test]
fn appends_that_overlap_are_all_kept() {
    let place = Place::new();
    let store = place.store(r#"{"durability": "synced"}"#);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                put(&store, "logs/log", OpenMode::Append, "line\n").expect("it can be appended");
            });
        }
    });
    assert_eq!(read(&store, "logs/log"), "line\n".repeat(8));
}

#[test]
fn what_the_store_keeps_for_itself_is_not_listed_and_not_removed() {
    let place = Place::new();
    place.ask_for("open sesame");
    let store = place.store(r#"{"token": "open sesame"}"#);
    put(&store, "d/f", OpenMode::Write, "data").expect("a file can be written");
    store
        .rmtree(StorePath::ROOT)
        .expect("the root can be emptied");
    assert!(place.0.path().join(PRIVATE).join("token").exists());
    let entries = store
        .listdir(StorePath::ROOT, Detail::Full)
        .expect("the root can be listed");
    let store: Arc<dyn ArtifactStore> = Arc::new(store);
    assert_eq!(entries.iterate(&store).expect("a listing").count(), 0);
}

#[test]
fn a_link_leads_nowhere() {
    let place = Place::new();
    let store = place.store("{}");
    std::os::unix::fs::symlink("/", place.0.path().join("link")).expect("a link");
    let error = store
        .stat(path("link/etc"))
        .expect_err("it leads out of the root");
    assert_eq!(error.kind(), ErrorKind::OutOfBounds);
}
