//! The shape of the registry file: its text taken apart into items, and put together again.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde_json::value::RawValue;

use super::Registry;
use super::items::{Items, Record};
use super::sections::{self, DIRECTORIES, FLAVORS, Lines, STACKS, STORES, Section, Sections};
use crate::error::{Error, Result};

const ACTIVE_STACK: &str = "active_stack";

/// The newest format that this version reads, and the one it writes.
const FORMAT: u64 = 1;

impl Registry {
    /// Takes the text of `file` apart; `None` is a file that does not exist.
    pub(super) fn parse(text: Option<&str>, file: &Path) -> Result<Self> {
        let mut registry = Self {
            active_stack: None,
            flavors: Items::new(file),
            stores: Items::new(file),
            stacks: Items::new(file),
            directories: Items::new(file),
            other: Vec::new(),
        };
        let Some(text) = text else { return Ok(registry) };
        check_format(text, file)?;
        let Sections(sections) = serde_json::from_str(text).map_err(|error| damaged(file, &error))?;
        let mut lines = Lines::new(text);
        for (section, value) in sections {
            match value {
                Section::Items(sections::Items(items)) => {
                    for (name, value) in items {
                        let entry = lines.entry(name, value);
                        match section.as_str() {
                            FLAVORS => registry.flavors.push(entry)?,
                            STORES => registry.stores.push(entry)?,
                            STACKS => registry.stacks.push(entry)?,
                            _ => registry.directories.push(entry)?,
                        }
                    }
                }
                Section::Other(_) if section == "format" => {}
                Section::Other(value) if section == ACTIVE_STACK => {
                    let line = lines.entry(section, value).line;
                    registry.active_stack = serde_json::from_str(value.get()).map_err(|error| {
                        Error::registry(format!(
                            "`{ACTIVE_STACK}` is no name in `{}`, line {line}",
                            file.display()
                        ))
                        .with_source(without_place(&error))
                        .with_hint("nothing was changed: repair that line")
                    })?;
                }
                Section::Other(value) => registry.other.push(lines.entry(section, value)),
            }
        }
        Ok(registry)
    }

    /// The text of the file. Items are sorted by name; one that was not changed stands as it stood.
    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{{\n  \"format\": {FORMAT}");
        if let Some(name) = &self.active_stack {
            push(&mut text, ACTIVE_STACK, &quoted(name));
        }
        push(&mut text, FLAVORS, &self.flavors.to_text());
        push(&mut text, STORES, &self.stores.to_text());
        push(&mut text, STACKS, &self.stacks.to_text());
        push(&mut text, DIRECTORIES, &self.directories.to_text());
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
    fn to_text(&self) -> String {
        let items: Vec<String> =
            self.texts().map(|(name, json)| format!("\n    {}: {json}", quoted(name))).collect();
        let end = if items.is_empty() { "" } else { "\n  " };
        format!("{{{}{end}}}", items.join(","))
    }
}

/// Looks at the format before anything else: of a newer one, nothing else is known. It stands first in a file that was
/// not written by hand, so that this is cheap.
fn check_format(text: &str, file: &Path) -> Result<()> {
    let written = format!("{{\n  \"format\": {FORMAT}");
    if text.strip_prefix(&written).is_some_and(|rest| rest.starts_with([',', '\n'])) {
        return Ok(());
    }
    let top: BTreeMap<String, &RawValue> =
        serde_json::from_str(text).map_err(|error| damaged(file, &error))?;
    let format = top.get("format").and_then(|value| value.get().parse::<u64>().ok());
    let file = file.display();
    match format {
        Some(1..=FORMAT) => Ok(()),
        Some(newer) if newer > FORMAT => Err(Error::registry(format!(
            "registry `{file}` has format {newer}, this larder knows formats up to {FORMAT}"
        ))
        .with_hint("use the newer larder that wrote it, or set LARDER_HOME to another directory")),
        _ => Err(Error::registry(format!("`{file}` is no registry: `format` is not a number from 1"))
            .with_hint(format!("add `\"format\": {FORMAT}` if it is one, or move the file away"))),
    }
}

fn damaged(file: &Path, error: &serde_json::Error) -> Error {
    let (file, line, column) = (file.display(), error.line(), error.column());
    Error::registry(format!("registry `{file}` is damaged at line {line}, column {column}"))
        .with_source(without_place(error))
        .with_hint(
            "nothing was changed: repair that line, or move the file away to start with an empty registry",
        )
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
        assert_eq!(place("[]").1, "invalid type: sequence, expected a map");
        assert_eq!(place("{\"format\": 1,\n \"stacks\": []}").0, damaged("line 2, column 11"));
        let text = "{\"format\": 1,\n\"x\":\n {},\n \"x\": {}}";
        assert_eq!(place(text), (damaged("line 4, column 4"), "`x` stands here twice".to_owned()));
        let text = "{\"format\": 1,\n\n\"active_stack\": 7}";
        assert_eq!(place(text).0, format!("`active_stack` is no name in `{FILE}`, line 3"));
    }

    #[test]
    fn two_items_of_one_name_are_refused_with_their_lines() {
        let error = parse("{\"format\": 1,\n\n\"stacks\":\n {\"a\": {},\n \"a\": {}}}").unwrap_err();
        assert_eq!(error.to_string(), format!("stack `a` stands twice in `{FILE}`, lines 4 and 5"));
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
