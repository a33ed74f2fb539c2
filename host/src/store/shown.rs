//! Words of a store as messages quote them: in one line, safe for a terminal, not longer than a person reads.

/// How many characters of a name a message quotes.
const SHOWN_CHARACTERS: usize = 200;

/// A name or path from outside, with everything that a terminal could act on written out.
pub fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_CHARACTERS).flat_map(written_out).collect();
    if let Some((end, _)) = text.char_indices().nth(SHOWN_CHARACTERS) {
        shown = format!("{shown}... ({} bytes more)", text.len() - end);
    }
    shown
}

/// std's own escapes, less those of quotes and backslashes, which are ordinary here.
fn written_out(c: char) -> impl Iterator<Item = char> {
    let plain = matches!(c, '\'' | '"' | '\\');
    plain.then_some(c).into_iter().chain((!plain).then(|| c.escape_debug()).into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_acts_on_is_left() {
        assert_eq!(
            shown("a\n\u{1b}[31m\0\u{202e}\u{2028}\u{61c}"),
            r"a\n\u{1b}[31m\0\u{202e}\u{2028}\u{61c}"
        );
        assert_eq!(shown(r#"it's "é" \ 漢"#), r#"it's "é" \ 漢"#);
    }

    #[test]
    fn a_long_name_is_cut_and_the_rest_counted() {
        assert_eq!(shown(&"é".repeat(201)), format!("{}... (2 bytes more)", "é".repeat(200)));
    }
}
