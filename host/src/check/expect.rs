//! What cases expect, and the words for what they got instead.

use std::fmt::Debug;

use larder_plugin_api::{ErrorKind, Result};

use super::case::error_text;
use super::{Checked, Stop};

/// Longer values are cut: a report is read in a terminal.
const MAX_CHARS: usize = 1000;

/// A value in words.
pub fn words(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}... ({} characters)", &text[..end], text.chars().count()),
        None => text,
    }
}

/// Two values are the same.
pub fn equal<T: PartialEq + Debug>(what: &str, got: &T, expected: &T) -> Checked {
    if got == expected {
        return Ok(());
    }
    Err(Stop::failed(format!("{what}: {}", words(expected)), words(got)))
}

/// Names in an order.
pub fn names(what: &str, got: &[String], expected: &[&str]) -> Checked {
    equal(what, &got.iter().map(String::as_str).collect::<Vec<_>>(), &expected.to_vec())
}

/// Something holds.
pub fn that(holds: bool, expected: &str, got: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(Stop::failed(expected, got())) }
}

/// A call failed with this kind.
pub fn fails<T>(kind: ErrorKind, result: Result<T>) -> Checked {
    fails_with_one_of(&[kind], result)
}

/// A call failed with one of these kinds.
pub fn fails_with_one_of<T>(kinds: &[ErrorKind], result: Result<T>) -> Checked {
    let expected = || {
        let kinds: Vec<String> = kinds.iter().map(|kind| format!("*{kind}*")).collect();
        format!("an error of kind {}", kinds.join(" or "))
    };
    match result {
        Err(error) if kinds.contains(&error.kind()) => Ok(()),
        Err(error) => Err(Stop::failed(expected(), error_text(&error))),
        Ok(_) => Err(Stop::failed(expected(), "the call succeeded")),
    }
}

/// Two contents are the same; says where they part.
pub fn same_bytes(what: &str, got: &[u8], expected: &[u8]) -> Checked {
    if got == expected {
        return Ok(());
    }
    let at = got.iter().zip(expected).take_while(|(got, expected)| got == expected).count();
    Err(Stop::failed(format!("{what}: {}", bytes(expected, at)), bytes(got, at)))
}

/// A content in words: all of a short one; of a long one its length and what stands from an offset on.
fn bytes(content: &[u8], from: usize) -> String {
    const SHORT: usize = 64;
    if content.len() <= SHORT {
        return format!("`{}` ({} bytes)", content.escape_ascii(), content.len());
    }
    let piece = &content[from.min(content.len())..(from + SHORT / 2).min(content.len())];
    format!("{} bytes, from offset {from} `{}`", content.len(), piece.escape_ascii())
}

/// A content that should have been one of several.
pub fn mixed(content: &[u8]) -> String {
    format!(
        "{} bytes that are none of them: `{}`...",
        content.len(),
        content[..content.len().min(16)].escape_ascii()
    )
}
