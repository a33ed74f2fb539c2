//! Text from a file that nobody vouches for, made safe to print.

/// Whether a character must not reach a terminal as it is: a control character, or one that changes the order or the
/// lines of the text around it.
pub fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// The text with every unprintable character escaped: `\u{1b}`.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if is_unprintable(other) => out.extend(other.escape_unicode()),
            other => out.push(other),
        }
    }
    out
}

/// The bytes as printable text; what is not UTF-8 is replaced.
pub fn printable_bytes(bytes: &[u8]) -> String {
    printable(&String::from_utf8_lossy(bytes))
}

/// The first characters of the text, printable, with `...` when something was left out.
pub fn excerpt(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}...", printable(&text[..end])),
        None => printable(text),
    }
}

/// `a`, `a and b`, `a, b and c`, each in backquotes.
pub fn quoted_list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(printable("a\u{1b}[31mé\u{9b}\u{202e}\n"), "a\\u{1b}[31mé\\u{9b}\\u{202e}\\n");
        assert_eq!(printable_bytes(b"\xff\x07"), "\u{fffd}\\u{7}");
    }

    #[test]
    fn lists_read_as_a_sentence() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(quoted_list(&names), "`a`, `b` and `c`");
        assert_eq!(quoted_list(&names[..1]), "`a`");
    }
}
