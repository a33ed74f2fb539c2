//! The file with the answers: a JSON object, each part of which may be missing.
//!
//! ```json
//! {
//!   "listings": {"": [{"name": "../x", "size": 5}, {"name": "d", "kind": "directory"}, {"error": "no"}]},
//!   "everywhere": [{"name": "again", "kind": "directory"}],
//!   "endless": "directory whose listing never ends",
//!   "walk": [{"directory": "../made", "directories": [], "files": [{"name": "x", "size": 5}]}],
//!   "glob": [{"name": "/etc/passwd"}],
//!   "files": {"d/x": {"text": "content", "size": 7, "more": 3}},
//!   "sleep_ms": {"listdir": 100},
//!   "exit": {"open": 7},
//!   "working_directory": "/"
//! }
//! ```
//!
//! `everywhere` is the listing of each directory that has none of its own. A file that is not described has the content
//! `evil`; `more` is how many bytes its reader gives beyond its size, or when negative, does not give.

use std::fs;

use larder_plugin_api::prelude::*;
use larder_plugin_api::{EntryItems, Visit};
use serde_json::Value;

/// The content of a file that is not described.
const CONTENT: &str = "evil\n";

/// What the file says.
pub struct Answers(Value);

/// A file's bytes, and how many it says that it has.
pub struct Content {
    pub bytes: Vec<u8>,
    pub size: u64,
}

impl Answers {
    pub fn read(file: &str) -> Result<Self> {
        let text = fs::read_to_string(file)?;
        let wrong = |error: serde_json::Error| Error::new(ErrorKind::InvalidArgument, error.to_string());
        serde_json::from_str(&text).map(Self).map_err(wrong)
    }

    pub fn sleep(&self, operation: &str) -> Option<u64> {
        self.0["sleep_ms"][operation].as_u64()
    }

    /// Where the process is to be from then on that makes the store.
    pub fn working_directory(&self) -> Option<&str> {
        self.0["working_directory"].as_str()
    }

    pub fn exit(&self, operation: &str) -> Option<i32> {
        self.0["exit"][operation].as_i64().and_then(|code| i32::try_from(code).ok())
    }

    pub fn stat(&self, path: StorePath) -> Result<Stat> {
        let text = path.as_str();
        if self.0["files"].get(text).is_some() {
            return Ok(Stat::file(self.content(text).size));
        }
        if path.is_root() || self.0["listings"].get(text).is_some() || self.0["endless"] == text {
            return Ok(Stat::directory());
        }
        let parent = path.parent().map_or("", StorePath::as_str);
        let listed = self.listed(parent).into_iter().flatten().find(|entry| entry["name"] == path.name());
        match listed {
            Some(entry) if entry["kind"] == "directory" => Ok(Stat::directory()),
            Some(_) => Ok(Stat::file(self.content(text).size)),
            None => Err(Error::not_found()),
        }
    }

    pub fn content(&self, path: &str) -> Content {
        let described = &self.0["files"][path];
        let mut bytes = described["text"].as_str().unwrap_or(CONTENT).as_bytes().to_vec();
        let size = described["size"].as_u64().unwrap_or(bytes.len() as u64);
        let more = described["more"].as_i64().unwrap_or_default();
        let given = usize::try_from(size.saturating_add_signed(more)).unwrap_or(0);
        if described["more"].is_i64() {
            bytes.resize(given, b'x');
        }
        Content { bytes, size }
    }

    fn listed(&self, directory: &str) -> Option<&Vec<Value>> {
        let own = self.0["listings"].get(directory);
        own.or_else(|| self.0.get("everywhere")).and_then(Value::as_array)
    }

    pub fn listing(&self, directory: &str) -> EntryItems {
        if self.0["endless"] == directory {
            return Box::new((0_u64..).map(|number| Ok(Entry::file(format!("f{number:020}"), 5))));
        }
        let entries: Vec<_> = self.listed(directory).into_iter().flatten().map(entry).collect();
        Box::new(entries.into_iter())
    }

    /// The matches of any pattern, where there are some.
    pub fn found(&self) -> Option<EntryItems> {
        let found: Vec<_> = self.0["glob"].as_array()?.iter().map(entry).collect();
        Some(Box::new(found.into_iter()))
    }

    /// The visits of any walk, where there are some.
    pub fn visits(&self) -> Option<impl Iterator<Item = Result<Visit>> + Send + use<>> {
        let visits: Vec<_> = self.0["walk"].as_array()?.iter().map(visit).collect();
        Some(visits.into_iter())
    }
}

fn entry(value: &Value) -> Result<Entry> {
    if let Some(message) = value["error"].as_str() {
        return Err(Error::new(ErrorKind::Unexpected, message).with_path(message));
    }
    let kind = match value["kind"].as_str() {
        Some("directory") => Kind::Directory,
        Some("other") => Kind::Other,
        _ => Kind::File,
    };
    let entry = Entry::new(value["name"].as_str().unwrap_or_default(), kind);
    let size = value["size"].as_u64().or_else(|| (kind == Kind::File).then_some(CONTENT.len() as u64));
    Ok(size.map_or(entry.clone(), |size| entry.with_size(size)))
}

fn visit(value: &Value) -> Result<Visit> {
    if let Some(message) = value["error"].as_str() {
        return Err(Error::new(ErrorKind::Unexpected, message));
    }
    let entries = |list: &Value| list.as_array().into_iter().flatten().map(entry).collect::<Result<Vec<_>>>();
    Ok(Visit {
        directory: value["directory"].as_str().unwrap_or_default().to_owned(),
        directories: entries(&value["directories"])?,
        files: entries(&value["files"])?,
    })
}
