//! Where a file goes that is copied or moved to a path: to the path itself, or into the directory that is there.

use larder::Error;
use larder::transfer::End;

use super::failure::Outcome;

/// The target of a command with one source or several.
pub struct Target {
    end: End,
    into: bool,
}

impl Target {
    /// A path that ends with `/`, or where a directory is, takes the sources in. Several sources need such a one.
    pub fn new(end: End, text: &str, sources: usize) -> Outcome<Self> {
        let into =
            text.ends_with('/') || text.ends_with(':') || end.name().is_empty() || end.is_directory()?;
        if sources > 1 && !into {
            let error = Error::usage(format!("{sources} sources cannot all become `{text}`"));
            return Err(error.with_hint("name a directory, with a `/` at the end").into());
        }
        Ok(Self { end, into })
    }

    /// Whether sources keep their names in it.
    pub fn takes_in(&self) -> bool {
        self.into
    }

    /// Where a source of this name goes.
    pub fn of(&self, name: &str) -> Outcome<End> {
        if !self.into {
            return Ok(self.end.clone());
        }
        if name.is_empty() {
            // The root of a store: what is in it goes in.
            return Ok(self.end.clone());
        }
        if matches!(self.end, End::Local(_)) && !self.end.is_directory()? {
            let error = Error::not_found(format!("there is no directory `{}`", self.end.address()));
            return Err(error.with_hint(format!("mkdir -p {}", self.end.address())).into());
        }
        Ok(self.end.join(name))
    }
}
