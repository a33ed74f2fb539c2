//! `walk` over one flat listing of the tree, rather than a listing a directory.
//!
//! The keys of a tree come in the order of their bytes, and thus with everything below a directory in one run. Bottom-up, a
//! directory is visited when its run ends. Top-down, it is visited before its run, so the run is held back to see what is in
//! the directory; one that is too long for that is listed by itself, and the flat listing goes on below it.

use std::collections::VecDeque;

use larder_plugin_api::{Entry, Error, Result, StorePath, Visit, WalkOptions};
use opendal::raw::oio;

use crate::client::SharedClient;
use crate::listing::{Listing, entry_named};
use crate::pages::Pages;
use crate::paths;

/// How many keys of a directory are held back before it is listed by itself.
const HELD_BACK: usize = 10_000;

/// A walk under way.
pub struct TreeWalk {
    client: SharedClient,
    options: WalkOptions,
    pages: Pages,
    /// Keys that were listed and not visited yet, in order.
    held: VecDeque<oio::Entry>,
    /// Directories to visit, the next last. Top-down only.
    pending: Vec<String>,
    /// The directories between the top and where the listing is, each with what was seen in it. Bottom-up only.
    open: Vec<Visit>,
    ready: VecDeque<Visit>,
    is_over: bool,
}

impl TreeWalk {
    /// Begins to list below `top`. A top that is missing or a file is the only item then.
    pub fn open(client: &SharedClient, top: StorePath<'_>, options: WalkOptions) -> Result<Self> {
        let mut walk = Self {
            client: client.clone(),
            options,
            pages: Pages::of_tree(client, top)?,
            held: VecDeque::new(),
            pending: vec![top.as_str().to_owned()],
            open: vec![visit_of(top.as_str().to_owned())],
            ready: VecDeque::new(),
            is_over: false,
        };
        if !walk.hold(1)? && !top.is_root() {
            // The listing of the directory itself says which of the errors it is.
            Listing::open(client, top)?;
        }
        Ok(walk)
    }

    /// Lists on until so many keys are held; false when there are fewer.
    fn hold(&mut self, count: usize) -> Result<bool> {
        while self.held.len() < count {
            match self.pages.next()? {
                Some(entry) => self.held.push_back(entry),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    fn advance(&mut self) -> Result<()> {
        if self.options.topdown { self.enter_next() } else { self.climb() }
    }

    /// Top-down: visits the next directory, and all below it when its run is short.
    fn enter_next(&mut self) -> Result<()> {
        let Some(directory) = self.pending.pop() else {
            self.is_over = true;
            return Ok(());
        };
        // What stands before the run: files of the directories above, which were visited.
        while self.hold(1)?
            && self.held.front().is_some_and(|entry| entry.path() < run_of(&directory).as_str())
        {
            self.held.pop_front();
        }
        let is_below =
            |entry: &oio::Entry| directory.is_empty() || entry.path().starts_with(&run_of(&directory));
        let mut length = 0;
        while length < HELD_BACK && self.hold(length + 1)? && self.held.get(length).is_some_and(is_below) {
            length += 1;
        }
        if length < HELD_BACK {
            let run = self.held.drain(..length).collect::<Vec<_>>();
            let mut open = vec![visit_of(directory)];
            let mut closed = Vec::new();
            for entry in &run {
                see(&mut open, entry, &mut closed);
            }
            while let Some(visit) = open.pop() {
                closed.push(visit);
            }
            // The order of the directories' keys is that in which a walk enters them.
            closed.sort_by_cached_key(|visit| run_of(&visit.directory));
            self.ready.extend(closed);
            return Ok(());
        }
        let path = StorePath::new(&directory)?;
        let mut visit = visit_of(directory.clone());
        for entry in Listing::open(&self.client, path)? {
            put(&mut visit, entry?);
        }
        self.pending.extend(visit.directories.iter().rev().map(|entry| path.join(&entry.name)));
        self.ready.push_back(visit);
        Ok(())
    }

    /// Bottom-up: goes on until a directory's run has ended.
    fn climb(&mut self) -> Result<()> {
        let mut closed = Vec::new();
        while closed.is_empty() {
            if !self.hold(1)? {
                self.is_over = true;
                closed.extend(std::mem::take(&mut self.open).into_iter().rev());
                break;
            }
            if let Some(entry) = self.held.pop_front() {
                see(&mut self.open, &entry, &mut closed);
            }
        }
        self.ready.extend(closed);
        Ok(())
    }
}

/// Puts a key where it belongs: closes the directories that it is not below, opens those that it is.
fn see(open: &mut Vec<Visit>, listed: &oio::Entry, closed: &mut Vec<Visit>) {
    let Some(path) = paths::listed_path(listed.path()) else { return };
    while open.len() > 1 && open.last().is_some_and(|visit| !is_in(path, &visit.directory)) {
        closed.extend(open.pop());
    }
    let Some(below) = open.last().and_then(|visit| path.below(StorePath::new(&visit.directory).ok()?)) else {
        return;
    };
    let mut components = below.components().peekable();
    while let Some(component) = components.next() {
        let Some(parent) = open.last_mut() else { return };
        if components.peek().is_none() && !listed.path().ends_with('/') {
            parent.files.push(entry_named(component, listed));
            return;
        }
        parent.directories.push(Entry::directory(component));
        let directory = StorePath::new(&parent.directory).map(|path| path.join(component));
        open.extend(directory.map(visit_of));
    }
}

/// Whether a path is in a directory or is the directory.
fn is_in(path: StorePath<'_>, directory: &str) -> bool {
    StorePath::new(directory).is_ok_and(|directory| path.below(directory).is_some_and(|_| true))
}

/// What the keys below a directory begin with; nothing for the root.
fn run_of(directory: &str) -> String {
    if directory.is_empty() { String::new() } else { format!("{directory}/") }
}

fn visit_of(directory: String) -> Visit {
    Visit { directory, ..Visit::default() }
}

fn put(visit: &mut Visit, entry: Entry) {
    if entry.kind == larder_plugin_api::Kind::Directory {
        visit.directories.push(entry);
    } else {
        visit.files.push(entry);
    }
}

impl Iterator for TreeWalk {
    type Item = Result<Visit>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() {
            if self.is_over {
                return None;
            }
            if let Err(error) = self.advance() {
                self.is_over = true;
                return Some(Err(error));
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

/// A walk that cannot begin, as its only item.
pub fn failed(error: Error) -> impl Iterator<Item = Result<Visit>> {
    std::iter::once(Err(error))
}
