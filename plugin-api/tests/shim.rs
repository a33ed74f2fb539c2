//! The shim around a flavor: a panic anywhere in its code becomes an error, and poisons the store it happened in.

mod host;

use larder_plugin_api::abi::abi_stable::std_types::{RSlice, RSliceMut};
use larder_plugin_api::abi::error::from_abi;
use larder_plugin_api::abi::store::{RemovalFields, StoreBox};
use larder_plugin_api::abi::stream::{OpenFields, ReaderBox};
use larder_plugin_api::{
    ArtifactStore, Capability, Config, ConfigKey, Detail, Entries, Entry, Error, ErrorKind, Flavor, Identity,
    OpenMode, Opened, Reader, Removal, Result, Root, SeekFrom, Services, Stat, StorePath, Visit, Walk,
    WalkOptions, Writer,
};

use host::{Log, reader, writer};

/// A flavor that panics in the places that the config key `at` names, and does nothing else.
struct Panicky;

impl Flavor for Panicky {
    const FLAVOR: &'static str = "panicky";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["panicky://"];
    const CAPABILITIES: &'static [Capability] = Capability::ALL;
    const CONFIG: &'static [ConfigKey] = &[ConfigKey::text("at").default("")];
    type Store = At;

    fn validate(_root: &Root, config: &Config) -> Result<()> {
        At::new(config).panic_at("validate");
        Ok(())
    }

    fn make(_root: &Root, config: &Config, _services: &Services) -> Result<At> {
        let at = At::new(config);
        at.panic_at("make");
        Ok(at)
    }
}

/// The places that panic; as a store, as a reader, as a writer.
#[derive(Clone)]
struct At(Vec<String>);

impl At {
    fn new(config: &Config) -> Self {
        Self(config.text("at").unwrap_or_default().split(' ').map(str::to_owned).collect())
    }

    fn panic_at(&self, place: &str) {
        assert!(!self.0.iter().any(|at| at == place), "panic in {place}");
    }
}

impl ArtifactStore for At {
    fn open(&self, _path: StorePath, mode: OpenMode) -> Result<Opened> {
        self.panic_at("open");
        Ok(match mode {
            OpenMode::Read => Opened::reader(ReaderAt(self.clone())),
            _ => Opened::writer(WriterAt(self.clone())),
        })
    }

    fn copyfile(&self, _source: StorePath, _target: StorePath, _overwrite: bool) -> Result<()> {
        self.panic_at("copyfile");
        Ok(())
    }

    fn exists(&self, _path: StorePath) -> Result<bool> {
        self.panic_at("exists");
        if self.0.iter().any(|at| at == "payload") {
            std::panic::panic_any(Payload);
        }
        Ok(true)
    }

    fn glob(&self, _pattern: &str) -> Result<Entries> {
        self.panic_at("glob");
        Ok(Entries::streaming(Items::<Entry>::new(self, Entry::file("f", 1))))
    }

    fn isdir(&self, _path: StorePath) -> Result<bool> {
        self.panic_at("isdir");
        Ok(true)
    }

    fn listdir(&self, _path: StorePath, _detail: Detail) -> Result<Entries> {
        self.panic_at("listdir");
        Ok(Entries::streaming(Items::new(self, Entry::file("f", 1))))
    }

    fn makedirs(&self, _path: StorePath) -> Result<()> {
        self.panic_at("makedirs");
        Ok(())
    }

    fn mkdir(&self, _path: StorePath) -> Result<()> {
        self.panic_at("mkdir");
        Ok(())
    }

    fn remove(&self, _path: StorePath) -> Result<()> {
        self.panic_at("remove");
        Ok(())
    }

    fn remove_directory(&self, _path: StorePath) -> Result<()> {
        self.panic_at("remove_directory");
        Ok(())
    }

    fn remove_many(&self, files: &[Removal<'_>]) -> Result<Vec<Result<()>>> {
        self.panic_at("remove_many");
        Ok(files.iter().map(|_| Ok(())).collect())
    }

    fn identity(&self, _path: StorePath) -> Result<Option<Identity>> {
        self.panic_at("identity");
        Ok(None)
    }

    fn stat_key(&self, _key: &str) -> Result<Stat> {
        self.panic_at("stat_key");
        Ok(Stat::file(0))
    }

    fn remove_key(&self, _key: &str, _etag: Option<&str>) -> Result<()> {
        self.panic_at("remove_key");
        Ok(())
    }

    fn copy_key(&self, _key: &str, _target: StorePath, _overwrite: bool) -> Result<()> {
        self.panic_at("copy_key");
        Ok(())
    }

    fn rename(&self, _source: StorePath, _target: StorePath, _overwrite: bool) -> Result<()> {
        self.panic_at("rename");
        Ok(())
    }

    fn rmtree(&self, _path: StorePath) -> Result<()> {
        self.panic_at("rmtree");
        Ok(())
    }

    fn stat(&self, _path: StorePath) -> Result<Stat> {
        self.panic_at("stat");
        Ok(Stat::directory())
    }

    fn size(&self, _path: StorePath) -> Result<u64> {
        self.panic_at("size");
        Ok(0)
    }

    fn walk(&self, _top: StorePath, _options: WalkOptions) -> Result<Walk> {
        self.panic_at("walk");
        Ok(Walk::streaming(Items::new(self, Visit::default())))
    }

    fn capabilities(&self) -> Option<Vec<Capability>> {
        self.panic_at("capabilities");
        None
    }

    fn extension(&self, _id: &str, _request: &[u8]) -> Result<Vec<u8>> {
        self.panic_at("extension");
        Ok(Vec::new())
    }
}

impl Drop for At {
    fn drop(&mut self) {
        self.panic_at("drop");
    }
}

struct ReaderAt(At);

impl Reader for ReaderAt {
    fn read(&mut self, _buffer: &mut [u8]) -> Result<usize> {
        self.0.panic_at("read");
        Ok(0)
    }

    fn seek(&mut self, _to: SeekFrom) -> Result<u64> {
        self.0.panic_at("seek");
        Ok(0)
    }

    fn size(&mut self) -> Result<u64> {
        self.0.panic_at("size");
        Ok(0)
    }

    fn read_at(&mut self, _offset: u64, _buffer: &mut [u8]) -> Result<usize> {
        self.0.panic_at("read_at");
        Ok(0)
    }
}

impl Drop for ReaderAt {
    fn drop(&mut self) {
        self.0.panic_at("drop_reader");
    }
}

struct WriterAt(At);

impl Writer for WriterAt {
    fn write(&mut self, _data: &[u8]) -> Result<()> {
        self.0.panic_at("write");
        if self.0.0.iter().any(|at| at == "fail") {
            return Err(ErrorKind::NoSpace.into());
        }
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.0.panic_at("close");
        Ok(())
    }
}

impl Drop for WriterAt {
    fn drop(&mut self) {
        self.0.panic_at("drop_writer");
    }
}

/// One item, then a panic if `next` is among the places.
struct Items<T> {
    at: At,
    item: Option<T>,
}

impl<T> Items<T> {
    fn new(at: &At, item: T) -> Self {
        Self { at: at.clone(), item: Some(item) }
    }
}

impl<T> Iterator for Items<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.item.take();
        if item.is_none() {
            self.at.panic_at("next");
        }
        item.map(Ok)
    }
}

impl<T> Drop for Items<T> {
    fn drop(&mut self) {
        self.at.panic_at("drop_items");
    }
}

/// A payload of a panic that panics when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        panic!("panic in the payload of a panic");
    }
}

fn make(at: &str) -> (StoreBox, Log) {
    let module = host::module!(Panicky);
    host::make(module, "panicky", &format!(r#"{{"at": "{at}"}}"#)).expect("the flavor makes a store")
}

fn log(log: &Log) -> Vec<String> {
    log.lock().expect("no test panics in the log").clone()
}

/// The error is that of a panic in `place`, and says where in this file.
fn assert_panicked(error: &Error, operation: &str, path: &str, place: &str) {
    assert_eq!(error.kind(), ErrorKind::Panicked, "{place}");
    assert_eq!((error.operation(), error.path()), (operation, path), "{place}");
    let start = format!("panic in {place} at ");
    assert!(error.message().starts_with(&start), "{}", error.message());
    assert!(error.message().contains("shim.rs:"), "{}", error.message());
    assert!(!error.is_retryable());
}

fn assert_poisoned(store: &StoreBox, place: &str) {
    let error = from_abi(store.isdir("d".into())).expect_err(place);
    assert_eq!(error.kind(), ErrorKind::Panicked, "{place}");
    assert_eq!(error.message(), "this store panicked before and answers nothing since", "{place}");
}

type Call = fn(&StoreBox) -> Option<Error>;

fn failed<T>(result: Result<T>) -> Option<Error> {
    result.err()
}

/// Every slot of the vtable that takes a path, under its name.
const SLOTS: &[(&str, Call)] = &[
    ("open", |store| failed(from_abi(store.open("p".into(), OpenFields::of_mode(b'r'))))),
    ("copyfile", |store| failed(from_abi(store.copyfile("p".into(), "q".into(), true)))),
    ("exists", |store| failed(from_abi(store.exists("p".into())))),
    ("glob", |store| failed(from_abi(store.glob("p".into())))),
    ("isdir", |store| failed(from_abi(store.isdir("p".into())))),
    ("listdir", |store| failed(from_abi(store.listdir("p".into(), false)))),
    ("makedirs", |store| failed(from_abi(store.makedirs("p".into())))),
    ("mkdir", |store| failed(from_abi(store.mkdir("p".into())))),
    ("remove", |store| failed(from_abi(store.remove("p".into())))),
    ("remove_directory", |store| failed(from_abi(store.remove_directory("p".into())))),
    ("identity", |store| failed(from_abi(store.identity("p".into())))),
    ("stat_key", |store| failed(from_abi(store.stat_key("p".into())))),
    ("remove_key", |store| failed(from_abi(store.remove_key("p".into(), None.into())))),
    ("copy_key", |store| failed(from_abi(store.copy_key("p".into(), "q".into(), true)))),
    ("rename", |store| failed(from_abi(store.rename("p".into(), "q".into(), true)))),
    ("rmtree", |store| failed(from_abi(store.rmtree("p".into())))),
    ("stat", |store| failed(from_abi(store.stat("p".into())))),
    ("size", |store| failed(from_abi(store.size("p".into())))),
    ("walk", |store| failed(from_abi(store.walk("p".into(), true, false)))),
    ("extension", |store| failed(from_abi(store.extension("p".into(), RSlice::EMPTY)))),
];

#[test]
fn a_panic_in_an_operation_is_an_error_and_poisons_that_store_only() {
    for (place, call) in SLOTS {
        let (store, _log) = make(place);
        let (other, _log) = make("");
        assert_panicked(&call(&store).expect(place), place, "p", place);
        assert_poisoned(&store, place);
        assert!(call(&other).is_none(), "{place}");
    }
}

#[test]
fn a_panic_in_the_removal_of_many_is_an_error_of_the_call() {
    let (store, _log) = make("remove_many");
    let files = [RemovalFields { path: "p".into(), etag: None.into() }];
    let error = from_abi(store.remove_many(RSlice::from_slice(&files))).expect_err("it panics");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Panicked, "remove_many"));
    assert_poisoned(&store, "remove_many");
}

#[test]
fn a_panic_in_the_capabilities_is_an_error() {
    let (store, _log) = make("capabilities");
    let error = from_abi(store.capabilities()).expect_err("it panics");
    assert_panicked(&error, "capabilities", "", "capabilities");
    assert_poisoned(&store, "capabilities");
}

#[test]
fn a_panic_in_make_or_validate_is_an_error_and_spares_the_library() {
    let module = host::module!(Panicky);
    let error = host::make(module, "panicky", r#"{"at": "make"}"#).err().expect("it panics");
    assert_panicked(&error, "make", "", "make");
    let validate =
        |config: &str| from_abi(module.validate()("panicky".into(), "panicky://root".into(), config.into()));
    assert_panicked(&validate(r#"{"at": "validate"}"#).expect_err("it panics"), "validate", "", "validate");
    assert_eq!(validate("{}"), Ok(()));
}

#[test]
fn a_panic_in_a_reader_is_an_error_and_poisons_the_store() {
    type Call = fn(&mut ReaderBox) -> Option<Error>;
    let calls: &[(&str, Call)] = &[
        ("read", |reader| failed(from_abi(reader.read(RSliceMut::from_mut_slice(&mut [0; 4]))))),
        ("seek", |reader| failed(from_abi(reader.seek(0, 0)))),
        ("size", |reader| failed(from_abi(reader.size()))),
        ("read_at", |reader| failed(from_abi(reader.read_at(0, RSliceMut::from_mut_slice(&mut [0; 4]))))),
    ];
    for (place, call) in calls {
        let (store, _log) = make(place);
        let mut broken = reader(&store, "p").expect("it opens");
        let mut other = reader(&store, "q").expect("it opens");
        assert_panicked(&call(&mut broken).expect(place), place, "p", place);
        assert_poisoned(&store, place);
        let error = call(&mut other).expect("the store's other readers are poisoned too");
        assert_eq!((error.kind(), error.path()), (ErrorKind::Panicked, "q"));
    }
}

#[test]
fn a_panic_in_a_writer_is_an_error_and_poisons_the_store() {
    for place in ["write", "close"] {
        let (store, _log) = make(place);
        let mut writer = writer(&store, "p", b'w').expect("it opens");
        let written = from_abi(writer.write(RSlice::from_slice(b"x")));
        let error = written.and_then(|()| from_abi(writer.close())).expect_err(place);
        assert_panicked(&error, place, "p", place);
        assert_poisoned(&store, place);
        assert_eq!(from_abi(writer.close()).map_err(|error| error.kind()), Err(ErrorKind::Panicked));
    }
}

#[test]
fn a_panic_in_a_listing_or_a_walk_is_an_error_and_poisons_the_store() {
    for operation in ["listdir", "glob", "walk"] {
        let (store, _log) = make("next");
        let errors: Vec<Error> = if operation == "walk" {
            let batches = from_abi(store.walk("p".into(), true, false)).expect("it begins");
            host::visits(batches, 1).into_iter().filter_map(Result::err).collect()
        } else {
            let batches = match operation {
                "glob" => from_abi(store.glob("p".into())),
                _ => from_abi(store.listdir("p".into(), false)),
            };
            host::entries(batches.expect("it begins"), 1).into_iter().filter_map(Result::err).collect()
        };
        assert_eq!(errors.len(), 1, "{operation}");
        assert_panicked(&errors[0], operation, "p", "next");
        assert_poisoned(&store, operation);
    }
}

#[test]
fn a_panic_in_a_drop_goes_to_the_log_and_poisons_the_store() {
    type Open = fn(&StoreBox) -> Result<()>;
    let opens: &[(&str, &str, Open)] = &[
        ("drop_reader", "a reader", |store| reader(store, "p").map(drop)),
        ("drop_writer", "a writer", |store| writer(store, "p", b'w').map(drop)),
        ("drop_items", "a listing", |store| from_abi(store.listdir("p".into(), false)).map(drop)),
        ("drop_items", "a listing", |store| from_abi(store.glob("p".into())).map(drop)),
        ("drop_items", "a walk", |store| from_abi(store.walk("p".into(), true, false)).map(drop)),
    ];
    for (place, what, open) in opens {
        let (store, records) = make(place);
        assert_eq!(open(&store), Ok(()), "{place}");
        let records = log(&records);
        assert_eq!(records.len(), 1, "{place}");
        let start = format!("0 panicked while {what} was dropped: panic in {place} at ");
        assert!(records[0].starts_with(&start), "{}", records[0]);
        assert_poisoned(&store, place);
    }
}

#[test]
fn a_panic_in_the_drop_of_the_store_goes_to_the_log() {
    let (store, records) = make("drop");
    drop(store);
    assert!(log(&records)[0].starts_with("0 panicked while the store was dropped: panic in drop at "));
}

#[test]
fn a_poisoned_store_can_still_be_dropped_with_all_that_it_opened() {
    let (store, records) = make("stat drop_reader drop_writer drop_items");
    let reader = reader(&store, "p").expect("it opens");
    let mut closed = writer(&store, "p", b'w').expect("it opens");
    let mut written = writer(&store, "p", b'w').expect("it opens");
    let dropped = writer(&store, "p", b'w').expect("it opens");
    let listing = from_abi(store.listdir("p".into(), false)).expect("it begins");
    from_abi(store.stat("p".into())).expect_err("it panics");

    // Both consume a writer whose Drop panics: the shim must hold there too.
    assert_eq!(host::kind(from_abi(closed.close())), Some(ErrorKind::Panicked));
    assert_eq!(host::kind(from_abi(written.write(RSlice::from_slice(b"x")))), Some(ErrorKind::Panicked));
    drop((reader, closed, written, dropped, listing, store));
    assert_eq!(log(&records).len(), 5, "{:?}", log(&records));
}

#[test]
fn a_failed_write_drops_the_writer_and_the_rest_is_refused() {
    let (store, records) = make("fail drop_writer");
    let mut writer = writer(&store, "p", b'w').expect("it opens");
    let error = from_abi(writer.write(RSlice::from_slice(b"x"))).expect_err("there is no space");
    assert_eq!(error.kind(), ErrorKind::NoSpace);
    assert_eq!(log(&records).len(), 1, "the panic in Drop is logged");

    let (store, _log) = make("fail");
    let mut writer = host::writer(&store, "p", b'w').expect("it opens");
    from_abi(writer.write(RSlice::from_slice(b"x"))).expect_err("there is no space");
    for result in [writer.write(RSlice::from_slice(b"x")), writer.close()] {
        let error = from_abi(result).expect_err("the writer is done");
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
    assert_eq!(from_abi(store.isdir("p".into())), Ok(true), "an error poisons nothing");
}

#[test]
fn a_payload_that_panics_when_dropped_is_one_panic() {
    let (store, _log) = make("payload");
    let error = from_abi(store.exists("p".into())).expect_err("it panics");
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert!(error.message().starts_with("a panic without a message"), "{}", error.message());
    assert_poisoned(&store, "payload");
}

#[test]
fn a_mode_and_a_seek_of_a_newer_host_are_unsupported_and_poison_nothing() {
    let (store, _log) = make("");
    assert_eq!(
        host::kind(from_abi(store.open("p".into(), OpenFields::of_mode(b'?')))),
        Some(ErrorKind::Unsupported)
    );
    let mut reader = reader(&store, "p").expect("it opens");
    assert_eq!(host::kind(from_abi(reader.seek(9, 0))), Some(ErrorKind::Unsupported));
    assert_eq!(from_abi(store.isdir("p".into())), Ok(true));
}
