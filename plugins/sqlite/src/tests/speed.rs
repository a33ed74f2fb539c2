//! Measurements, for README.md: `cargo test --release -p larder-flavor-sqlite -- --ignored speed --nocapture`.

use std::io::Write;
use std::time::Instant;

use larder_plugin_api::WalkOptions;

use super::*;

fn measured<T>(what: &str, amount: f64, unit: &str, code: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let value = code();
    let seconds = begun.elapsed().as_secs_f64();
    let line = format!("{what}: {seconds:.2} s, {:.0} {unit}/s", amount / seconds);
    writeln!(std::io::stdout(), "{line}").expect("the output is there");
    value
}

#[test]
#[ignore = "a measurement"]
fn speed_of_one_large_artifact() {
    for config in
        ["{}", r#"{"chunk_size": "512KiB"}"#, r#"{"chunk_size": "1MiB"}"#, r#"{"synchronous": "full"}"#]
    {
        let scratch = Scratch::new();
        let store = store(&scratch.file(), config);
        let piece = bytes(1 << 20, 1);
        let say = |what: &str| format!("{config} {what} 1 GiB");
        measured(&say("write"), 1024.0, "MiB", || {
            let mut writer = writer(&store, "large", OpenMode::Write).expect("it can be opened");
            for _ in 0..1024 {
                writer.write(&piece).expect("it can be written");
            }
            writer.close().expect("it can be closed");
        });
        for kib in [64, 1024] {
            measured(&say(&format!("read by {kib} KiB")), 1024.0, "MiB", || {
                let (mut reader, mut buffer) = (reader(&store, "large"), vec![0; kib << 10]);
                while reader.read(&mut buffer).expect("it can be read") > 0 {}
            });
        }
        measured(&say("read 4 KiB at 10,000 places of"), 10_000.0, "ranges", || {
            let (mut reader, mut buffer) = (reader(&store, "large"), vec![0; 4096]);
            for number in 0..10_000_u64 {
                let offset = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % ((1 << 30) - 4096);
                reader.read_at(offset, &mut buffer).expect("it can be read");
            }
        });
        measured(&say("copy"), 1.0, "copies", || {
            store.copyfile(path("large"), path("copy"), false).expect("the target is free");
        });
        measured(&say("remove the copy of"), 1.0, "files", || {
            store.remove(path("copy")).expect("it is there");
        });
        measured(&say("remove"), 1.0, "files", || store.remove(path("large")).expect("it is there"));
    }
}

#[test]
#[ignore = "a measurement"]
fn speed_of_many_small_artifacts() {
    let scratch = Scratch::new();
    let store = scratch.store();
    let data = bytes(1000, 1);
    measured("write 100,000 files of 1,000 bytes in 1,000 directories", 100_000.0, "files", || {
        for number in 0..100_000 {
            let at = format!("runs/{:03}/{number}.bin", number % 1000);
            put(&store, &at, OpenMode::Write, &data).expect("it can be written");
        }
    });
    for topdown in [true, false] {
        measured("walk 100,000 files", 100_000.0, "files", || {
            let walk = store.walk(path(""), WalkOptions::default().with_topdown(topdown)).expect("it begins");
            let unused: std::sync::Arc<dyn ArtifactStore> = std::sync::Arc::new(scratch.store());
            let visits = walk.iterate(&unused).map(|visit| visit.expect("it can be read"));
            assert_eq!(visits.map(|visit| visit.files.len()).sum::<usize>(), 100_000);
        });
    }
    measured("stat 100,000 files", 100_000.0, "files", || {
        for number in 0..100_000 {
            store.stat(path(&format!("runs/{:03}/{number}.bin", number % 1000))).expect("it is there");
        }
    });
    measured("read 100,000 files", 100_000.0, "files", || {
        for number in 0..100_000 {
            assert_eq!(get(&store, &format!("runs/{:03}/{number}.bin", number % 1000)).len(), 1000);
        }
    });
    measured("rename a directory of 100,000 files", 1.0, "directories", || {
        store.rename(path("runs"), path("old"), false).expect("the target is free");
    });
    measured("rmtree 100,000 files", 100_000.0, "files", || store.rmtree(path("old")).expect("it is there"));
}
