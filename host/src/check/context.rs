//! What a case is given: a directory of its own, more instances of the store, another process.

use std::ops::Deref;

use larder_plugin_api::{Capability, Error, ErrorKind, Result};

use super::case::error_text;
use super::data::{Random, hash};
use super::expect::{equal, fails_with_one_of};
use super::place::{Node, Place, Tree};
use super::protocol::Request;
use super::{Case, Checked, Session, Stop};
use crate::{Cancellation, Store};

/// What a case is given. It dereferences to its own directory, which nothing else uses and which need not exist yet.
#[derive(Debug)]
pub struct Context<'a> {
    place: Place,
    session: &'a Session,
    case: &'static Case,
}

impl Deref for Context<'_> {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(session: &'a Session, case: &'static Case) -> Checked<Self> {
        let store = open(session, &Cancellation::new())?;
        let directory = format!("{}/{}-{}", session.directory, case.operation, case.name);
        Ok(Self { place: Place { store, directory }, session, case })
    }

    /// Another instance of the same store, in the same directory.
    pub fn another(&self) -> Checked<Place> {
        self.cancellable(&Cancellation::new())
    }

    /// Another instance, which obeys this cancellation.
    pub fn cancellable(&self, cancellation: &Cancellation) -> Checked<Place> {
        Ok(Place { store: open(self.session, cancellation)?, directory: self.place.directory.clone() })
    }

    /// Uses a store whose root is a directory of this case, which nobody has made. Skipped where a root cannot be below
    /// another one, as a database in a file cannot.
    pub fn with_root_below(&self, directory: &str, run: impl FnOnce(&Place) -> Checked) -> Checked {
        let Some(library) = &self.session.subject.library else {
            return Err(Stop::Skipped("the library is not given, only the store".to_owned()));
        };
        let make = |directory: &str| -> Result<Place> {
            let below = library.below(&self.path(directory));
            Ok(Place { store: below.make(&below.config)?, directory: String::new() })
        };
        let impossible = |error: Error| {
            let error = error_text(&error);
            Stop::Skipped(format!("a root below that of this store cannot be used: {error}"))
        };
        make("tried").and_then(|tried| tried.write("f", "")).map_err(impossible)?;
        let place = make(directory)?;
        let checked = run(&place);
        // Where it is not within the root of this store it would stay.
        let _kept = place.rmtree("").and_then(|()| make("tried")?.rmtree(""));
        checked
    }

    /// Whether the store claims this.
    pub fn claims(&self, capability: Capability) -> bool {
        self.session.capabilities.iter().any(|name| name == capability.as_str())
    }

    /// The seed of this case.
    pub fn seed(&self) -> u64 {
        self.session.seed ^ hash(&self.case.id())
    }

    /// The seed as a user gives it.
    pub fn given_seed(&self) -> u64 {
        self.session.seed
    }

    /// Chance for this case.
    pub fn random(&self) -> Random {
        Random::new(self.seed())
    }

    /// A call fails with this kind, and leaves everything as it was.
    pub fn refuses<T>(&self, kind: ErrorKind, call: impl FnOnce(&Place) -> Result<T>) -> Checked {
        self.refuses_with_one_of(&[kind], call)
    }

    /// A call fails with one of these kinds, and leaves everything as it was.
    pub fn refuses_with_one_of<T>(
        &self,
        kinds: &[ErrorKind],
        call: impl FnOnce(&Place) -> Result<T>,
    ) -> Checked {
        let before = self.tree()?;
        fails_with_one_of(kinds, call(self))?;
        equal("what was there stays", &self.tree()?, &before)
    }

    /// What is in the directory of the case, all of it; directories are given with a trailing `/` and no content.
    pub fn holds(&self, expected: &[(&str, &str)]) -> Checked {
        let expected: Tree = expected
            .iter()
            .map(|(path, content)| match path.strip_suffix('/') {
                Some(directory) => (directory.to_owned(), Node::Directory),
                None => ((*path).to_owned(), Node::File(content.as_bytes().to_vec())),
            })
            .collect();
        equal("what is there", &self.tree()?, &expected)
    }

    /// Writes files, each with its own path as content.
    pub fn files(&self, paths: &[&str]) -> Result<()> {
        paths.iter().try_for_each(|path| self.write(path, path))
    }

    /// Writes many small files, several at once.
    pub fn many_files(&self, paths: &[String]) -> Result<()> {
        const THREADS: usize = 8;
        let share = paths.len().div_ceil(THREADS).max(1);
        std::thread::scope(|scope| {
            let threads: Vec<_> = paths
                .chunks(share)
                .map(|paths| scope.spawn(|| paths.iter().try_for_each(|path| self.write(path, "x"))))
                .collect();
            threads.into_iter().try_for_each(|thread| match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })
    }

    /// Removes a directory whose last file has gone, where the flavor keeps it: both are allowed.
    pub fn remove_if_empty(&self, directory: &str) -> Checked {
        match self.listdir(directory) {
            Ok(found) if found.is_empty() => Ok(self.rmtree(directory)?),
            _ => Ok(()),
        }
    }

    /// Starts another process, lets it run the child's part of this case until it is ready, and kills it there.
    pub fn kill_another_process(&self) -> Checked {
        let Some(command) = &self.session.subject.child else {
            return Err(Stop::Skipped("this runner starts no other process".to_owned()));
        };
        let request = Request::Hold { case: self.case.id(), session: self.session.description() };
        command.hold_and_kill(&request)
    }
}

fn open(session: &Session, cancellation: &Cancellation) -> Checked<Store> {
    (session.subject.open)(cancellation).map_err(|error| {
        let text = std::iter::once(error.to_string()).chain(error.causes()).collect::<Vec<_>>().join(": ");
        Stop::failed("the store can be opened", text)
    })
}
