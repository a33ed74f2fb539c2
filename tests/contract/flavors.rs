//! The flavors that must keep the contract, each checked at an empty root of its own.

use std::path::Path;
use std::sync::OnceLock;

use larder::check::{LibraryCheck, PreparedCheck, Subject};
use larder_tests::library;
use libtest_mimic::Failed;
use tempfile::TempDir;

use crate::child;

/// A flavor, and where its store is.
pub struct Flavor {
    pub name: &'static str,
    /// A root path, given a fresh directory.
    root: fn(&Path) -> String,
}

pub const FLAVORS: &[Flavor] = &[
    Flavor { name: "local", root: |directory| directory.display().to_string() },
    Flavor { name: "memory", root: |_| "memory://contract".to_owned() },
    Flavor { name: "sqlite", root: |directory| format!("sqlite://{}/store.db", directory.display()) },
];

/// A flavor whose library is loaded when the first case asks for it.
pub struct Opened {
    flavor: &'static Flavor,
    directory: TempDir,
    prepared: OnceLock<Result<(PreparedCheck, Subject), String>>,
}

impl Opened {
    pub fn new(flavor: &'static Flavor) -> Self {
        let directory = tempfile::Builder::new().prefix("larder-contract-").tempdir();
        Self { flavor, directory: directory.expect("a fresh directory"), prepared: OnceLock::new() }
    }

    pub fn name(&self) -> &'static str {
        self.flavor.name
    }

    pub fn subject(&self) -> Result<Subject, Failed> {
        let prepared = self.prepared.get_or_init(|| self.prepare().map_err(|error| in_words(&error)));
        Ok(prepared.as_ref().map(|(_, subject)| subject.clone())?)
    }

    fn prepare(&self) -> larder::Result<(PreparedCheck, Subject)> {
        let root = (self.flavor.root)(self.directory.path());
        let prepared = LibraryCheck::new(library(self.flavor.name)).with_root(root).prepare()?;
        let subject = prepared.subject()?.with_child(child::command(prepared.home()));
        Ok((prepared, subject))
    }
}

fn in_words(error: &larder::Error) -> String {
    std::iter::once(error.to_string()).chain(error.causes()).collect::<Vec<_>>().join(": ")
}
