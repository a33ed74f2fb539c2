//! What differs from run to run and from machine to machine, made the same: times, digests, the width of columns.

/// The text with `[TIME]` for times, `[SHA256]` for digests, `[ETAG]` for etags, `[SIZE]` and `[RUSTC]` for what a library is, and two spaces
/// between the columns of a table with paths of this machine: they are as wide as the paths.
pub fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let mut table = vec![line];
        while is_head(line) && lines.peek().is_some_and(|row| indent(row) == indent(line)) {
            table.extend(lines.next());
        }
        let has_path = table.iter().any(|row| row.contains("[TMP]") || row.contains("[BUILD]"));
        for row in table {
            let row = if is_head(line) && has_path { squeezed(row) } else { row.to_owned() };
            masked.push_str(&masked_line(&row));
        }
    }
    masked
}

/// The names of columns are in capitals.
fn is_head(line: &str) -> bool {
    line.trim().contains("  ") && line.chars().all(|c| c.is_ascii_uppercase() || c.is_whitespace())
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches(' ').len()]
}

fn squeezed(row: &str) -> String {
    let columns = row.trim_start_matches(' ').split("  ").map(|column| column.trim_start_matches(' '));
    let columns: Vec<&str> = columns.filter(|column| !column.is_empty()).collect();
    format!("{}{}", indent(row), columns.join("  "))
}

fn masked_line(line: &str) -> String {
    for (label, mask) in [("size bytes:", "[SIZE]"), ("rustc:", "[RUSTC]")] {
        if line.starts_with(' ') && line.trim_start().starts_with(label) {
            return format!("{}{label} {mask}\n", indent(line));
        }
    }
    if let Some(line) = masked_etag(line) {
        return line;
    }
    masked_words(line)
}

/// An etag, in a line for people or of JSON; none where the store has none.
fn masked_etag(line: &str) -> Option<String> {
    let (before, value) = line.split_once("etag\": \"").or_else(|| line.split_once("etag: "))?;
    if !before.trim_matches([' ', '"']).is_empty() {
        return None;
    }
    let is_json = before.ends_with('"');
    let end = if is_json { value.trim_start_matches(|c| c != '"') } else { "\n" };
    Some(if is_json {
        format!("{before}etag\": \"[ETAG]{end}")
    } else {
        format!("{before}etag: [ETAG]{end}")
    })
}

/// Times and digests, wherever they stand between other characters.
fn masked_words(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || "-:".contains(c))) {
        let word = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let mask = if is_time(word) {
            "[TIME]"
        } else if word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            "[SHA256]"
        } else {
            word
        };
        masked.push_str(mask);
        masked.push_str(&piece[word.len()..]);
    }
    masked
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
    fn masks_times_digests_and_what_a_library_is() {
        let digest = "0123456789abcdef".repeat(4);
        let text = format!(
            "\"at\": \"2026-05-09T07:29:33Z\",\n/{digest},1: (2026-05-09T07:29:33Z)\n  size bytes:  12\n"
        );
        assert_eq!(
            masked("etag:       9a.b\n    \"etag\": \"9a\",\n    \"etag\": null,\n"),
            "etag: [ETAG]\n    \"etag\": \"[ETAG]\",\n    \"etag\": null,\n"
        );
        let expected = "\"at\": \"[TIME]\",\n/[SHA256],1: ([TIME])\n  size bytes: [SIZE]\n";
        assert_eq!(masked(&text), expected);
    }

    #[test]
    fn a_table_with_paths_loses_its_widths_and_another_one_does_not() {
        assert_eq!(masked("NAME   PATH      X\nmine   [TMP]/a   y\n"), "NAME  PATH  X\nmine  [TMP]/a  y\n");
        for text in ["NAME   X\nmine   y\n", "   12  a\n"] {
            assert_eq!(masked(text), text);
        }
    }
}
