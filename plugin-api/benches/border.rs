//! What the border costs: the same call on the store trait directly, and through the ABI objects and the shim.
//!
//! The limits are 20 ns more for `exists`, 100 ns more for `stat`, and 5 % more for reading 1 MiB.

use std::collections::HashMap;
use std::hint::black_box;
use std::io::Cursor;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use criterion::{Criterion, criterion_group, criterion_main};
use larder_plugin_api::abi::abi_stable::sabi_trait::TD_Opaque;
use larder_plugin_api::abi::abi_stable::std_types::{RSliceMut, RStr};
use larder_plugin_api::abi::error::from_abi;
use larder_plugin_api::abi::export::{self, ExportedFlavor};
use larder_plugin_api::abi::services::{AbiServices, AbiServices_TO};
use larder_plugin_api::abi::store::StoreBox;
use larder_plugin_api::abi::stream::{AbiOpened, OpenFields};
use larder_plugin_api::{
    ArtifactStore, Config, Detail, Entries, Error, Flavor, OpenMode, Opened, Result, Root, Services, Stat,
    StorePath,
};

const FILE: &str = "runs/7/model.bin";
const FILE_BYTES: usize = 1 << 20;
const PIECE_BYTES: usize = 256 << 10;

struct Fixed;

impl Flavor for Fixed {
    const FLAVOR: &'static str = "fixed";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["fixed://"];
    type Store = FixedStore;

    fn make(_root: &Root, _config: &Config, _services: &Services) -> Result<FixedStore> {
        let content: Arc<[u8]> = (0..=u8::MAX).cycle().take(FILE_BYTES).collect();
        Ok(FixedStore(HashMap::from([(FILE.to_owned(), content)])))
    }
}

/// Files that are there from the beginning.
struct FixedStore(HashMap<String, Arc<[u8]>>);

impl FixedStore {
    fn file(&self, path: StorePath) -> Result<&Arc<[u8]>> {
        self.0.get(path.as_str()).ok_or_else(Error::not_found)
    }
}

impl ArtifactStore for FixedStore {
    fn open(&self, path: StorePath, _mode: OpenMode) -> Result<Opened> {
        Ok(Opened::reader(Cursor::new(self.file(path)?.clone())))
    }

    fn exists(&self, path: StorePath) -> Result<bool> {
        Ok(self.0.contains_key(path.as_str()))
    }

    fn listdir(&self, _path: StorePath, _detail: Detail) -> Result<Entries> {
        Err(Error::unsupported(""))
    }

    fn mkdir(&self, _path: StorePath) -> Result<()> {
        Err(Error::unsupported(""))
    }

    fn remove(&self, _path: StorePath) -> Result<()> {
        Err(Error::unsupported(""))
    }

    fn rmtree(&self, _path: StorePath) -> Result<()> {
        Err(Error::unsupported(""))
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        let size = self.file(path)?.len() as u64;
        Ok(Stat::file(size).with_modified(Some(UNIX_EPOCH)).with_etag("1"))
    }
}

struct NoServices;

impl AbiServices for NoServices {
    fn log(&self, _level: u8, _message: RStr<'_>) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}

static FLAVORS: &[ExportedFlavor] = &[ExportedFlavor::of::<Fixed>()];

fn through_the_abi() -> StoreBox {
    let services = AbiServices_TO::from_value(NoServices, TD_Opaque);
    let made = export::make(FLAVORS, "fixed".into(), "fixed://".into(), "{}".into(), services);
    from_abi(made).expect("the store can be made")
}

fn directly() -> Arc<dyn ArtifactStore> {
    let root = Root::parse("fixed://").expect("a root");
    let config = Config::from_json(&[], "{}").expect("a config");
    Arc::new(Fixed::make(&root, &config, &Services::detached()).expect("the store can be made"))
}

fn exists(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("exists");
    let store = directly();
    group.bench_function("trait", |bencher| {
        let path = StorePath::new(FILE).expect("a path");
        bencher.iter(|| black_box(&store).exists(black_box(path)));
    });
    let store = through_the_abi();
    group.bench_function("abi", |bencher| {
        bencher.iter(|| from_abi(black_box(&store).exists(black_box(FILE).into())));
    });
    group.finish();
}

fn stat(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stat");
    let store = directly();
    group.bench_function("trait", |bencher| {
        let path = StorePath::new(FILE).expect("a path");
        bencher.iter(|| black_box(&store).stat(black_box(path)));
    });
    let store = through_the_abi();
    group.bench_function("abi", |bencher| {
        bencher.iter(|| from_abi(black_box(&store).stat(black_box(FILE).into())).map(Stat::from));
    });
    group.finish();
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read 1 MiB");
    let mut piece = vec![0; PIECE_BYTES];
    let store = directly();
    group.bench_function("trait", |bencher| {
        let path = StorePath::new(FILE).expect("a path");
        bencher.iter(|| {
            let Ok(Opened::Reader(mut reader)) = store.open(path, OpenMode::Read) else {
                panic!("no reader")
            };
            while reader.read(&mut piece).expect("memory can be read") > 0 {
                black_box(&piece);
            }
        });
    });
    let store = through_the_abi();
    group.bench_function("abi", |bencher| {
        bencher.iter(|| {
            let Ok(AbiOpened::Reader(mut reader)) =
                from_abi(store.open(FILE.into(), OpenFields::of_mode(b'r')))
            else {
                panic!("no reader")
            };
            let mut read = || from_abi(reader.read(RSliceMut::from_mut_slice(&mut piece)));
            while read().expect("memory can be read") > 0 {}
            black_box(&piece);
        });
    });
    group.finish();
}

criterion_group!(benches, exists, stat, read);
criterion_main!(benches);
