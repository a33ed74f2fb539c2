//! `walk` over one flat listing of the tree, rather than a listing a directory.
//!
//! The keys of a tree come in the order of their bytes, and thus with everything below a directory in one run. Bottom-up, a
//! directory is visited when its run ends. Top-down, it is visited before its run, so the run is held back to see what is in
//! the directory. A directory with too much in it for that is listed by itself, piece by piece, and the flat listing goes on
//! below it: nothing grows with the size of a tree or of a directory.

use std::collections::VecDeque;

use larder_plugin_api::{Entry, Error, Kind, Result, StorePath, Visit, WalkOptions};

use crate::client::SharedClient;
use crate::keys::{self, is_in};
use crate::listing::Listing;
use crate::pages::Pages;
use crate::wire::listed::Listed;

/// How many keys of a directory are held back before it is listed by itself.
const HELD_BACK: usize = 10_000;

/// How many entries a piece of a visit has.
const PIECE: usize = 10_000;

/// A walk under way.
pub struct TreeWalk {
    client: SharedClient,
    options: WalkOptions,
    pages: Pages,
    top: String,
    /// Keys that were listed and not visited yet, in order.
    held: VecDeque<Listed>,
    /// Top-down: large directories that were visited and between which the listing is, the innermost last. Empty before the
    /// top was.
    entered: Vec<String>,
    /// Bottom-up: the directories between the top and where the listing is, each with what was seen in it.
    open: Vec<Open>,
    ready: VecDeque<Step>,
    /// A large directory that is being listed.
    listing: Option<(String, Listing)>,
    is_over: bool,
}

/// A directory whose run has not ended.
struct Open {
    visit: Visit,
    /// It has too much in it to be held.
    is_large: bool,
}

/// What comes next.
enum Step {
    Visit(Visit),
    /// The directory is to be listed by itself.
    List(String),
    Fail(Error),
}

impl TreeWalk {
    /// Begins to list below `top`. A top that is missing or a file is the only item then.
    pub fn open(client: &SharedClient, top: StorePath<'_>, options: WalkOptions) -> Result<Self> {
        let mut walk = Self {
            client: client.clone(),
            options,
            pages: Pages::of_tree(client, top),
            top: top.as_str().to_owned(),
            held: VecDeque::new(),
            entered: Vec::new(),
            open: vec![Open::new(top.as_str().to_owned())],
            ready: VecDeque::new(),
            listing: None,
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
                Some(listed) => self.held.push_back(listed),
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
        let Some(directory) = self.next_directory()? else { return Ok(()) };
        let run_begins = run_of(&directory);
        let mut length = 0;
        while length < HELD_BACK
            && self.hold(length + 1)?
            && self.held.get(length).is_some_and(|listed| listed.key.starts_with(&run_begins))
        {
            length += 1;
        }
        if length == HELD_BACK {
            self.entered.push(directory.clone());
            self.ready.push_back(Step::List(directory));
            return Ok(());
        }
        // The top alone has no directory around it, in which the walk would go on.
        self.is_over = directory == self.top;
        self.visit_run(directory, length);
        Ok(())
    }

    /// The directory of the next key that was not visited yet. Keys that were, with the directory that they are in, are
    /// passed over, but for those without a path.
    fn next_directory(&mut self) -> Result<Option<String>> {
        if self.entered.is_empty() {
            return Ok(Some(self.top.clone()));
        }
        if !self.hold(1)? {
            self.is_over = true;
            return Ok(None);
        }
        let Some(listed) = self.held.front() else { return Ok(None) };
        let place = keys::place(listed);
        while self.entered.len() > 1
            && self.entered.last().is_some_and(|entered| !is_in(place.directory, entered))
        {
            self.entered.pop();
        }
        let entered = self.entered.last().map_or("", String::as_str);
        if place.directory == entered {
            let failed = place.reason.map(|reason| keys::nameless(&listed.key, reason));
            self.ready.extend(failed.map(Step::Fail));
            self.held.pop_front();
            return Ok(None);
        }
        let below = place.directory.get(run_of(entered).len()..).unwrap_or_default();
        let name = below.split('/').next().unwrap_or_default();
        Ok(Some(format!("{}{name}", run_of(entered))))
    }

    /// Visits a directory and all below it, whose keys are the next so many.
    fn visit_run(&mut self, directory: String, length: usize) {
        let mut open = vec![Open::new(directory)];
        let mut steps = Vec::new();
        for listed in self.held.drain(..length) {
            see(&mut open, &listed, &mut steps);
        }
        steps.extend(open.into_iter().rev().map(Open::step));
        // The order of the directories' keys is that in which a walk enters them.
        steps.sort_by_cached_key(|step| match step {
            Step::Visit(visit) => (false, run_of(&visit.directory)),
            Step::List(directory) => (false, run_of(directory)),
            Step::Fail(error) => (true, error.path().to_owned()),
        });
        self.ready.extend(steps);
    }

    /// Bottom-up: goes on until a directory's run has ended.
    fn climb(&mut self) -> Result<()> {
        let mut steps = Vec::new();
        while steps.is_empty() {
            if !self.hold(1)? {
                self.is_over = true;
                steps.extend(std::mem::take(&mut self.open).into_iter().rev().map(Open::step));
                break;
            }
            if let Some(listed) = self.held.pop_front() {
                see(&mut self.open, &listed, &mut steps);
            }
        }
        self.ready.extend(steps);
        Ok(())
    }

    /// The next piece of a large directory; `None` after the last one.
    fn next_piece(&mut self) -> Option<Result<Visit>> {
        let (directory, listing) = self.listing.as_mut()?;
        let mut visit = visit_of(directory.clone());
        for entry in listing.by_ref() {
            match entry {
                Ok(entry) => put(&mut visit, entry),
                Err(error) => {
                    self.listing = None;
                    return Some(Err(error));
                }
            }
            if visit.files.len() + visit.directories.len() >= PIECE {
                return Some(Ok(visit));
            }
        }
        self.listing = None;
        (!visit.files.is_empty() || !visit.directories.is_empty()).then_some(Ok(visit))
    }
}

impl Open {
    fn new(directory: String) -> Self {
        Self { visit: visit_of(directory), is_large: false }
    }

    fn add(&mut self, entry: Entry) {
        if self.is_large {
            return;
        }
        put(&mut self.visit, entry);
        if self.visit.files.len() + self.visit.directories.len() > HELD_BACK {
            self.is_large = true;
            (self.visit.files, self.visit.directories) = (Vec::new(), Vec::new());
        }
    }

    fn step(self) -> Step {
        if self.is_large { Step::List(self.visit.directory) } else { Step::Visit(self.visit) }
    }
}

/// Puts a key where it belongs: closes the directories that it is not below, opens those that it is.
fn see(open: &mut Vec<Open>, listed: &Listed, steps: &mut Vec<Step>) {
    let place = keys::place(listed);
    while open.len() > 1 && open.last().is_some_and(|open| !is_in(place.directory, &open.visit.directory)) {
        steps.extend(open.pop().map(Open::step));
    }
    let innermost = open.last().map_or("", |open| open.visit.directory.as_str());
    let mut at = innermost.len();
    let components = place.directory.get(run_of(innermost).len()..).unwrap_or_default().split('/');
    for component in components.filter(|component| !component.is_empty()) {
        at += component.len() + usize::from(at > 0);
        if let Some(parent) = open.last_mut() {
            parent.add(Entry::directory(component));
        }
        open.push(Open::new(place.directory[..at].to_owned()));
    }
    if let (Some(name), Some(parent)) = (place.file, open.last_mut()) {
        parent.add(listed.entry(name));
    }
    steps.extend(place.reason.map(|reason| Step::Fail(keys::nameless(&listed.key, reason))));
}

/// What the keys below a directory begin with; nothing for the root.
fn run_of(directory: &str) -> String {
    if directory.is_empty() { String::new() } else { format!("{directory}/") }
}

fn visit_of(directory: String) -> Visit {
    Visit { directory, ..Visit::default() }
}

fn put(visit: &mut Visit, entry: Entry) {
    if entry.kind == Kind::Directory {
        visit.directories.push(entry);
    } else {
        visit.files.push(entry);
    }
}

impl Iterator for TreeWalk {
    type Item = Result<Visit>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(piece) = self.next_piece() {
                return Some(piece);
            }
            match self.ready.pop_front() {
                Some(Step::Visit(visit)) => return Some(Ok(visit)),
                Some(Step::Fail(error)) => return Some(Err(error)),
                Some(Step::List(directory)) => {
                    let listing = StorePath::new(&directory).map(|path| Listing::of_walk(&self.client, path));
                    self.listing = listing.ok().map(|listing| (directory, listing));
                }
                None if self.is_over => return None,
                None => {
                    if let Err(error) = self.advance() {
                        self.is_over = true;
                        return Some(Err(error));
                    }
                }
            }
        }
    }
}

/// A walk that cannot begin, as its only item.
pub fn failed(error: Error) -> impl Iterator<Item = Result<Visit>> {
    std::iter::once(Err(error))
}
