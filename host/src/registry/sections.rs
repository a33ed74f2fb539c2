//! The registry file taken apart into sections and items, in one pass and without parsing the items.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

pub(super) const FLAVORS: &str = "flavors";
pub(super) const STORES: &str = "artifact_stores";
pub(super) const STACKS: &str = "stacks";
pub(super) const DIRECTORIES: &str = "directories";

/// A key of a JSON object with the text of its value, as it stands in the file.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) json: Box<str>,
    /// Where the value starts, counted from 1.
    pub(super) line: usize,
}

/// The keys of the file, in its order.
pub(super) struct Sections<'a>(pub(super) Vec<(String, Section<'a>)>);

pub(super) enum Section<'a> {
    /// One of items by name.
    Items(Items<'a>),
    Other(&'a RawValue),
}

/// The keys of a section, in its order, each value unparsed.
pub(super) struct Items<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Sections<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SectionsVisitor;
        impl<'de> Visitor<'de> for SectionsVisitor {
            type Value = Sections<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sections<'de>, A::Error> {
                let mut sections: Vec<(String, Section<'de>)> = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if sections.iter().any(|(known, _)| *known == name) {
                        return Err(Error::custom(format!("`{name}` stands here twice")));
                    }
                    let section = match name.as_str() {
                        FLAVORS | STORES | STACKS | DIRECTORIES => Section::Items(map.next_value()?),
                        _ => Section::Other(map.next_value()?),
                    };
                    sections.push((name, section));
                }
                Ok(Sections(sections))
            }
        }
        deserializer.deserialize_map(SectionsVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemsVisitor;
        impl<'de> Visitor<'de> for ItemsVisitor {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Items<'de>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = map.next_entry()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_map(ItemsVisitor)
    }
}

/// Gives values of the text, which come in its order, their lines.
pub(super) struct Lines<'a> {
    text: &'a str,
    counted_to: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, counted_to: 0, line: 1 }
    }

    pub(super) fn entry(&mut self, name: String, value: &'a RawValue) -> Entry {
        let start = value.get().as_ptr().addr() - self.text.as_ptr().addr();
        self.line += self.text[self.counted_to..start].matches('\n').count();
        self.counted_to = start;
        Entry { name, json: value.get().into(), line: self.line }
    }
}
