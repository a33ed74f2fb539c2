//! A host in a few lines: it makes stores through the functions of a root module and reads what crosses the border.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::sync::{Arc, Mutex};

use larder_plugin_api::abi::abi_stable::sabi_trait::TD_Opaque;
use larder_plugin_api::abi::abi_stable::std_types::{RSlice, RSliceMut, RStr};
use larder_plugin_api::abi::entries::{BatchesBox, Item};
use larder_plugin_api::abi::error::from_abi;
use larder_plugin_api::abi::module::ModuleRef;
use larder_plugin_api::abi::services::{AbiServices, AbiServices_TO};
use larder_plugin_api::abi::store::StoreBox;
use larder_plugin_api::abi::stream::{AbiOpened, OpenFields, ReaderBox, WriterBox};
use larder_plugin_api::{Entry, Error, ErrorKind, Kind, Result, Visit};

/// Builds the root module of some flavors, as the export macro does, in this process.
macro_rules! module {
    ($($flavor:ty),+) => {{
        use larder_plugin_api::abi::abi_stable::library::RootModuleResult;
        use larder_plugin_api::abi::abi_stable::prefix_type::WithMetadata;
        use larder_plugin_api::abi::abi_stable::std_types::RStr;
        use larder_plugin_api::abi::error::AbiResult;
        use larder_plugin_api::abi::export::{self, ExportedFlavor};
        use larder_plugin_api::abi::module::{Module, ModuleRef};
        use larder_plugin_api::abi::services::ServicesBox;
        use larder_plugin_api::abi::store::StoreBox;

        static FLAVORS: &[ExportedFlavor] = &[$(ExportedFlavor::of::<$flavor>()),+];

        extern "C" fn manifest() -> RStr<'static> {
            "{}".into()
        }

        extern "C" fn validate(flavor: RStr<'_>, root: RStr<'_>, config: RStr<'_>) -> AbiResult<()> {
            export::validate(FLAVORS, flavor, root, config)
        }

        extern "C" fn make(
            flavor: RStr<'_>,
            root: RStr<'_>,
            config: RStr<'_>,
            services: ServicesBox,
        ) -> AbiResult<StoreBox> {
            export::make(FLAVORS, flavor, root, config, services)
        }

        static MODULE: WithMetadata<Module> = WithMetadata::new(Module { manifest, validate, make });
        // What a host does first: it sets the panic hook.
        let _: RootModuleResult = export::root_module(&MODULE);
        ModuleRef(MODULE.static_as_prefix())
    }};
}
pub(crate) use module;

/// What the host's log holds.
pub type Log = Arc<Mutex<Vec<String>>>;

struct TestServices(Log);

impl AbiServices for TestServices {
    fn log(&self, level: u8, message: RStr<'_>) {
        self.0.lock().expect("no test panics in the log").push(format!("{level} {message}"));
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}

pub fn make(module: ModuleRef, flavor: &str, config: &str) -> Result<(StoreBox, Log)> {
    let log = Log::default();
    let services = AbiServices_TO::from_value(TestServices(log.clone()), TD_Opaque);
    let root = format!("{flavor}://root");
    let store = from_abi(module.make()(flavor.into(), root.as_str().into(), config.into(), services))?;
    Ok((store, log))
}

pub fn reader(store: &StoreBox, path: &str) -> Result<ReaderBox> {
    match from_abi(store.open(path.into(), OpenFields::of_mode(b'r')))? {
        AbiOpened::Reader(reader) => Ok(reader),
        AbiOpened::Writer(_) => panic!("mode r gives a reader"),
    }
}

pub fn writer(store: &StoreBox, path: &str, mode: u8) -> Result<WriterBox> {
    match from_abi(store.open(path.into(), OpenFields::of_mode(mode)))? {
        AbiOpened::Writer(writer) => Ok(writer),
        AbiOpened::Reader(_) => panic!("a mode for writing gives a writer"),
    }
}

pub fn read(store: &StoreBox, path: &str) -> Result<String> {
    let mut reader = reader(store, path)?;
    let mut data = vec![0; 1024];
    let count = from_abi(reader.read(RSliceMut::from_mut_slice(&mut data)))?;
    data.truncate(count);
    Ok(String::from_utf8(data).expect("the tests write text"))
}

pub fn write(store: &StoreBox, path: &str, mode: u8, text: &str) -> Result<()> {
    let mut writer = writer(store, path, mode)?;
    from_abi(writer.write(RSlice::from_slice(text.as_bytes())))?;
    from_abi(writer.close())
}

/// All entries of a listing, in batches of `max`.
pub fn entries(batches: BatchesBox, max: u32) -> Vec<Result<Entry>> {
    collect(batches, max, |item, found| match item {
        Item::Entry(entry) => found.push(Ok(entry.to_entry())),
        Item::Error(error) => found.push(Err(error)),
        Item::Visit(_) => panic!("a listing has no visits"),
    })
}

/// All visits of a walk, in batches of about `max`.
pub fn visits(batches: BatchesBox, max: u32) -> Vec<Result<Visit>> {
    collect(batches, max, |item, found| match item {
        Item::Visit(directory) => {
            found.push(Ok(Visit { directory: directory.to_owned(), ..Visit::default() }));
        }
        Item::Error(error) => found.push(Err(error)),
        Item::Entry(entry) => match found.last_mut() {
            Some(Ok(visit)) if entry.kind == Kind::Directory => visit.directories.push(entry.to_entry()),
            Some(Ok(visit)) => visit.files.push(entry.to_entry()),
            _ => panic!("an entry follows its visit"),
        },
    })
}

/// Ends after the last batch or an error of the call itself.
fn collect<T>(
    mut batches: BatchesBox,
    max: u32,
    mut take: impl FnMut(Item<'_>, &mut Vec<Result<T>>),
) -> Vec<Result<T>> {
    let mut found = Vec::new();
    loop {
        let batch = match from_abi(batches.next_batch(max)) {
            Ok(batch) => batch,
            Err(error) => {
                found.push(Err(error));
                return found;
            }
        };
        assert_eq!(batch.items().count(), batch.records.len(), "every record can be read");
        for item in batch.items() {
            take(item, &mut found);
        }
        if batch.last {
            return found;
        }
        assert!(!batch.records.is_empty(), "a batch that is not the last has a record");
    }
}

pub fn kind<T>(result: Result<T>) -> Option<ErrorKind> {
    result.err().map(|error: Error| error.kind())
}
