//! `listdir`, page by page: a page has its directories first and its files after them, a listing has both in one order.

use std::borrow::Cow;
use std::collections::VecDeque;

use larder_plugin_api::{Entry, Kind, Result, StorePath};
use opendal::raw::oio;

use crate::client::SharedClient;
use crate::order::ByteOrder;
use crate::pages::Pages;
use crate::paths;

/// The most entries that a service puts on a page (Azure: 5,000; the others 1,000). Directories of earlier pages come before
/// everything on this one.
const LARGEST_PAGE: usize = 5000;

/// The entries of one directory, in listing order.
pub struct Listing {
    pages: Pages,
    directory: String,
    /// Directories that files of their page may still come before.
    directories: VecDeque<Entry>,
    next: Option<Entry>,
    order: ByteOrder<Entry>,
    /// Whether anything was listed, the directory's own marker included.
    found: bool,
}

impl Listing {
    /// Begins to list; asks whether there is a directory when nothing is in it.
    pub fn open(client: &SharedClient, path: StorePath<'_>) -> Result<Self> {
        let pages = Pages::of_directory(client, path)?;
        let directory = path.as_str().to_owned();
        let mut listing = Self {
            pages,
            directory,
            directories: VecDeque::new(),
            next: None,
            order: ByteOrder::default(),
            found: false,
        };
        listing.advance()?;
        if !listing.found && !path.is_root() {
            return Err(client.wait(paths::missing_directory(client, path))?);
        }
        Ok(listing)
    }

    /// Takes the next entry off the pages.
    fn advance(&mut self) -> Result<()> {
        while self.next.is_none() {
            let Some(listed) = self.pages.next_listed()? else { break };
            self.found = true;
            self.next = entry_in(&self.directory, &listed);
        }
        Ok(())
    }

    /// The next entry in listing order.
    fn take_next(&mut self) -> Result<Option<Entry>> {
        loop {
            self.advance()?;
            let Some(next) = &self.next else { return Ok(self.directories.pop_front()) };
            if next.kind == Kind::Directory {
                if self.directories.len() >= LARGEST_PAGE {
                    return Ok(self.directories.pop_front());
                }
                self.directories.extend(self.next.take());
                continue;
            }
            let first = self.directories.front();
            if first.is_some_and(|directory| directory.listing_order(next).is_lt()) {
                return Ok(self.directories.pop_front());
            }
            return Ok(self.next.take());
        }
    }
}

impl Iterator for Listing {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut order = std::mem::take(&mut self.order);
        let next = order.next(key, || self.take_next()).transpose();
        self.order = order;
        if let Some(Err(_)) = &next {
            // The pages hang together: after one that could not be read nothing is known.
            self.directories.clear();
        }
        next
    }
}

/// The end of an entry's key.
fn key(entry: &Entry) -> Cow<'_, str> {
    if entry.kind == Kind::Directory {
        Cow::Owned(format!("{}/", entry.name))
    } else {
        Cow::Borrowed(&entry.name)
    }
}

/// What was listed, as an entry of a directory; `None` for its marker, and for what no path can name.
fn entry_in(directory: &str, listed: &oio::Entry) -> Option<Entry> {
    let path = paths::listed_path(listed.path())?;
    let below = path.below(StorePath::new(directory).ok()?)?;
    if below.components().count() != 1 {
        return None;
    }
    Some(entry_named(below.as_str(), listed))
}

/// An entry with all that a listing says of an object.
pub fn entry_named(name: &str, listed: &oio::Entry) -> Entry {
    if listed.path().ends_with('/') {
        return Entry::directory(name);
    }
    let metadata = listed.metadata();
    Entry::file(name, metadata.content_length()).with_modified(paths::modified(metadata))
}
