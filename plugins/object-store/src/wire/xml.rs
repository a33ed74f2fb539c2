//! Answers in XML, as a tree. Text is taken as it is: no blank is trimmed and no end of a line is changed, because names of
//! objects have both.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// How deep an answer may go. Those of the services are five deep.
const DEEPEST: usize = 32;

/// An element with its text and what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// Its text without that of the elements in it.
    pub text: String,
    /// Whether the text is percent-encoded, as Azure says of names that XML cannot hold.
    pub is_encoded: bool,
    /// The elements in it.
    pub children: Vec<Element>,
}

impl Element {
    /// The root element of a document.
    ///
    /// # Errors
    ///
    /// When it is not one.
    pub fn parse(document: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(document).map_err(|error| error.to_string())?;
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(start) if open.len() > DEEPEST => {
                    return Err(format!("`{}` is more than {DEEPEST} levels deep", &*start));
                }
                Event::Start(start) => open.push(Self::begun(&start)),
                Event::Empty(start) => append(&mut open, Self::begun(&start)),
                Event::End(_) => {
                    let ended = open.pop().unwrap_or_default();
                    append(&mut open, ended);
                }
                Event::Text(text) => add_text(&mut open, &text),
                Event::CData(text) => add_text(&mut open, &text),
                Event::GeneralRef(reference) => add_text(&mut open, &resolved(&reference)?),
                Event::Eof => break,
                _ => {}
            }
        }
        let document = open.pop().unwrap_or_default();
        document.children.into_iter().next().ok_or_else(|| "it has no element".to_owned())
    }

    fn begun(start: &BytesStart<'_>) -> Self {
        let name = start.local_name();
        let is_encoded = start
            .attributes()
            .flatten()
            .any(|attribute| attribute.key.as_ref() == "Encoded" && &*attribute.value == "true");
        Self { name: name.as_ref().to_owned(), is_encoded, ..Self::default() }
    }

    /// The elements of a name that are directly in this one.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first of them.
    pub fn child<'a>(&'a self, name: &'a str) -> Option<&'a Self> {
        self.all(name).next()
    }

    /// The text of the first of them; empty when there is none.
    pub fn text_of<'a>(&'a self, name: &'a str) -> &'a str {
        self.child(name).map_or("", |child| &child.text)
    }
}

fn append(open: &mut [Element], element: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
    }
}

fn add_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn resolved(reference: &BytesRef<'_>) -> Result<String, String> {
    let unknown = || format!("`&{};` is not known", &**reference);
    if let Some(character) = reference.resolve_char_ref().map_err(|_| unknown())? {
        return Ok(character.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned).ok_or_else(unknown)
}

/// A text within an element. The ends of lines and the tab are written as numbers: as they are, a reader changes them.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Whether XML 1.0 has all characters of a text (section 2.2).
pub fn holds(text: &str) -> bool {
    text.chars().all(|character| match character {
        '\t' | '\n' | '\r' => true,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was_written() {
        for text in [" a ", "a\r\nb\rc\td", "<&>\"'", "é\u{1f980}", ""] {
            let document = format!("<?xml version=\"1.0\"?>\n<A xmlns=\"x\"><B>{}</B></A>", escaped(text));
            let root = Element::parse(document.as_bytes()).expect("it is a document");
            assert_eq!((root.name.as_str(), root.text_of("B")), ("A", text));
        }
    }

    #[test]
    fn a_name_that_is_encoded_is_known() {
        let root = Element::parse(b"<A><Name Encoded=\"true\">a%EF%BF%BE</Name><Name>b</Name></A>");
        let root = root.expect("it is a document");
        assert_eq!(root.all("Name").map(|name| name.is_encoded).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        for document in ["", "text", "<A><B></A>", "<A>&what;</A>"] {
            assert!(Element::parse(document.as_bytes()).is_err(), "{document}");
        }
        let deep = "<a>".repeat(100_000);
        assert!(Element::parse(deep.as_bytes()).is_err());
    }
}
