//! What differs from run to run and from machine to machine, made the same: times, digests, the width of columns.

/// The text with `[TIME]` for times, `[SHA256]` for digests, `[SIZE]` and `[RUSTC]` for what a library is, and two spaces
/// between the columns of a table.
pub fn masked(text: &str) -> String {
    text.split_inclusive('\n').map(masked_line).collect()
}

fn masked_line(line: &str) -> String {
    let start = line.len() - line.trim_start_matches(' ').len();
    let (indent, rest) = line.split_at(start);
    for (label, mask) in [("size bytes:", "[SIZE]"), ("rustc:", "[RUSTC]")] {
        if !indent.is_empty() && rest.starts_with(label) {
            return format!("{indent}{label} {mask}\n");
        }
    }
    let columns = rest.split("  ").map(|column| column.trim_start_matches(' '));
    let columns: Vec<&str> = columns.filter(|column| !column.is_empty()).collect();
    // The columns of a table are as wide as the paths in them.
    let rest = if columns.len() > 2 { columns.join("  ") } else { rest.to_owned() };
    format!("{indent}{}", masked_words(&rest, ' '))
}

fn masked_words(text: &str, between: char) -> String {
    text.split(between)
        .map(|word| if between == ' ' { masked_words(word, ',') } else { masked_word(word) })
        .collect::<Vec<_>>()
        .join(&between.to_string())
}

fn masked_word(word: &str) -> String {
    let bare = word.trim_matches(|c: char| "\"'`():;}]\n".contains(c));
    let bare = bare.rsplit_once('"').map_or(bare, |(_, bare)| bare);
    if is_time(bare) {
        word.replace(bare, "[TIME]")
    } else if bare.len() == 64 && bare.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        word.replace(bare, "[SHA256]")
    } else {
        word.to_owned()
    }
}

/// Whether it is a time as Larder prints it: `2026-05-09T07:29:33Z`.
pub fn is_time(word: &str) -> bool {
    let shape: String = word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_times_digests_and_widths() {
        let digest = "0123456789abcdef".repeat(4);
        let text = format!(
            "a     b     c\n\n  x  \"at\": \"2026-05-09T07:29:33Z\",\n{digest},1\n  size bytes:  12\n"
        );
        let expected = "a  b  c\n\n  x  \"at\": \"[TIME]\",\n[SHA256],1\n  size bytes: [SIZE]\n";
        assert_eq!(masked(&text), expected);
    }
}
