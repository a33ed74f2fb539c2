//! What a caller hears while files are copied.

use crate::error::Error;

/// Hears of each file. Every method but `failed` may be left out.
pub trait Observer {
    /// Whether somebody watches the bytes go by. Otherwise a store may copy a file in one step, which can be faster.
    fn watches_bytes(&self) -> bool {
        false
    }

    /// A file is about to be copied; its size where it is known.
    fn begin(&mut self, _address: &str, _size_bytes: Option<u64>) {}

    /// So many more bytes of it are written.
    fn advance(&mut self, _bytes: u64) {}

    /// It is there, whole.
    fn done(&mut self, _source: &str, _target: &str) {}

    /// Something was left out, such as a socket; `why` completes "it ...": `is a socket`.
    fn skipped(&mut self, _address: &str, _why: &str) {}

    /// One file or directory could not be copied; the others are.
    fn failed(&mut self, error: Error);
}

/// Hears of nothing.
#[derive(Clone, Copy, Debug)]
pub struct Ignore;

impl Observer for Ignore {
    fn failed(&mut self, _error: Error) {}
}
