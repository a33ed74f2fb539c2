//! Named items of one sort, each parsed when it is asked for; what cannot be parsed or is not known stays as it stood.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::document::without_place;
use super::sections::Entry;
use crate::error::{Error, Result};

/// What stands in the registry under a name.
pub(super) trait Record: Clone + DeserializeOwned + Serialize {
    /// What it is called in a message.
    const WHAT: &'static str;

    /// The name is the key of the item and not part of it.
    fn set_name(&mut self, name: &str);
}

/// The items of one sort, in the order of their names.
#[derive(Clone)]
pub(super) struct Items<T> {
    file: PathBuf,
    items: BTreeMap<String, Item<T>>,
}

#[derive(Clone)]
struct Item<T> {
    json: Box<str>,
    /// Where it stands in the file; `None` when it was written since.
    line: Option<usize>,
    record: OnceLock<Result<T, String>>,
}

impl<T: Record> Item<T> {
    fn record(&self, name: &str) -> Result<&T, &String> {
        let parse = || match serde_json::from_str::<T>(&self.json) {
            Ok(mut record) => {
                record.set_name(name);
                Ok(record)
            }
            Err(error) => Err(without_place(&error)),
        };
        self.record.get_or_init(parse).as_ref()
    }
}

impl<T: Record> Items<T> {
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.to_path_buf(), items: BTreeMap::new() }
    }

    /// Adds an item of the file.
    pub(super) fn push(&mut self, entry: Entry) -> Result<()> {
        let Entry { name, json, line } = entry;
        if let Some(first) = self.items.get(&name) {
            let (file, first) = (self.file.display(), first.line.unwrap_or_default());
            return Err(Error::registry(format!(
                "{} `{name}` stands twice in `{file}`, lines {first} and {line}",
                T::WHAT
            ))
            .with_hint("nothing was changed: rename or remove one of them"));
        }
        self.items.insert(name, Item { json, line: Some(line), record: OnceLock::new() });
        Ok(())
    }

    /// Name and text of each.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.items.iter().map(|(name, item)| (name.as_str(), &*item.json))
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.items.contains_key(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.items.keys().map(String::as_str)
    }

    /// Those that can be read.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter().filter_map(|(name, item)| item.record(name).ok())
    }

    /// An error for each that cannot be read.
    pub(super) fn problems(&self) -> Vec<Error> {
        let problem = |(name, item): (&String, &Item<T>)| {
            item.record(name).err().map(|why| self.broken(name, item.line, why))
        };
        self.items.iter().filter_map(problem).collect()
    }

    /// The record of this name, if there is one that can be read.
    pub(super) fn find(&self, name: &str) -> Option<&T> {
        self.items.get(name)?.record(name).ok()
    }

    pub(super) fn get(&self, name: &str) -> Result<&T> {
        let item = self.items.get(name).ok_or_else(|| self.unknown(name))?;
        item.record(name).map_err(|why| self.broken(name, item.line, why))
    }

    /// Puts a record in; what the item held and this version does not know stays.
    pub(super) fn put(&mut self, name: &str, record: &T) -> Result<()> {
        let wrong = |error: serde_json::Error| {
            Error::registry(format!("{} `{name}` cannot be written as JSON", T::WHAT)).with_source(error)
        };
        let mut value = serde_json::to_value(record).map_err(wrong)?;
        if let Some(item) = self.items.get(name)
            && let Ok(known) = item.record(name)
        {
            let stood = serde_json::from_str(&item.json).map_err(wrong)?;
            keep_unknown(&stood, &serde_json::to_value(known).map_err(wrong)?, &mut value);
        }
        // A JSON text has a line break nowhere but between its tokens.
        let json = serde_json::to_string_pretty(&value).map_err(wrong)?.replace('\n', "\n    ");
        self.items.insert(name.to_owned(), Item { json: json.into(), line: None, record: OnceLock::new() });
        Ok(())
    }

    /// Changes the record of this name.
    pub(super) fn change<R>(&mut self, name: &str, change: impl FnOnce(&mut T) -> Result<R>) -> Result<R> {
        let mut record = self.get(name)?.clone();
        let answer = change(&mut record)?;
        record.set_name(name);
        self.put(name, &record)?;
        Ok(answer)
    }

    /// Takes an item out, also one that cannot be read.
    pub(super) fn remove(&mut self, name: &str) -> Result<()> {
        match self.items.remove(name) {
            Some(_) => Ok(()),
            None => Err(self.unknown(name)),
        }
    }

    /// A second item with all that the first one holds.
    pub(super) fn copy(&mut self, from: &str, to: &str) -> Result<()> {
        self.get(from)?;
        self.must_be_free(to)?;
        if let Some(item) = self.items.get(from) {
            let copy = Item { json: item.json.clone(), line: None, record: OnceLock::new() };
            self.items.insert(to.to_owned(), copy);
        }
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.copy(from, to)?;
        self.remove(from)
    }

    pub(super) fn must_be_free(&self, name: &str) -> Result<()> {
        if self.contains(name) {
            return Err(Error::already_exists(format!("{} `{name}` already exists", T::WHAT)));
        }
        Ok(())
    }

    fn unknown(&self, name: &str) -> Error {
        Error::unknown(T::WHAT, name, self.names())
    }

    fn broken(&self, name: &str, line: Option<usize>, why: &str) -> Error {
        let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
        let message = format!("{} `{name}` is broken in `{}`{line}", T::WHAT, self.file.display());
        Error::registry(message)
            .with_source(why.to_owned())
            .with_hint("correct it in the file, or delete it by its name; everything else is usable")
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.items.keys()).finish()
    }
}

/// Puts into `new` what `stood` in the file and `known`, which is what this version reads and writes of it, does not have.
fn keep_unknown(stood: &Value, known: &Value, new: &mut Value) {
    if new == known {
        new.clone_from(stood);
        return;
    }
    let (Value::Object(stood), Value::Object(known), Value::Object(new)) = (stood, known, new) else {
        return;
    };
    for (name, stood) in stood {
        match (known.get(name), new.get_mut(name)) {
            (Some(known), Some(new)) => keep_unknown(stood, known, new),
            (None, None) => {
                new.insert(name.clone(), stood.clone());
            }
            (Some(_), None) | (None, Some(_)) => {}
        }
    }
}
