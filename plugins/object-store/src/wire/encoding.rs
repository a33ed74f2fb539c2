//! Keys as they are written into an address. A key is bytes: it is encoded, and nothing else happens to it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but what RFC 3986, section 2.3, leaves as it is. A signature is made of the same.
const VALUE: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The same for a path, whose `/` stay.
const PATH: AsciiSet = VALUE.remove(b'/');

/// A key in a path.
pub fn path(key: &str) -> String {
    utf8_percent_encode(key, &PATH).to_string()
}

/// A text in a query, or in a path where it may have no `/`.
pub fn value(text: &str) -> String {
    utf8_percent_encode(text, &VALUE).to_string()
}

/// What was encoded, as text; `None` for what is not UTF-8.
pub fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// A query of names and values. A `/` is an ordinary character in it (RFC 3986, section 3.4).
pub fn query(pairs: &[(&str, Option<&str>)]) -> String {
    let given = pairs.iter().filter_map(|(name, text)| Some(format!("{name}={}", path((*text)?))));
    given.collect::<Vec<_>>().join("&")
}

/// Whether an address of this key would become another one: a client takes `.` and `..` out of a path (RFC 3986, section
/// 5.2.4), also when they are encoded.
pub fn has_dot_segment(key: &str) -> bool {
    key.split('/').any(|segment| matches!(segment, "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_comes_back_as_it_was() {
        for key in ["a b", "a%2Fb", "%2E%2E", "d//x", "/x", "é\u{1}\r\n", "a+b&c=d?e#f", "..", "~-_.!*'()"] {
            assert_eq!(decoded(&path(key)).as_deref(), Some(key));
            assert_eq!(decoded(&value(key)).as_deref(), Some(key));
            assert!(!value(key).contains('/'));
        }
    }

    #[test]
    fn dots_are_segments_only_when_nothing_else_is_in_them() {
        assert!(has_dot_segment("d/../x") && has_dot_segment(".") && has_dot_segment("d/./x"));
        assert!(!has_dot_segment("d/...") && !has_dot_segment("a..b/.c") && !has_dot_segment("d//x"));
    }
}
