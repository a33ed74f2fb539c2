//! What is copied or moved, and where it goes: to the path itself, or into the directory that is there.

use std::cell::RefCell;
use std::collections::HashMap;

use larder::Error;
use larder::transfer::End;
use larder_plugin_api::ErrorKind as StoreErrorKind;

use super::each::is;
use super::failure::Outcome;

/// One thing that is copied or moved.
#[derive(Clone, Debug)]
pub struct Source {
    pub end: End,
    /// The name that it keeps in a directory; empty for the root of a store and for `dir/.`: what is in it goes in.
    name: String,
}

impl Source {
    /// An end, and how the user named it.
    pub fn new(end: End, text: &str) -> Self {
        let is_contents = text.ends_with("/.") || text.ends_with(":.");
        let name = if is_contents { String::new() } else { end.name() };
        Self { end, name }
    }
}

/// The target of a command with one source or several.
pub struct Target {
    end: End,
    into: bool,
    /// Where earlier sources went, each with the source.
    taken: RefCell<HashMap<String, String>>,
}

impl Target {
    /// A path that ends with `/`, or where a directory is, takes the sources in. Several sources need such a one.
    pub fn new(end: End, text: &str, sources: usize) -> Outcome<Self> {
        let into =
            text.ends_with('/') || text.ends_with(':') || end.name().is_empty() || has_directory(&end)?;
        if sources > 1 && !into {
            let error = Error::usage(format!("{sources} sources cannot all become `{text}`"));
            return Err(error.with_hint("name a directory, with a `/` at the end").into());
        }
        Ok(Self { end, into, taken: RefCell::default() })
    }

    /// Whether sources keep their names in it.
    pub fn takes_in(&self) -> bool {
        self.into
    }

    /// Where a source goes. Two sources of one name do not go to one place: the second would replace the first.
    pub fn of(&self, source: &Source) -> Outcome<End> {
        let end = self.place_of(&source.name)?;
        if source.name.is_empty() {
            return Ok(end);
        }
        let (from, to) = (source.end.address(), end.address());
        if let Some(first) = self.taken.borrow_mut().insert(to.clone(), from.clone()) {
            let text = format!("`{from}` would go to `{to}`, where `{first}` has just gone");
            return Err(Error::usage(text).with_hint("give one of them another name in the target").into());
        }
        Ok(end)
    }

    /// Where something without a name goes, such as the standard input.
    pub fn itself(&self) -> End {
        self.end.clone()
    }

    fn place_of(&self, name: &str) -> Outcome<End> {
        if !self.into || name.is_empty() {
            return Ok(self.end.clone());
        }
        if self.end.is_local() && !self.end.is_directory()? {
            let error = Error::not_found(format!("there is no directory `{}`", self.end.address()));
            return Err(error.with_hint(format!("mkdir -p {}", self.end.address())).into());
        }
        Ok(self.end.join(name))
    }
}

/// Whoever may only write cannot look: then the path is taken for the file's own.
fn has_directory(end: &End) -> Outcome<bool> {
    match end.is_directory() {
        Err(error) if is(&error, StoreErrorKind::PermissionDenied) => Ok(false),
        result => Ok(result?),
    }
}
