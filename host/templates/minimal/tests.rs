//! What is special to this flavor. That it keeps the contract is the matter of `larder flavor check`.

use super::*;

/// A store in a fresh directory, which goes when the test ends.
fn store() -> (tempfile::TempDir, DirectoryStore) {
    let directory = tempfile::tempdir().expect("a fresh directory");
    let root = format!("{SCHEME}{}", directory.path().display());
    let root = Root::parse(&root).expect("the test gives a root");
    let config = Config::from_json(DirectoryFlavor::CONFIG, "{}").expect("no key is required");
    let store = DirectoryFlavor::make(&root, &config, &Services::detached());
    (directory, store.expect("the directory can be used"))
}

fn path(text: &str) -> StorePath<'_> {
    StorePath::new(text).expect("the test gives a normalised path")
}

fn writer(store: &DirectoryStore, at: &str, mode: OpenMode) -> Result<Box<dyn Writer>> {
    match store.open(path(at), mode)? {
        Opened::Writer(writer) => Ok(writer),
        Opened::Reader(_) => panic!("{mode:?} gives a writer"),
    }
}

#[test]
fn a_file_is_there_when_its_writer_is_closed_and_not_before() {
    let (_directory, store) = store();
    let mut file = writer(&store, "runs/7/model.bin", OpenMode::Write).expect("it can be opened");
    file.write(b"weights").expect("the disk takes it");
    assert_eq!(store.exists(path("runs")), Ok(false));
    file.close().expect("the disk takes it");
    assert_eq!(store.size(path("runs/7/model.bin")), Ok(7));
}

#[test]
fn of_two_exclusive_writers_one_succeeds() {
    let (_directory, store) = store();
    let writers = [(); 2].map(|()| writer(&store, "f", OpenMode::Exclusive).expect("it is free"));
    let closed = writers.map(|writer| writer.close().map_err(|error| error.kind()));
    assert_eq!(closed, [Ok(()), Err(ErrorKind::AlreadyExists)]);
}

#[test]
fn what_is_not_written_to_its_end_is_not_listed() {
    let (_directory, store) = store();
    let _open = writer(&store, "f", OpenMode::Write).expect("it can be opened");
    let entries = store
        .listdir(StorePath::ROOT, Detail::Kind)
        .expect("the root can be listed");
    let store: std::sync::Arc<dyn ArtifactStore> = std::sync::Arc::new(store);
    assert_eq!(entries.iterate(&store).expect("a listing").count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_text_is_an_error_of_the_listing() {
    use std::os::unix::ffi::OsStrExt as _;
    let (directory, store) = store();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    fs::write(directory.path().join(name), "data").expect("a file");
    let entries = store
        .listdir(StorePath::ROOT, Detail::Kind)
        .expect("the root can be listed");
    let store: std::sync::Arc<dyn ArtifactStore> = std::sync::Arc::new(store);
    let kinds: Vec<_> = entries
        .iterate(&store)
        .expect("a listing")
        .map(|entry| entry.map_err(|error| error.kind()))
        .collect();
    assert_eq!(kinds, [Err(ErrorKind::InvalidPath)]);
}

#[cfg(unix)]
#[test]
fn a_link_leads_nowhere() {
    let (directory, store) = store();
    std::os::unix::fs::symlink("/", directory.path().join("link")).expect("a link");
    let error = store
        .stat(path("link/etc"))
        .expect_err("it leads out of the root");
    assert_eq!(error.kind(), ErrorKind::OutOfBounds);
}

#[test]
fn a_root_without_a_directory_is_refused() {
    for text in [SCHEME.to_owned(), format!("{SCHEME}data/artifacts")] {
        let root = Root::parse(&text).expect("it is a URI");
        let config = Config::from_json(DirectoryFlavor::CONFIG, "{}").expect("no key is required");
        let error = DirectoryFlavor::validate(&root, &config).expect_err(&text);
        assert_eq!(error.kind(), ErrorKind::InvalidPath);
    }
}
