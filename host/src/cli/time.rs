//! Times for people and machines alike: RFC 3339, in UTC, to the second.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// `2026-05-09T07:29:33Z`; nothing for a time that the calendar does not have.
pub fn iso(time: SystemTime) -> Option<String> {
    let exact = Timestamp::try_from(time).ok()?;
    let second = exact.as_second() - i64::from(exact.subsec_nanosecond() < 0);
    Timestamp::from_second(second).ok().map(|time| time.to_string())
}

/// How long something took: `0.4 ms`, `12 ms`, `3.2 s`.
pub fn took(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else if milliseconds < 1000.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_cut_to_the_second() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(86_400_999);
        assert_eq!(iso(time).as_deref(), Some("1970-01-02T00:00:00Z"));
        let before = SystemTime::UNIX_EPOCH - Duration::from_millis(1);
        assert_eq!(iso(before).as_deref(), Some("1969-12-31T23:59:59Z"));
    }

    #[test]
    fn a_duration_has_the_unit_that_suits_it() {
        for (milliseconds, text) in [(0, "0.0 ms"), (12, "12 ms"), (3210, "3.2 s")] {
            assert_eq!(took(Duration::from_millis(milliseconds)), text);
        }
    }
}
