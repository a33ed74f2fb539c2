//! The flavors that must keep the contract, each checked at an empty root of its own, on a server where it needs one.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use larder::check::{LibraryCheck, PreparedCheck, Subject};
use larder_tests::library;
use larder_tests::servers::{Kind, Server, from_environment};
use libtest_mimic::Failed;
use tempfile::TempDir;

use crate::child;

/// A flavor, where its store is, and what its server is excused from.
pub struct Flavor {
    /// What the names of its cases begin with.
    pub name: &'static str,
    library: &'static str,
    place: Place,
    /// Whether its server needs minutes for the cases with thousands of files.
    is_slow: bool,
    /// Beginnings of the cases that the server, not the flavor, fails, each with the reason.
    excused: &'static [(&'static str, &'static str)],
}

enum Place {
    /// A root path, given a fresh directory.
    Directory(fn(&Path) -> String),
    /// A bucket of a server of the tests. The variables `LARDER_TEST_<FLAVOR>_ROOT` and `_CONFIG` name a real one instead.
    Bucket(Kind),
}

const fn embedded(name: &'static str, root: fn(&Path) -> String) -> Flavor {
    Flavor { name, library: name, place: Place::Directory(root), is_slow: false, excused: &[] }
}

/// The cases that write thousands of files.
const VOLUME: [&str; 10] = [
    "extent::lists_10_000_entries",
    "extent::walks_10_000_entries",
    "extent::walks_over_10_000_entries_bottom_up",
    "remove_many::removes_a_large_list",
    "extent::globs_10_000_entries",
    "extent::removes_10_000_entries",
    "cancellation::ends_rmtree",
    "cancellation::ends_listdir",
    "cancellation::ends_walk",
    "cancellation::ends_glob",
];

const TOO_SLOW: &str = "this server needs minutes for thousands of writes; `s3_minio` runs it";

const LOOKS_BEFORE: &str = "this server removes without a condition, so the flavor looks a request before";

pub const FLAVORS: &[Flavor] = &[
    embedded("local", |directory| directory.display().to_string()),
    embedded("memory", |_| "memory://contract".to_owned()),
    embedded("sqlite", |directory| format!("sqlite://{}/store.db", directory.display())),
    Flavor {
        name: "s3_moto",
        library: "s3",
        place: Place::Bucket(Kind::Moto),
        is_slow: true,
        excused: &[
            ("names::newline", "moto takes no newline in the path of a URL, %0A"),
            ("remove_many::leaves_what_is_written_at_the_same_time", LOOKS_BEFORE),
            ("changes::what_is_written_into_a_renamed_directory_stays", LOOKS_BEFORE),
        ],
    },
    Flavor {
        name: "s3_minio",
        library: "s3",
        place: Place::Bucket(Kind::Minio),
        is_slow: false,
        excused: &[
            ("remove_many::leaves_what_is_written_at_the_same_time", LOOKS_BEFORE),
            ("changes::what_is_written_into_a_renamed_directory_stays", LOOKS_BEFORE),
        ],
    },
    Flavor {
        name: "gcs",
        library: "gcs",
        place: Place::Bucket(Kind::FakeGcs),
        is_slow: true,
        excused: &[("names::newline", "the service takes no ends of lines, so the flavor refuses them")],
    },
    Flavor {
        name: "azure",
        library: "azure",
        place: Place::Bucket(Kind::Azurite),
        is_slow: true,
        excused: &[
            ("names::backslash", "the service makes `/` of it, so the flavor refuses it"),
            ("names::control_character", "the service's listings cannot hold it, so the flavor refuses it"),
        ],
    },
];

/// The bucket of the tests.
const BUCKET: &str = "contract";

impl Flavor {
    /// Why it cannot be checked here, where that is so.
    pub fn unavailable(&self) -> Option<String> {
        match self.place {
            Place::Bucket(kind) if from_environment(self.library).is_none() => {
                kind.installed().err().map(|reason| reason.to_string())
            }
            _ => None,
        }
    }

    /// How long a case may take: one on a server sends thousands of requests, from code that is not optimised.
    pub fn limit(&self) -> Duration {
        match self.place {
            Place::Directory(_) => Duration::from_secs(60),
            Place::Bucket(_) => Duration::from_secs(300),
        }
    }

    /// Why a case says nothing about the flavor here.
    pub fn excuse(&self, case: &str) -> Option<&'static str> {
        if from_environment(self.library).is_some() {
            return None;
        }
        if self.is_slow && VOLUME.contains(&case) {
            return Some(TOO_SLOW);
        }
        let found = self.excused.iter().find(|(beginning, _)| case.starts_with(beginning));
        found.map(|(_, reason)| *reason)
    }
}

/// A flavor whose library is loaded, and whose server is started, when the first case asks for it.
pub struct Opened {
    flavor: &'static Flavor,
    directory: TempDir,
    prepared: OnceLock<Result<Prepared, String>>,
}

struct Prepared {
    /// Runs as long as the cases do.
    _server: Option<Server>,
    /// The home that the children of some cases find it in.
    _check: PreparedCheck,
    subject: Subject,
}

impl Opened {
    pub fn new(flavor: &'static Flavor) -> Self {
        let directory = tempfile::Builder::new().prefix("larder-contract-").tempdir();
        Self { flavor, directory: directory.expect("a fresh directory"), prepared: OnceLock::new() }
    }

    pub fn flavor(&self) -> &'static Flavor {
        self.flavor
    }

    pub fn subject(&self) -> Result<Subject, Failed> {
        let prepared = self.prepared.get_or_init(|| self.prepare().map_err(|error| in_words(&error)));
        Ok(prepared.as_ref().map(|prepared| prepared.subject.clone())?)
    }

    fn prepare(&self) -> larder::Result<Prepared> {
        let (server, root, config) = self.place();
        let mut check = LibraryCheck::new(library(self.flavor.library)).with_root(root);
        for (key, value) in config {
            check = check.with_config(key, value);
        }
        let check = check.prepare()?;
        let subject = check.subject()?.with_child(child::command(check.home()));
        Ok(Prepared { _server: server, _check: check, subject })
    }

    fn place(&self) -> (Option<Server>, String, Vec<(String, String)>) {
        match self.flavor.place {
            Place::Directory(root) => (None, root(self.directory.path()), Vec::new()),
            Place::Bucket(kind) => {
                if let Some((root, config)) = from_environment(self.flavor.library) {
                    return (None, root, config);
                }
                let server = Server::start(kind).expect("it is installed: that was asked before");
                server.make_bucket(BUCKET);
                let mut config = server.config();
                config.push(("allow_http".to_owned(), "true".to_owned()));
                let root = format!("{}/check", server.root(BUCKET));
                (Some(server), root, config)
            }
        }
    }
}

fn in_words(error: &larder::Error) -> String {
    std::iter::once(error.to_string()).chain(error.causes()).collect::<Vec<_>>().join(": ")
}
