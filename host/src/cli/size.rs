//! Sizes for people.

/// As `ls -h` writes it: `0`, `999`, `1.0K`, `12K`, `3.4M`; rounded up, so that nothing looks smaller than it is.
pub fn human(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["K", "M", "G", "T", "P", "E"];
    if bytes < 1024 {
        return bytes.to_string();
    }
    let mut unit = 1_u64 << 10;
    for (at, name) in UNITS.iter().enumerate() {
        let last = at + 1 == UNITS.len();
        let tenths = (u128::from(bytes) * 10).div_ceil(u128::from(unit));
        if tenths < 100 {
            return format!("{}.{}{name}", tenths / 10, tenths % 10);
        }
        let whole = u128::from(bytes).div_ceil(u128::from(unit));
        if whole < 1024 || last {
            return format!("{whole}{name}");
        }
        unit <<= 10;
    }
    bytes.to_string()
}

/// With thousands and the exact number where a person may want either: `1.2M (1234567 bytes)`.
pub fn both(bytes: u64) -> String {
    if bytes < 1024 { count(bytes, "byte") } else { format!("{} ({bytes} bytes)", human(bytes)) }
}

/// How many of something: `1 file`, `2 files`.
pub fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_up_as_ls_does() {
        for (bytes, text) in [
            (0, "0"),
            (1023, "1023"),
            (1024, "1.0K"),
            (1025, "1.1K"),
            (10 * 1024, "10K"),
            (10 * 1024 + 1, "11K"),
            (1024 * 1024 - 1, "1.0M"),
            (5 << 30, "5.0G"),
            (u64::MAX, "16E"),
        ] {
            assert_eq!(human(bytes), text, "{bytes}");
        }
    }
}
