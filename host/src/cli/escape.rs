//! Control characters in what others wrote: a terminal must not act on them.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a terminal could act on the character: control characters, and those that turn the direction of text.
fn acts(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
        assert_eq!(escaped("\u{202e}x"), r"\u{202e}x");
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
