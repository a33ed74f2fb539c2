//! The bytes that were checked are the bytes that run, whatever happens to the file they came from.

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use larder::library::identity::sha256_of;
use larder::library::stage::Stage;
use larder::{Host, RegisterFlavor, Store};
use larder_tests::TestHome;

use crate::fixtures::{host, memory, misbehaving, replace, works};

fn in_use(home: &TestHome) -> (Host, PathBuf, Store) {
    let host = host(home);
    let library = memory(home, "libmemory.so");
    host.register_flavor(&library, RegisterFlavor::default()).expect("it is taken");
    home.register_store(&host, "m", "memory", Path::new("memory://m"));
    let store = host.store("m").expect("it is made");
    works(&store);
    (host, library, store)
}

#[test]
fn overwriting_the_file_changes_nothing_for_a_process_that_uses_it() {
    let home = TestHome::new();
    let (host, library, store) = in_use(&home);
    let noise =
        vec![0x90; fs::metadata(&library).expect("it is there").len().try_into().expect("it is small")];
    fs::write(&library, noise).expect("it is ours");
    works(&store);
    works(&host.store("m").expect("it is made already"));
    let said = home.larder(["ls", "m:"]).fails();
    assert!(said.contains("is not the one accepted on"), "{said}");
}

#[test]
fn truncating_the_file_changes_nothing_for_a_process_that_uses_it() {
    let home = TestHome::new();
    let (_host, library, store) = in_use(&home);
    OpenOptions::new().write(true).open(&library).and_then(|file| file.set_len(4096)).expect("it is ours");
    works(&store);
    let said = home.larder(["ls", "m:"]).fails();
    assert!(said.contains("is not the one accepted on"), "{said}");
}

#[test]
fn deleting_the_file_changes_nothing_for_a_process_that_uses_it() {
    let home = TestHome::new();
    let (_host, library, store) = in_use(&home);
    fs::remove_file(&library).expect("it is ours");
    works(&store);
    let said = home.larder(["ls", "m:"]).fails();
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "error: artifact store `m` cannot be used",
            "caused by: library `[TMP]/libmemory.so` is missing",
            "hint: put it back, or tell where it is now: larder flavor register <PATH>"
        ]
    );
}

#[test]
fn clearing_the_cache_changes_nothing_for_a_process_that_uses_it() {
    let home = TestHome::new();
    let (_host, _library, store) = in_use(&home);
    fs::remove_dir_all(home.larder_home().join("cache")).expect("it is ours");
    works(&store);
    home.larder(["ls", "m:"]).ok();
    assert_eq!(copies(&home).len(), 1, "it is staged again");
}

/// The libraries in the cache.
fn copies(home: &TestHome) -> Vec<PathBuf> {
    let places = fs::read_dir(home.larder_home().join("cache/libraries")).expect("something was staged");
    let places = places.map(|place| place.expect("it is there").path());
    places
        .flat_map(|place| fs::read_dir(place).expect("a directory"))
        .filter_map(|file| {
            let path = file.expect("it is there").path();
            path.extension().is_some_and(|extension| extension == "so").then_some(path)
        })
        .collect()
}

#[test]
fn the_cache_is_private() {
    let home = TestHome::new();
    let _in_use = in_use(&home);
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o7777;
    let [copy] = &copies(&home)[..] else { panic!("one library") };
    let place = copy.parent().expect("a directory");
    let libraries = place.parent().expect("a directory");
    assert_eq!([mode(libraries), mode(place), mode(copy)], [0o700, 0o700, 0o500]);
}

#[test]
fn a_copy_that_was_changed_is_made_anew() {
    let home = TestHome::new();
    let _in_use = in_use(&home);
    let [copy] = &copies(&home)[..] else { panic!("one library") };
    let digest = sha256_of(copy).expect("it can be read");
    let mut bytes = fs::read(copy).expect("it can be read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    // Another file: this process has the old one mapped.
    fs::remove_file(copy).expect("it is ours");
    fs::write(copy, bytes).expect("it is ours");
    home.larder(["ls", "m:"]).ok();
    assert_eq!(sha256_of(copy).expect("it can be read"), digest);
}

#[test]
fn a_cache_that_others_can_write_is_not_loaded_from() {
    let home = TestHome::new();
    let _in_use = in_use(&home);
    let libraries = home.larder_home().join("cache/libraries");
    fs::set_permissions(&libraries, Permissions::from_mode(0o777)).expect("it is ours");
    let said = home.larder(["ls", "m:"]).fails();
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "error: artifact store `m` cannot be used",
            "caused by: library `[TMP]/libmemory.so` cannot be staged in `[TMP]/home/cache/libraries`",
            "caused by: it can be written by others (owner 0, mode 0777)"
        ]
    );
}

/// Swaps the file for another and back while `code` runs, also when that panics.
fn while_swapping(library: &Path, files: [&Path; 2], code: impl FnOnce()) {
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let _stop = Stop(&stop);
        scope.spawn(|| {
            for file in files.iter().cycle().take_while(|_| !stop.load(Ordering::Relaxed)) {
                replace(library, file);
            }
        });
        code();
    });
}

#[test]
fn a_swap_between_check_and_load_never_runs_what_was_not_checked() {
    let home = TestHome::new();
    let ran = home.path("it-ran");
    let good = misbehaving(&home, "good.so", "");
    let evil = misbehaving(&home, "evil.so", &format!("load:write={}", ran.display()));
    let library = misbehaving(&home, "libx.so", "");
    home.larder(["flavor", "register"]).arg(&library).ok();
    home.larder(["artifact-store", "register", "s", "--flavor", "misbehaving", "--path", "misbehaving://s"])
        .ok();
    let mut outcomes = [0, 0];
    while_swapping(&library, [&good, &evil], || {
        for _ in 0..40 {
            let outcome = home.larder(["exists", "s:p"]).run();
            let refused =
                ["is not the one accepted on", "changed while it was read", "cannot be staged", "missing"];
            match outcome.code {
                Some(0) => outcomes[0] += 1,
                _ if refused.iter().any(|text| outcome.stderr.contains(text)) => outcomes[1] += 1,
                code => panic!("{code:?}: {}", outcome.stderr),
            }
        }
    });
    assert!(!ran.exists(), "bytes that were not accepted have run: {outcomes:?}");
}

#[test]
fn a_copy_is_of_the_bytes_that_were_hashed_while_the_file_is_swapped() {
    let home = TestHome::new();
    let (one, other) = (home.file("one", vec![1; 300_000]), home.file("other", vec![2; 300_000]));
    let library = home.file("libx.so", vec![1; 300_000]);
    let stage = Stage::below(&home.path("cache"));
    while_swapping(&library, [&one, &other], || {
        for _ in 0..200 {
            let staged = stage.put(&library, &[]).expect("a file that is replaced as a whole can be staged");
            assert_eq!(sha256_of(&staged.file).expect("it can be read"), staged.sha256);
        }
    });
}
