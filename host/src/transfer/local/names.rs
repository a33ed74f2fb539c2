//! Reserved names: what a file is called while it is written, where it must have a name. Every Larder hides them.
//!
//! The shape `.larder-*.tmp` is that of the local flavor. Three kinds are made: a file being written (a number), a download
//! that can be continued, and its journal (both named by a digest of the name that the download will have).

use std::io;

use larder_plugin_api::{Error, ErrorKind};
#[cfg(test)]
use sha2::{Digest, Sha256};

const PREFIX: &str = ".larder-";
const SUFFIX: &str = ".tmp";
const PART: &str = ".part.tmp";
const JOURNAL: &str = ".journal.tmp";
/// Half of the digits of an SHA-256: any name that a file system takes gives a name that it takes, too.
const DIGEST_BYTES: usize = 16;

/// What a reserved name is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// A file being written.
    Staged,
    /// A download that can be continued; the text is the name of its journal.
    Part(String),
    /// The journal of a download; the text is the name of its part.
    Journal(String),
}

impl Reserved {
    /// What a name is for, if a Larder made it. A name of the reserved shape that none would make is not one.
    pub fn of(name: &str) -> Option<Self> {
        let inner = name.strip_prefix(PREFIX)?;
        let digest = |suffix| inner.strip_suffix(suffix).filter(|text| is_digest(text));
        if let Some(digest) = digest(PART) {
            return Some(Self::Part(format!("{PREFIX}{digest}{JOURNAL}")));
        }
        if let Some(digest) = digest(JOURNAL) {
            return Some(Self::Journal(format!("{PREFIX}{digest}{PART}")));
        }
        let number = inner.strip_suffix(SUFFIX)?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(Self::Staged)
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 2 * DIGEST_BYTES && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The name of a file being written with this number.
pub fn staged(number: u32) -> String {
    format!("{PREFIX}{number}{SUFFIX}")
}

/// What a download to `name` is called until it is complete.
#[cfg(test)]
pub fn part(name: &[u8]) -> String {
    format!("{PREFIX}{}{PART}", digest(name))
}

/// The journal of a download to `name`. Whoever continues the download holds a lock (`flock`) on it.
#[cfg(test)]
pub fn journal(name: &[u8]) -> String {
    format!("{PREFIX}{}{JOURNAL}", digest(name))
}

#[cfg(test)]
fn digest(name: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(name)[..DIGEST_BYTES].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a name is of the reserved shape: walks leave out files that are called so.
pub fn is_reserved(name: &[u8]) -> bool {
    name.starts_with(PREFIX.as_bytes()) && name.ends_with(SUFFIX.as_bytes())
}

/// Refuses a name of the reserved shape: a file that were called so would be hidden, and removed by the next sweep.
pub fn refuse_reserved(name: &[u8]) -> io::Result<()> {
    if is_reserved(name) {
        let message = format!("names of the shape `{PREFIX}*{SUFFIX}` are kept for files being written");
        return Err(Error::new(ErrorKind::InvalidPath, message).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_and_its_journal_lead_to_each_other() {
        let (part, journal) = (part(&[b'x'; 255]), journal(&[b'x'; 255]));
        assert!(part.len() < 255 && journal.len() < 255);
        assert_eq!(Reserved::of(&part), Some(Reserved::Part(journal.clone())));
        assert_eq!(Reserved::of(&journal), Some(Reserved::Journal(part.clone())));
        assert!(is_reserved(part.as_bytes()) && is_reserved(journal.as_bytes()));
    }

    #[test]
    fn a_name_that_no_larder_makes_is_hidden_and_not_swept() {
        assert_eq!(Reserved::of(&staged(17)), Some(Reserved::Staged));
        for name in [".larder-notes.tmp", ".larder-.tmp", ".larder-.part.tmp", ".larder-1.tmp.txt", "a.tmp"] {
            assert_eq!(Reserved::of(name), None, "{name}");
        }
        assert!(is_reserved(b".larder-notes.tmp") && !is_reserved(b".larder-1.tmp.txt"));
    }
}
