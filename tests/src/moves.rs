//! What another process writes into a tree while it is moved.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use larder::Store;
use larder_plugin_api::{OpenMode, Result};

use crate::home::TestHome;

/// Moves a tree of this many files from one store to another, several rounds, while this process writes into it. Each write
/// that was acknowledged must be at one of the two places in the end.
///
/// # Panics
///
/// When a write is at neither place, or a round cannot be played.
#[track_caller]
pub fn keeps_what_another_writes_during_a_move(
    home: &TestHome,
    from: &str,
    to: &str,
    files: usize,
    rounds: usize,
) {
    for round in 0..rounds {
        let directory = format!("round{round}");
        for number in 0..files {
            home.file(&format!("{directory}/d{}/f{number}", number % 7), format!("first {number}"));
        }
        home.larder(["put", "-r", &directory, &format!("{from}:{directory}")]).ok();
        let host = home.host();
        let at = |name: &str| host.resolve(&format!("{name}:")).expect("the store is registered").store;
        let (source, target) = (at(from), at(to));
        let over = AtomicBool::new(false);
        let (written, moved) = std::thread::scope(|scope| {
            let writer = scope.spawn(|| write_until(&over, &source, &directory, files));
            let moved =
                home.larder(["mv", &format!("{from}:{directory}"), &format!("{to}:{directory}")]).run();
            over.store(true, Ordering::Relaxed);
            (writer.join().expect("the writer ends"), moved)
        });
        for (path, content) in &written {
            let places = [read(&source, path), read(&target, path)];
            assert!(
                places.iter().any(|place| place.as_deref() == Ok(content)),
                "round {round}: `{content}` was written to `{path}` and is at neither place: {places:?}\n{}",
                moved.stderr
            );
        }
        assert!(!written.is_empty(), "nothing was written meanwhile");
    }
}

/// Writes to one file after another, and gives what was acknowledged last for each.
fn write_until(over: &AtomicBool, store: &Store, directory: &str, files: usize) -> BTreeMap<String, String> {
    let mut written = BTreeMap::new();
    let mut count = 0;
    while !over.load(Ordering::Relaxed) {
        // A stride that has no divisor in common with the number of files comes to all of them.
        let number = (count * 7919) % files;
        let path = format!("{directory}/d{}/f{number}", number % 7);
        let content = format!("write {count}");
        if write(store, &path, &content).is_ok() {
            written.insert(path, content);
        }
        count += 1;
    }
    written
}

fn write(store: &Store, path: &str, content: &str) -> Result<()> {
    let mut writer = store.writer(path, OpenMode::Write)?;
    writer.write(content.as_bytes())?;
    writer.close()
}

fn read(store: &Store, path: &str) -> Result<String> {
    let mut reader = store.reader(path)?;
    let mut content = vec![0; 64];
    let count = reader.read(&mut content)?;
    content.truncate(count);
    Ok(String::from_utf8_lossy(&content).into_owned())
}
