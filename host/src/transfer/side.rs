//! One of two trees that are compared: its walk, which is looked over while it comes.

use std::collections::HashSet;
use std::iter::Peekable;
use std::vec::IntoIter;

use larder_plugin_api::{Entry, ErrorKind as StoreErrorKind, Visit};

use super::end::Visits;
use super::expected::Expected;
use super::order::Order;
use crate::error::{Error, ErrorKind, Result};
use crate::store::shown;

/// Entries that come one after another.
pub type Files = Peekable<IntoIter<Entry>>;

/// The walk of one side.
pub struct Side {
    address: String,
    visits: Peekable<Visits>,
    order: Order,
    /// `None` when the walk is over.
    expected: Option<Expected>,
    /// The files of the current directory that have come.
    pub files: Files,
    /// The directories in it that have come, and whether it comes in pieces, so that there may be more.
    pub directories: HashSet<String>,
    pub in_pieces: bool,
    /// Links to directories that are not entered, and were not given yet.
    pub links: Vec<Entry>,
    enters_links: bool,
    pub unusable: bool,
}

/// What is known of a directory when it begins.
pub struct Entered {
    pub directory: String,
    pub empty: bool,
}

impl Side {
    /// `enters_links` says that the walk goes into the links to directories that it lists.
    pub fn new(address: String, visits: Visits, enters_links: bool) -> Self {
        Self {
            address,
            visits: visits.peekable(),
            order: Order::default(),
            expected: Some(Expected::default()),
            files: Vec::new().into_iter().peekable(),
            directories: HashSet::new(),
            in_pieces: false,
            links: Vec::new(),
            enters_links,
            unusable: false,
        }
    }

    /// An error has no place in the order: it goes first.
    pub fn check(&mut self) -> Result<()> {
        if let Some(error) = self.visits.next_if(Result::is_err) {
            if let Some(expected) = &mut self.expected {
                expected.excuse();
            }
            return error.map(drop);
        }
        if self.visits.peek().is_some() {
            return Ok(());
        }
        let whole = self.expected.take().map_or(Ok(()), |mut expected| expected.end());
        whole.map_err(|what| self.unusable(&what))
    }

    fn unusable(&mut self, what: &str) -> Error {
        self.unusable = true;
        let text = format!("`{}` cannot be compared: {what}", shown(&self.address));
        Error::new(ErrorKind::Store(StoreErrorKind::Unexpected), text)
    }

    /// The directory that comes next.
    pub fn directory(&mut self) -> Option<&str> {
        self.visits.peek().and_then(|visit| visit.as_ref().ok()).map(|visit| &*visit.directory)
    }

    /// Goes on to the next visit.
    pub fn enter(&mut self) -> Result<Entered> {
        let visit = self.visits.next().transpose()?.unwrap_or_default();
        let ordered = self.order.take(&visit);
        ordered.map_err(|what| self.unusable(&format!("it is not in order: {what}")))?;
        self.expect(&visit)?;
        let empty = visit.files.is_empty() && visit.directories.is_empty();
        self.in_pieces = self.directory() == Some(&*visit.directory);
        self.directories = visit.directories.iter().map(|entry| entry.name.clone()).collect();
        if !self.enters_links {
            self.links.extend(visit.directories.into_iter().filter(|entry| entry.link.is_some()));
        }
        self.files = visit.files.into_iter().peekable();
        Ok(Entered { directory: visit.directory, empty })
    }

    /// The directories of a visit are to come, except links that are not entered.
    fn expect(&mut self, visit: &Visit) -> Result<()> {
        let Some(expected) = &mut self.expected else { return Ok(()) };
        let entered = expected.enter(&visit.directory);
        let to_come = visit.directories.iter().filter(|entry| entry.link.is_none() || self.enters_links);
        expected.list(to_come.map(|entry| entry.name.clone()));
        entered.map_err(|what| self.unusable(&what))
    }

    /// When the files at hand are used up, goes on to the next piece of the same directory, if there is one.
    pub fn next_piece(&mut self, directory: &str) -> Result<bool> {
        if self.files.peek().is_some() || self.directory() != Some(directory) {
            return Ok(false);
        }
        self.enter()?;
        self.in_pieces = true;
        Ok(true)
    }

    /// What the last directory had says nothing of the next one.
    pub fn forget(&mut self) {
        self.directories.clear();
        self.in_pieces = false;
    }
}
