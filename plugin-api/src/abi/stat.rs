//! Stats and times on their way across.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec, Tuple2};

use crate::entry::{Kind, Stat};

/// The fields of [`Stat`].
#[repr(C)]
#[derive(StableAbi, Clone, Debug)]
pub struct StatFields {
    pub kind: u8,
    pub size_bytes: u64,
    /// Nanoseconds since 1970-01-01T00:00:00Z; [`NO_TIME`] when it is not known.
    pub modified_ns: i64,
    pub etag: ROption<RString>,
    pub version: ROption<RString>,
    pub content_type: ROption<RString>,
    pub metadata: RVec<Tuple2<RString, RString>>,
    /// Permission bits; [`NO_UNIX_MODE`] where the store keeps none.
    pub unix_mode: u32,
    /// Room for what comes: zeros.
    pub spare: [u64; 4],
}

/// Stands for a time that is not known.
pub const NO_TIME: i64 = i64::MIN;

/// Stands for permission bits that are not known.
pub const NO_UNIX_MODE: u32 = u32::MAX;

/// Permission bits as a number.
pub const fn unix_mode_to_code(unix_mode: Option<u32>) -> u32 {
    match unix_mode {
        Some(bits) => bits & 0o7777,
        None => NO_UNIX_MODE,
    }
}

/// Permission bits for a number.
pub const fn unix_mode_from_code(code: u32) -> Option<u32> {
    if code == NO_UNIX_MODE { None } else { Some(code & 0o7777) }
}

/// The number of a kind.
pub const fn kind_to_code(kind: Kind) -> u8 {
    match kind {
        Kind::File => 1,
        Kind::Directory => 2,
        Kind::Other => 3,
    }
}

/// The kind for a number; one that this version does not know is something other than a file or a directory.
pub const fn kind_from_code(code: u8) -> Kind {
    match code {
        1 => Kind::File,
        2 => Kind::Directory,
        _ => Kind::Other,
    }
}

/// Nanoseconds since 1970; a time that does not fit (before 1678, after 2262) counts as not known.
pub fn time_to_ns(time: Option<SystemTime>) -> i64 {
    let Some(time) = time else { return NO_TIME };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(NO_TIME),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(NO_TIME, |ns| -ns),
    }
}

/// The time for a number of nanoseconds since 1970.
pub fn time_from_ns(ns: i64) -> Option<SystemTime> {
    let distance = Duration::from_nanos(ns.unsigned_abs());
    match ns {
        NO_TIME => None,
        0.. => UNIX_EPOCH.checked_add(distance),
        _ => UNIX_EPOCH.checked_sub(distance),
    }
}

impl From<Stat> for StatFields {
    #[inline]
    fn from(stat: Stat) -> Self {
        let text = |text: Option<String>| ROption::from(text.map(RString::from));
        Self {
            kind: kind_to_code(stat.kind),
            size_bytes: stat.size,
            modified_ns: time_to_ns(stat.modified),
            etag: text(stat.etag),
            version: text(stat.version),
            content_type: text(stat.content_type),
            metadata: metadata_to_abi(stat.metadata),
            unix_mode: unix_mode_to_code(stat.unix_mode),
            spare: [0; 4],
        }
    }
}

impl From<StatFields> for Stat {
    #[inline]
    fn from(fields: StatFields) -> Self {
        let text = |text: ROption<RString>| text.into_option().map(String::from);
        Self {
            kind: kind_from_code(fields.kind),
            size: fields.size_bytes,
            modified: time_from_ns(fields.modified_ns),
            etag: text(fields.etag),
            version: text(fields.version),
            content_type: text(fields.content_type),
            metadata: metadata_from_abi(fields.metadata),
            unix_mode: unix_mode_from_code(fields.unix_mode),
        }
    }
}

// Most stats have no metadata: then nothing is collected.

fn metadata_to_abi(metadata: Vec<(String, String)>) -> RVec<Tuple2<RString, RString>> {
    if metadata.is_empty() {
        return RVec::new();
    }
    metadata.into_iter().map(|(name, value)| Tuple2(name.into(), value.into())).collect()
}

fn metadata_from_abi(metadata: RVec<Tuple2<RString, RString>>) -> Vec<(String, String)> {
    if metadata.is_empty() {
        return Vec::new();
    }
    metadata.into_iter().map(|Tuple2(name, value)| (name.into(), value.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_survive_the_border() {
        for time in
            [UNIX_EPOCH, UNIX_EPOCH - Duration::from_nanos(5), UNIX_EPOCH + Duration::from_secs(1 << 33)]
        {
            assert_eq!(time_from_ns(time_to_ns(Some(time))), Some(time));
        }
        assert_eq!(time_from_ns(time_to_ns(None)), None);
    }
}
