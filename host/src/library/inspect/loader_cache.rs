//! `/etc/ld.so.cache`: which file the system's loader takes for the name of a library.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

const PATH: &str = "/etc/ld.so.cache";
const MOST_BYTES: u64 = 32 << 20;

const OLD_MAGIC: &[u8] = b"ld.so-1.7.0\0";
const OLD_HEADER_BYTES: usize = 16;
const OLD_ENTRY_BYTES: usize = 12;

const MAGIC: &[u8] = b"glibc-ld.so.cache1.1";
const HEADER_BYTES: usize = 48;
const ENTRY_BYTES: usize = 24;

/// The cache; empty where there is none, as on systems with musl.
pub struct LoaderCache {
    bytes: Vec<u8>,
    count: usize,
}

impl LoaderCache {
    /// Reads the system's cache.
    pub fn read() -> Self {
        let mut bytes = Vec::new();
        let read = File::open(PATH).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
        match read {
            Ok(_) => Self::parse(bytes),
            Err(_) => Self { bytes: Vec::new(), count: 0 },
        }
    }

    /// A cache that starts with one in the old format, which ended in glibc 2.32, holds the new one behind it.
    fn parse(mut bytes: Vec<u8>) -> Self {
        if bytes.starts_with(OLD_MAGIC) {
            let old = number(&bytes, OLD_MAGIC.len()).and_then(|count| {
                let end = OLD_HEADER_BYTES.checked_add(count.checked_mul(OLD_ENTRY_BYTES)?)?;
                end.checked_next_multiple_of(8)
            });
            bytes = old.and_then(|end| bytes.get(end..)).map(<[u8]>::to_vec).unwrap_or_default();
        }
        let count =
            if bytes.starts_with(MAGIC) { number(&bytes, MAGIC.len()).unwrap_or_default() } else { 0 };
        let fitting = bytes.len().saturating_sub(HEADER_BYTES) / ENTRY_BYTES;
        Self { count: count.min(fitting), bytes }
    }

    /// The files that are listed for a name, best first.
    pub fn paths<'cache>(&'cache self, name: &'cache [u8]) -> impl Iterator<Item = PathBuf> + 'cache {
        (0..self.count).filter_map(move |index| {
            let entry = HEADER_BYTES + index * ENTRY_BYTES;
            let key = self.bytes.get(number(&self.bytes, entry + 4)?..)?;
            if !key.starts_with(name) || key.get(name.len()) != Some(&0) {
                return None;
            }
            let value = self.bytes.get(number(&self.bytes, entry + 8)?..)?;
            let end = value.iter().position(|byte| *byte == 0)?;
            Some(PathBuf::from(OsStr::from_bytes(&value[..end])))
        })
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_ne_bytes(bytes)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(1u32.to_ne_bytes());
        bytes.resize(HEADER_BYTES, 0);
        let key = u32::try_from(HEADER_BYTES + ENTRY_BYTES).expect("small");
        for field in [3, key, key + 10, 0, 0, 0] {
            bytes.extend(field.to_ne_bytes());
        }
        bytes.extend(b"libx.so.1\0/opt/libx.so.1\0");
        bytes
    }

    #[test]
    fn finds_a_library_by_its_whole_name() {
        let cache = LoaderCache::parse(cache());
        let found: Vec<PathBuf> = cache.paths(b"libx.so.1").collect();
        assert_eq!(found, [PathBuf::from("/opt/libx.so.1")]);
        assert_eq!(cache.paths(b"libx.so").count(), 0);
    }

    #[test]
    fn finds_the_new_format_behind_the_old_one() {
        let mut bytes = OLD_MAGIC.to_vec();
        bytes.extend(1u32.to_ne_bytes());
        bytes.resize(32, 0);
        bytes.extend(cache());
        assert_eq!(LoaderCache::parse(bytes).paths(b"libx.so.1").count(), 1);
    }

    #[test]
    fn survives_every_truncation_and_wild_numbers() {
        let whole = cache();
        for len in 0..whole.len() {
            let _ = LoaderCache::parse(whole[..len].to_vec()).paths(b"libx.so.1").count();
        }
        for at in MAGIC.len()..whole.len() {
            let mut wild = whole.clone();
            wild[at] = 0xff;
            let _ = LoaderCache::parse(wild).paths(b"libx.so.1").count();
        }
    }
}
