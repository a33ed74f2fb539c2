//! What the care about a library costs, next to loading it bare: inspection, a pinned start, a trial.
//!
//! ```text
//! cargo build --release -p larder
//! cargo bench -p larder-tests --bench loading
//! ```

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use larder::library::inspect::inspect;
use larder::library::load;
use larder::library::probe::{DEFAULT_LIMIT, ProbeCommand, probe};
use larder::{Home, Host, HostOptions, NewStore, RegisterFlavor};

const ROUNDS: usize = 40;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let scratch = tempfile::tempdir()?;
    let (mut bare_times, mut beyond_times) = (Vec::new(), Vec::new());
    // By turns, so that whatever else the machine does falls on both.
    for round in 0..ROUNDS {
        let bare = bare(scratch.path(), round)?;
        beyond_times.push(pinned(scratch.path(), round)?.saturating_sub(bare));
        bare_times.push(bare);
    }
    let (bare, beyond) = (median(bare_times), median(beyond_times));
    let command = ProbeCommand { program: larder_tests::command(), limit: DEFAULT_LIMIT };
    let trial = rounds(|round| {
        let library = copy(scratch.path(), &format!("trial-{round}"), 0)?;
        let begun = Instant::now();
        probe(&command, &library)?;
        Ok(begun.elapsed())
    })?;
    let large = copy(scratch.path(), "large", 10 << 20)?;
    let inspected = rounds(|_| {
        let begun = Instant::now();
        inspect(&large)?;
        Ok(begun.elapsed())
    })?;
    report("load it bare", bare, None, bare);
    report("inspect 10 MiB", inspected, Some(Duration::from_millis(1)), bare);
    report("pinned start adds", beyond, Some(Duration::from_millis(1)), bare);
    report("trial in a child", trial, Some(Duration::from_millis(50)), bare);
    Ok(())
}

/// The median of some rounds.
fn rounds(mut round: impl FnMut(usize) -> Outcome<Duration>) -> Outcome<Duration> {
    (0..ROUNDS).map(&mut round).collect::<Outcome<Vec<_>>>().map(median)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A copy under a digest of its own, so that it is loaded anew, and padded to a size.
fn copy(scratch: &Path, name: &str, size_bytes: u64) -> Outcome<PathBuf> {
    let library = scratch.join(format!("{name}.so"));
    fs::copy(larder_tests::library("memory"), &library)?;
    let mut file = OpenOptions::new().append(true).open(&library)?;
    file.write_all(name.as_bytes())?;
    file.set_len(size_bytes.max(file.metadata()?.len()))?;
    Ok(library)
}

/// Opening, comparing layouts, taking the root module.
fn bare(scratch: &Path, round: usize) -> Outcome<Duration> {
    let name = format!("bare-{round}");
    let library = copy(scratch, &name, 0)?;
    let begun = Instant::now();
    load::load(&name, &library)?;
    Ok(begun.elapsed())
}

/// From a host that has only been opened to a store that answers, for a library that another process has registered.
fn pinned(scratch: &Path, round: usize) -> Outcome<Duration> {
    let home = Home::at(scratch.join(format!("home-{round}")));
    let library = copy(scratch, &format!("pinned-{round}"), 0)?;
    let open = || Ok::<_, larder::Error>(Host::open(HostOptions::at(home.clone())?));
    let host = open()?;
    host.register_flavor(&library, RegisterFlavor::default())?;
    // Written down by hand: to register a store in the usual way loads the library.
    let store = NewStore { name: "m".to_owned(), flavor: "memory".to_owned(), ..NewStore::default() };
    let record = larder::registry::StoreRecord::new(&store.name, &store.flavor, "memory://m");
    host.update(|registry| registry.register_store(&record))?;
    let host = open()?;
    let begun = Instant::now();
    let store = host.store("m")?;
    let taken = begun.elapsed();
    assert!(store.exists("")?, "the root exists");
    Ok(taken)
}

fn report(what: &str, taken: Duration, limit: Option<Duration>, bare: Duration) {
    let ratio = taken.as_secs_f64() / bare.as_secs_f64();
    let limit = limit.map_or_else(String::new, |limit| {
        format!(", limit {limit:?}: {}", if taken <= limit { "kept" } else { "EXCEEDED" })
    });
    let line = format!("{what:26} {taken:>12.1?} {ratio:>8.2} x bare{limit}\n");
    let _ = std::io::stdout().write_all(line.as_bytes());
}
