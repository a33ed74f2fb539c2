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

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "/home/registry.json";

    fn parse(text: &str) -> Result<Registry> {
        Registry::parse(Some(text), Path::new(FILE))
    }

    /// With an unknown field at the top, in an item and in an item of an item, and an item that is broken.
    const TEXT: &str = r#"{
  "format": 1,
  "active_stack": "dev",
  "flavors": {
    "local": {
      "library": "/lib/liblocal.so",
      "identity": {"device": 1, "inode": 2, "size_bytes": 3, "mtime_ns": 4, "ctime_ns": 5, "birth_ns": 6},
      "from_tomorrow": [1, 2]
    }
  },
  "artifact_stores": {
    "broken": {"path":   "/data",
      "flavor": ["hush"]},
    "mine": {"flavor": "local", "path": "/data/mine", "config": {"part_size": "8MiB"}, "colour": "blue"}
  },
  "stacks": {
    "dev": {"artifact_store": "mine"}
  },
  "directories": {},
  "models": {"from": "tomorrow"}
}
"#;

    #[test]
    fn a_file_that_was_not_changed_is_written_as_it_stood() {
        assert_eq!(parse(TEXT).unwrap().to_text(), TEXT);
    }

    #[test]
    fn unknown_fields_survive_a_change_of_their_item() {
        let mut registry = parse(TEXT).unwrap();
        let change = |flavor: &mut crate::registry::FlavorRecord| {
            flavor.disabled = true;
            flavor.identity = flavor
                .identity
                .map(|identity| crate::library::identity::FileIdentity { inode: 9, ..identity });
            Ok(())
        };
        registry.update_flavor("local", change).unwrap();
        registry.rename_store("mine", "ours").unwrap();
        let text: serde_json::Value = serde_json::from_str(&registry.to_text()).unwrap();
        let flavor = &text["flavors"]["local"];
        assert_eq!(flavor["from_tomorrow"], serde_json::json!([1, 2]));
        assert_eq!((&flavor["identity"]["birth_ns"], &flavor["identity"]["inode"]), (&6.into(), &9.into()));
        assert_eq!(text["artifact_stores"]["ours"]["colour"], "blue");
        assert_eq!(text["models"]["from"], "tomorrow");
        assert_eq!(text["stacks"]["dev"]["artifact_store"], "ours");
    }

    #[test]
    fn a_field_that_was_taken_away_does_not_come_back() {
        let mut registry = parse(TEXT).unwrap();
        registry.remove_attributes("mine", &["part_size"], None).unwrap();
        registry
            .update_flavor("local", |flavor| {
                flavor.identity = None;
                Ok(())
            })
            .unwrap();
        let text: serde_json::Value = serde_json::from_str(&registry.to_text()).unwrap();
        assert!(text["flavors"]["local"].get("identity").is_none());
        assert!(text["artifact_stores"]["mine"].get("config").is_none());
    }

    #[test]
    fn a_broken_item_is_reported_and_leaves_the_others_usable() {
        let registry = parse(TEXT).unwrap();
        assert_eq!(registry.stores().map(|store| store.name.as_str()).collect::<Vec<_>>(), ["mine"]);
        let problems: Vec<String> = registry.problems().iter().map(ToString::to_string).collect();
        assert_eq!(problems, ["artifact store `broken` is broken in `/home/registry.json`, line 12"]);
        assert_eq!(registry.store("broken").unwrap_err().to_string(), problems[0]);
    }

    #[test]
    fn a_broken_item_survives_as_it_stood_and_can_be_deleted() {
        let mut registry = parse(TEXT).unwrap();
        registry.delete_stack("dev", true).unwrap();
        assert!(registry.to_text().contains("{\"path\":   \"/data\",\n      \"flavor\": [\"hush\"]}"));
        registry.delete_store("broken").unwrap();
        assert!(!registry.to_text().contains("hush"));
    }

    #[test]
    fn a_changed_item_is_indented_like_the_others() {
        let mut registry = Registry::parse(None, Path::new(FILE)).unwrap();
        let mut store = crate::registry::StoreRecord::new("mine", "local", "/data");
        (store.created_at, store.updated_at) = ("then".to_owned(), "now".to_owned());
        registry.register_store(&store).unwrap();
        let expected = r#"{
  "format": 1,
  "flavors": {},
  "artifact_stores": {
    "mine": {
      "flavor": "local",
      "path": "/data",
      "created_at": "then",
      "updated_at": "now"
    }
  },
  "stacks": {},
  "directories": {}
}
"#;
        assert_eq!(registry.to_text(), expected);
    }

    #[test]
    fn a_damaged_file_is_refused_with_its_place() {
        let place = |text: &str| {
            let error = parse(text).unwrap_err();
            assert!(error.hint().is_some_and(|hint| hint.starts_with("nothing was changed")));
            let causes: Vec<String> = error.causes().collect();
            (error.to_string(), causes.join(": "))
        };
        let damaged = |place: &str| format!("registry `{FILE}` is damaged at {place}");
        let eof = |what: &str| format!("EOF while parsing {what}");
        assert_eq!(place(""), (damaged("line 1, column 0"), eof("a value")));
        assert_eq!(place("{\n \"format\": 1,\n \"fla"), (damaged("line 3, column 5"), eof("a string")));
        assert_eq!(place("[]").1, "invalid type: sequence, expected an object");
        let text = "{\"format\": 1,\n\n\"stacks\":\n {\"a\": {},\n \"a\": {}}}";
        assert_eq!(place(text), (damaged("line 5, column 4"), "`a` stands here twice".to_owned()));
        let text = "{\"format\": 1,\n\n\"active_stack\": 7}";
        assert_eq!(place(text).0, damaged("line 3, column 1"));
    }

    #[test]
    fn every_truncation_is_refused() {
        for len in 0..TEXT.trim_end().len() {
            assert!(parse(&TEXT[..len]).is_err(), "{len}");
        }
    }

    #[test]
    fn a_newer_format_is_refused_with_both_versions() {
        let error = parse(r#"{"format": 7, "flavors": [], "active_stack": {}}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("registry `{FILE}` has format 7, this larder knows formats up to 1")
        );
    }

    #[test]
    fn what_has_no_format_is_no_registry() {
        for text in ["{}", r#"{"format": "1"}"#, r#"{"format": 0}"#, r#"{"format": -1}"#] {
            let error = parse(text).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{FILE}` is no registry: `format` is not a number from 1")
            );
        }
    }

    #[test]
    fn a_message_about_json_has_no_text_of_the_file() {
        let error = serde_json::from_str::<Vec<u8>>(r#""hush""#).unwrap_err();
        assert_eq!(without_place(&error), r#"invalid type: string "...", expected a sequence"#);
    }
}
