//! Control characters in what others wrote: a terminal must not act on them.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a terminal could act on the character: control characters, those that turn the direction of text, and
/// those that end a line or a paragraph.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text of several lines has anything that a terminal could act on, besides the ends of its lines.
pub fn has_hidden(text: &str) -> bool {
    text.contains(|c| c != '\n' && acts(c))
}

/// The text with every such character written out: `\n`, `\u{1b}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if acts(c) { safe.extend(c.escape_default()) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

/// As [`escaped`], for text inside a JSON document, which stays one.
pub fn escaped_json(json: &str) -> Cow<'_, str> {
    let hidden = |c: char| c != '\n' && acts(c);
    if !json.contains(hidden) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        if hidden(c) {
            // All of them are below U+10000, and in JSON such a character can only stand in a string.
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_out_what_a_terminal_would_act_on() {
        assert_eq!(escaped("a\u{1b}[31m\nb\u{9b}"), r"a\u{1b}[31m\nb\u{9b}");
        for c in "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{85}".chars() {
            assert_eq!(escaped(&format!("{c}x")), format!("{}x", c.escape_default()));
        }
        assert!(matches!(escaped("é ü 漢"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_stays_json() {
        let value = serde_json::json!({"name": "a\u{7f}\u{9b}\u{202e}"});
        let safe = escaped_json(&value.to_string()).into_owned();
        assert!(safe.is_ascii());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).expect("JSON"), value);
    }
}
