//! Directories that this store put something into a moment ago: nobody who keeps the contract makes a file of one while
//! something is in it, so it need not be asked for before each of many writes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use larder_plugin_api::StorePath;

/// How long a directory is taken for one. Another process may have emptied it meanwhile and put a file in its place.
const TRUSTED: Duration = Duration::from_secs(5);

/// How many are kept: a moment's work, in bounded memory.
const MOST: usize = 10_000;

/// The directories, each with when something was put into it.
#[derive(Default)]
pub struct KnownDirectories(Mutex<HashMap<String, Instant>>);

impl KnownDirectories {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something was written at the path.
    pub fn written(&self, path: StorePath<'_>) {
        let now = Instant::now();
        let mut known = self.lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.extend(
            path.ancestors().filter(|above| !above.is_root()).map(|above| (above.as_str().to_owned(), now)),
        );
    }

    /// Something was removed, so any directory may have gone.
    pub fn removed(&self) {
        self.lock().clear();
    }

    /// Whether the path was a directory a moment ago.
    pub fn contains(&self, path: StorePath<'_>) -> bool {
        self.lock().get(path.as_str()).is_some_and(|written| written.elapsed() < TRUSTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_above_a_written_file_is_a_directory_until_something_is_removed() {
        let known = KnownDirectories::default();
        let path = |text| StorePath::new(text).expect("the test gives a normalised path");
        known.written(path("a/b/c"));
        assert!(known.contains(path("a")) && known.contains(path("a/b")));
        assert!(!known.contains(path("a/b/c")) && !known.contains(path("b")));
        known.removed();
        assert!(!known.contains(path("a")));
    }
}
