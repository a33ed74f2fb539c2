//! `listdir`, page by page.

use larder_plugin_api::{Entry, Result, StorePath};

use crate::client::SharedClient;
use crate::keys;
use crate::pages::Pages;
use crate::paths;
use crate::wire::listed::{Listed, Listing as Kind};

/// The entries of one directory, in listing order.
pub struct Listing {
    pages: Pages,
    directory: String,
    next: Option<Result<Entry>>,
    /// Whether keys that have no path are told.
    tells_nameless: bool,
    /// Whether anything was listed, the directory's own marker included.
    found: bool,
}

impl Listing {
    /// Begins to list; asks whether there is a directory when nothing is in it.
    pub fn open(client: &SharedClient, path: StorePath<'_>) -> Result<Self> {
        let mut listing = Self::of_walk(client, path);
        listing.tells_nameless = true;
        listing.advance();
        if let Some(Err(error)) = listing.next.take_if(|next| next.is_err() && !listing.found) {
            return Err(error);
        }
        if !listing.found && !path.is_root() {
            client.wait(paths::check_directory(client, path))?;
        }
        Ok(listing)
    }

    /// What is in a directory that was seen in a walk, which tells the keys without a path itself.
    pub fn of_walk(client: &SharedClient, path: StorePath<'_>) -> Self {
        Self {
            pages: Pages::of_directory(client, path),
            directory: path.as_str().to_owned(),
            next: None,
            tells_nameless: false,
            found: false,
        }
    }

    /// Takes the next entry off the pages.
    fn advance(&mut self) {
        while self.next.is_none() {
            match self.pages.next() {
                Ok(None) => return,
                Ok(Some(listed)) => {
                    self.found = true;
                    self.next = self.item(&listed);
                }
                Err(error) => self.next = Some(Err(error)),
            }
        }
    }

    /// What was listed, as an item; `None` for the directory's own marker.
    fn item(&self, listed: &Listed) -> Option<Result<Entry>> {
        let place = keys::place(listed);
        if let Some(reason) = place.reason {
            return self.tells_nameless.then(|| Err(keys::nameless(&listed.key, reason)));
        }
        if let Some(name) = place.file {
            return Some(Ok(listed.entry(name)));
        }
        let name = StorePath::new(place.directory).ok()?.name();
        let is_own = place.directory == self.directory;
        (!is_own && listed.kind != Kind::Object).then(|| Ok(Entry::directory(name)))
    }
}

impl Iterator for Listing {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance();
        self.next.take()
    }
}
