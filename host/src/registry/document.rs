//! The shape of the registry file: its text taken apart into items, and put together again.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::path::Path;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::Registry;
use super::items::{Items, Record};
use crate::error::{Error, Result};

/// The newest format that this version reads, and the one it writes.
const FORMAT: u64 = 1;

/// A key of a JSON object with the text of its value, as it stands in the file.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) json: Box<str>,
    /// Where the value starts, counted from 1.
    pub(super) line: usize,
}

/// The keys of an object, each value unparsed.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut entries: Vec<(Cow<'de, str>, &RawValue)> = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if entries.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom(format!("`{name}` stands here twice")));
                    }
                    entries.push((Cow::Owned(name), map.next_value()?));
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Takes an object apart. `first_line` is the line where its text starts.
fn entries(json: &str, first_line: usize) -> serde_json::Result<Vec<Entry>> {
    let object: Object<'_> = serde_json::from_str(json)?;
    let (mut line, mut counted_to) = (first_line, 0);
    let entry = |(name, value): (Cow<'_, str>, &RawValue)| {
        let value = value.get();
        let start = value.as_ptr().addr() - json.as_ptr().addr();
        line += json[counted_to..start].matches('\n').count();
        counted_to = start;
        Entry { name: name.into_owned(), json: value.into(), line }
    };
    Ok(object.0.into_iter().map(entry).collect())
}

impl Registry {
    /// Takes the text of `file` apart; `None` is a file that does not exist.
    pub(super) fn parse(text: Option<&str>, file: &Path) -> Result<Self> {
        let sections = match text {
            Some(text) => entries(text, 1).map_err(|error| damaged(file, &error, error.line()))?,
            None => Vec::new(),
        };
        if text.is_some() {
            check_format(&sections, file)?;
        }
        let mut registry = Self {
            active_stack: None,
            flavors: Items::new(file),
            stores: Items::new(file),
            stacks: Items::new(file),
            directories: Items::new(file),
            other: Vec::new(),
        };
        for section in sections {
            match section.name.as_str() {
                "format" => {}
                "active_stack" => {
                    let name = serde_json::from_str(&section.json);
                    registry.active_stack = name.map_err(|error| damaged(file, &error, section.line))?;
                }
                "flavors" => registry.flavors.extend(&section, file)?,
                "artifact_stores" => registry.stores.extend(&section, file)?,
                "stacks" => registry.stacks.extend(&section, file)?,
                "directories" => registry.directories.extend(&section, file)?,
                _ => registry.other.push(section),
            }
        }
        Ok(registry)
    }

    /// The text of the file. Items are sorted by name; one that was not changed stands as it stood.
    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{{\n  \"format\": {FORMAT}");
        if let Some(name) = &self.active_stack {
            push(&mut text, "active_stack", &quoted(name));
        }
        push(&mut text, "flavors", &self.flavors.to_text());
        push(&mut text, "artifact_stores", &self.stores.to_text());
        push(&mut text, "stacks", &self.stacks.to_text());
        push(&mut text, "directories", &self.directories.to_text());
        for entry in &self.other {
            push(&mut text, &entry.name, &entry.json);
        }
        text.push_str("\n}\n");
        text
    }
}

fn push(text: &mut String, name: &str, json: &str) {
    // Writing to a String cannot fail.
    let _ = write!(text, ",\n  {}: {json}", quoted(name));
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl<T: Record> Items<T> {
    fn extend(&mut self, section: &Entry, file: &Path) -> Result<()> {
        let wrong = |error: serde_json::Error| damaged(file, &error, section.line + error.line() - 1);
        for entry in entries(&section.json, section.line).map_err(wrong)? {
            self.push(entry);
        }
        Ok(())
    }

    fn to_text(&self) -> String {
        let items: Vec<String> =
            self.texts().map(|(name, json)| format!("\n    {}: {json}", quoted(name))).collect();
        let end = if items.is_empty() { "" } else { "\n  " };
        format!("{{{}{end}}}", items.join(","))
    }
}

fn check_format(sections: &[Entry], file: &Path) -> Result<()> {
    let file = file.display();
    let format = sections.iter().find(|section| section.name == "format");
    match format.and_then(|section| section.json.parse::<u64>().ok()) {
        Some(1..=FORMAT) => Ok(()),
        Some(newer) if newer > FORMAT => Err(Error::registry(format!(
            "registry `{file}` has format {newer}, this larder knows formats up to {FORMAT}"
        ))
        .with_hint("use the newer larder that wrote it, or set LARDER_HOME to another directory")),
        _ => Err(Error::registry(format!("`{file}` is no registry: `format` is not a number from 1"))
            .with_hint(format!("add `\"format\": {FORMAT}` if it is one, or move the file away"))),
    }
}

fn damaged(file: &Path, error: &serde_json::Error, line: usize) -> Error {
    Error::registry(format!(
        "registry `{}` is damaged at line {line}, column {}",
        file.display(),
        error.column()
    ))
    .with_source(without_place(error))
    .with_hint("nothing was changed: repair that line, or move the file away to start with an empty registry")
}

/// What a JSON error says, less the place, which is relative to the text that was parsed, and less any text of the file,
/// which may be a secret.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    match (text.find('"'), text.rfind('"')) {
        (Some(start), Some(end)) if start < end => format!("{}...{}", &text[..=start], &text[end..]),
        _ => text.to_owned(),
    }
}
