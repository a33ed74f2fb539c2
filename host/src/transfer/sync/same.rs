//! Whether a file of the target counts as that of the source.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use larder_plugin_api::{Entry, Kind};

use super::Sync;

/// What sizes and times say of two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The file is copied.
    Differs,
    /// The file is left as it is.
    Same,
    /// Only the contents can tell.
    CompareContents,
}

/// Compares two files by what is listed of them. `keeps_times` says whether the target has the times of its sources;
/// `unit` is the smallest difference of times that the target can have.
pub fn compare(sync: &Sync, source: &Entry, target: &Entry, keeps_times: bool, unit: Duration) -> Comparison {
    if target.kind != Kind::File || target.link.is_some() {
        return Comparison::Differs;
    }
    let times = match (source.modified, target.modified) {
        (Some(source), Some(target)) => Some(in_one_unit(source, target, unit)),
        _ => None,
    };
    if sync.update && times.is_some_and(|(source, target)| target > source) {
        return Comparison::Same;
    }
    if source.size.is_some() && target.size.is_some() && source.size != target.size {
        return Comparison::Differs;
    }
    if sync.checksum {
        return Comparison::CompareContents;
    }
    let same =
        times.is_some_and(|(source, target)| if keeps_times { source == target } else { target >= source });
    if same && source.size == target.size { Comparison::Same } else { Comparison::Differs }
}

/// Both times, in whole units of the coarser side.
fn in_one_unit(source: SystemTime, target: SystemTime, least: Duration) -> (i128, i128) {
    let (source, target) = (nanoseconds(source), nanoseconds(target));
    let unit = unit_of(source).max(unit_of(target)).max(i128::try_from(least.as_nanos()).unwrap_or(1)).max(1);
    (source.div_euclid(unit), target.div_euclid(unit))
}

/// The coarsest of the usual units that a time is a whole number of.
fn unit_of(nanoseconds: i128) -> i128 {
    [1_000_000_000, 1_000_000, 1_000].into_iter().find(|unit| nanoseconds % unit == 0).unwrap_or(1)
}

fn nanoseconds(time: SystemTime) -> i128 {
    let signed = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => signed(since),
        Err(before) => -signed(before.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(milliseconds: u64) -> Entry {
        Entry::file("f", 1).with_modified(Some(UNIX_EPOCH + Duration::from_millis(milliseconds)))
    }

    fn compared(source: u64, target: u64, keeps_times: bool) -> Comparison {
        compare(&Sync::default(), &file(source), &file(target), keeps_times, Duration::ZERO)
    }

    #[test]
    fn where_times_are_kept_any_other_time_is_a_difference() {
        assert_eq!(compared(10_500, 10_500, true), Comparison::Same);
        assert_eq!(compared(10_500, 99_500, true), Comparison::Differs);
        assert_eq!(compared(99_500, 10_500, true), Comparison::Differs);
    }

    #[test]
    fn elsewhere_only_an_older_target_is_a_difference() {
        assert_eq!(compared(10_500, 99_500, false), Comparison::Same);
        assert_eq!(compared(99_500, 10_500, false), Comparison::Differs);
    }

    #[test]
    fn a_file_uploaded_in_the_second_it_was_written_is_the_same() {
        assert_eq!(compared(10_700, 10_000, false), Comparison::Same);
        assert_eq!(compared(11_700, 10_000, false), Comparison::Differs);
        assert_eq!(compared(10_700, 10_000, true), Comparison::Same);
    }

    #[test]
    fn a_file_system_of_two_seconds_is_compared_in_two_seconds() {
        let two = Duration::from_secs(2);
        let compared = |source, target| compare(&Sync::default(), &file(source), &file(target), true, two);
        assert_eq!(compared(11_700, 10_000), Comparison::Same);
        assert_eq!(compared(12_700, 10_000), Comparison::Differs);
    }

    #[test]
    fn a_newer_target_is_left_alone_with_update() {
        let sync = Sync { update: true, ..Sync::default() };
        let longer = Entry::file("f", 2).with_modified(file(10_500).modified);
        let compared = |source: &Entry, target: &Entry| compare(&sync, source, target, true, Duration::ZERO);
        assert_eq!(compared(&longer, &file(20_500)), Comparison::Same);
        assert_eq!(compared(&file(20_500), &longer), Comparison::Differs);
        assert_eq!(compared(&file(10_500), &longer), Comparison::Differs);
    }

    #[test]
    fn what_has_no_time_is_copied() {
        let plain = Entry::file("f", 1);
        assert_eq!(compare(&Sync::default(), &plain, &file(1), false, Duration::ZERO), Comparison::Differs);
    }

    #[test]
    fn a_link_in_the_target_is_never_the_same() {
        let link = file(10_500).with_link("elsewhere");
        assert_eq!(
            compare(&Sync::default(), &file(10_500), &link, true, Duration::ZERO),
            Comparison::Differs
        );
    }
}
