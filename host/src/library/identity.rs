//! What a file is: its digest, and the numbers that tell whether it can have changed since the digest was taken.

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Device, inode, size and times of a file. While none of them changes, the content has not changed either: the kernel
/// sets the change time at every write, and no program can set it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileIdentity {
    /// The device it is on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// When its content was last written, in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// When anything about it last changed, in nanoseconds since 1970.
    pub ctime_ns: i64,
}

impl From<&Metadata> for FileIdentity {
    fn from(metadata: &Metadata) -> Self {
        let nanoseconds =
            |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size_bytes: metadata.size(),
            mtime_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            ctime_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl FileIdentity {
    /// The identity of the file at a path.
    ///
    /// # Errors
    ///
    /// Those of `stat`.
    pub fn of(file: &Path) -> io::Result<Self> {
        Ok(Self::from(&std::fs::metadata(file)?))
    }
}

const PIECE_BYTES: usize = 256 * 1024;

/// The SHA-256 of what a reader gives, in lower case hexadecimal; each piece also goes to `copy`.
///
/// # Errors
///
/// Those of reading and writing.
pub fn sha256_while_copying(source: &mut impl Read, copy: &mut impl Write) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match source.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => {
                hasher.update(&piece[..count]);
                copy.write_all(&piece[..count])?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(hex(&hasher.finalize()))
}

/// The SHA-256 of a file, in lower case hexadecimal, in bounded memory.
///
/// # Errors
///
/// Those of opening and reading.
pub fn sha256_of(file: &Path) -> io::Result<String> {
    sha256_while_copying(&mut File::open(file)?, &mut io::sink())
}

/// The SHA-256 of a few bytes.
pub fn sha256_of_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_as_sha256sum_does() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256_of_bytes(b""), empty);
        let file = tempfile::NamedTempFile::new().expect("a file");
        assert_eq!(sha256_of(file.path()).expect("it can be read"), empty);
    }

    #[test]
    fn a_write_changes_the_identity() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let before = FileIdentity::of(file.path()).expect("it is there");
        std::fs::write(file.path(), "x").expect("it can be written");
        assert_ne!(FileIdentity::of(file.path()).expect("it is there"), before);
    }
}
