//! The way through a tree for `tree`: the listings under way are on a pile, as deep as a store may say that it is.

use larder::{Entries, Place, Store, too_far};
use larder_plugin_api::{Detail, Entry, Error, ErrorKind, Kind};

use super::super::context::Context;
use super::super::each::check_cancelled;
use super::super::failure::Outcome;
use super::super::place::failed;

/// A tree on the way down.
pub struct Descent<'a> {
    context: &'a Context,
    store: Store,
    /// The path of the last entry.
    path: String,
    open: Vec<Listing>,
    levels: u64,
    /// Whether the last entry is a directory, which comes next.
    enters: bool,
    /// Whether anything could not be listed; it is told then.
    pub failed: bool,
}

struct Listing {
    /// The length of its directory's path.
    directory_bytes: usize,
    /// None where nothing is to be listed.
    entries: Option<Entries>,
    next: Option<Entry>,
}

/// What comes next.
pub enum Step<'a> {
    /// An entry with its path; the last of its directory or not. When it is a directory, its entries follow.
    Entry { entry: Entry, path: &'a str, last: bool },
    /// The end of a directory.
    Leave,
}

impl<'a> Descent<'a> {
    /// Begins at a directory, which must be there.
    pub fn new(context: &'a Context, place: &Place, levels: u64) -> Outcome<Self> {
        let told = |error| failed("list", place, error);
        let mut entries = place.store.listdir(&place.path, Detail::Kind).map_err(told)?;
        let mut first = entries.next();
        let mut descent = Self {
            context,
            store: place.store.clone(),
            path: place.path.clone(),
            open: Vec::new(),
            levels,
            enters: false,
            failed: false,
        };
        // An error after which nothing comes is that of the listing itself.
        while let Some(Err(error)) = first {
            first = entries.next();
            if first.is_none() {
                return Err(told(error).into());
            }
            descent.tell(&place.path, error)?;
        }
        let next = first.transpose().map_err(told)?;
        descent.open.push(Listing { directory_bytes: place.path.len(), entries: Some(entries), next });
        Ok(descent)
    }

    /// The next entry or the end of a directory; nothing after the end of the first one.
    pub fn step(&mut self) -> Outcome<Option<Step<'_>>> {
        check_cancelled(self.context)?;
        if std::mem::take(&mut self.enters) {
            self.enter()?;
        }
        let Some(listing) = self.open.last_mut() else { return Ok(None) };
        self.path.truncate(listing.directory_bytes);
        let Some(entry) = listing.next.take() else {
            self.open.pop();
            return Ok(Some(Step::Leave));
        };
        let next = self.following()?;
        let last = next.is_none();
        if let Some(listing) = self.open.last_mut() {
            listing.next = next;
        }
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.path.push_str(&entry.name);
        self.enters = entry.kind == Kind::Directory;
        Ok(Some(Step::Entry { entry, path: &self.path, last }))
    }

    /// Begins the listing of the last entry; one with nothing in it where it is too deep or cannot be read.
    fn enter(&mut self) -> Outcome {
        let wanted = u64::try_from(self.open.len()).is_ok_and(|depth| depth < self.levels);
        let entries = if wanted { self.list()? } else { None };
        self.open.push(Listing { directory_bytes: self.path.len(), entries, next: None });
        let next = self.following()?;
        if let Some(listing) = self.open.last_mut() {
            listing.next = next;
        }
        Ok(())
    }

    fn list(&mut self) -> Outcome<Option<Entries>> {
        let listed = match too_far(&self.path) {
            Some((_, why)) => Err(Error::new(ErrorKind::InvalidPath, why)),
            None => self.store.listdir(&self.path, Detail::Kind),
        };
        match listed {
            Ok(entries) => Ok(Some(entries)),
            Err(error) => self.tell(&self.path.clone(), error).map(|()| None),
        }
    }

    /// The next entry of the last listing. What cannot be read is told, and the listing goes on.
    fn following(&mut self) -> Outcome<Option<Entry>> {
        loop {
            let Some(listing) = self.open.last_mut() else { return Ok(None) };
            match listing.entries.as_mut().and_then(Iterator::next) {
                None => return Ok(None),
                Some(Ok(entry)) => return Ok(Some(entry)),
                Some(Err(error)) => {
                    let directory = self.path[..listing.directory_bytes].to_owned();
                    self.tell(&directory, error)?;
                }
            }
            check_cancelled(self.context)?;
        }
    }

    fn tell(&mut self, directory: &str, error: Error) -> Outcome {
        let place = Place { store: self.store.clone(), path: directory.to_owned() };
        let error = failed("list", &place, error);
        check_cancelled(self.context)?;
        self.context.printer.error(&error);
        self.failed = true;
        Ok(())
    }
}
