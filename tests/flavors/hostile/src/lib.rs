//! The `hostile` flavor: what it lists, visits, finds and reads comes from a JSON file, however wrong; for the tests of
//! what the host makes of it. See [`answers`] for the file.

mod answers;
mod reading;

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use larder_plugin_api::prelude::*;
use larder_plugin_api::{Visit, Walk, WalkOptions};

use answers::Answers;
use reading::{Reading, Writing};

export_flavors!(Hostile);

/// A store that answers what it was told to.
struct Hostile {
    answers: Arc<Answers>,
    /// Where each change is written down, a line each.
    log: Option<String>,
}

impl Flavor for Hostile {
    const FLAVOR: &'static str = "hostile";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["hostile://"];
    const ABOUT: &'static str = "Answers whatever a file says";
    const CAPABILITIES: &'static [Capability] = &[Capability::Write];
    const CONFIG: &'static [ConfigKey] = &[
        ConfigKey::text("answers").required().help("the JSON file with the answers"),
        ConfigKey::text("log").help("the file that each change is written to"),
    ];
    type Store = Self;

    fn validate(_root: &Root, _config: &Config) -> Result<()> {
        Ok(())
    }

    fn make(_root: &Root, config: &Config, _services: &Services) -> Result<Self> {
        let answers = Arc::new(Answers::read(&config.text("answers").unwrap_or_default())?);
        if let Some(directory) = answers.working_directory() {
            std::env::set_current_dir(directory)?;
        }
        Ok(Self { answers, log: config.text("log") })
    }
}

impl Hostile {
    /// Does what is to happen before an answer: a sleep, an end of the process.
    fn before(&self, operation: &str) {
        if let Some(milliseconds) = self.answers.sleep(operation) {
            thread::sleep(Duration::from_millis(milliseconds));
        }
        if let Some(code) = self.answers.exit(operation) {
            std::process::exit(code);
        }
    }

    fn note(&self, change: &str, path: &str) -> Result<()> {
        if let Some(log) = &self.log {
            let line = format!("{change} {path}\n");
            File::options().create(true).append(true).open(log)?.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}

impl ArtifactStore for Hostile {
    fn stat(&self, path: StorePath) -> Result<Stat> {
        self.before("stat");
        self.answers.stat(path)
    }

    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        self.before("open");
        if mode != OpenMode::Read {
            self.note("write", path.as_str())?;
            return Ok(Opened::writer(Writing));
        }
        Ok(Opened::reader(Reading::new(self.answers.content(path.as_str()))))
    }

    fn listdir(&self, path: StorePath, _detail: Detail) -> Result<Entries> {
        self.before("listdir");
        if self.answers.stat(path).is_ok_and(|stat| stat.kind == Kind::File) {
            return Err(Error::not_a_directory());
        }
        Ok(Entries::streaming(self.answers.listing(path.as_str())))
    }

    fn glob(&self, pattern: &str) -> Result<Entries> {
        self.before("glob");
        match self.answers.found() {
            Some(found) => Ok(Entries::streaming(found)),
            None => Ok(Entries::by_listing(pattern)),
        }
    }

    fn walk(&self, top: StorePath, options: WalkOptions) -> Result<Walk> {
        self.before("walk");
        match self.answers.visits() {
            Some(visits) => Ok(Walk::streaming(visits)),
            // As a flavor that goes through its listings by itself, and believes them.
            None => Ok(Walk::streaming(Believing::new(self.answers.clone(), top.as_str(), options))),
        }
    }

    fn mkdir(&self, path: StorePath) -> Result<()> {
        self.note("mkdir", path.as_str())
    }

    fn remove(&self, path: StorePath) -> Result<()> {
        self.note("remove", path.as_str())
    }

    fn rmtree(&self, path: StorePath) -> Result<()> {
        self.note("rmtree", path.as_str())
    }
}

/// A walk through the listings, to any depth.
struct Believing {
    answers: Arc<Answers>,
    topdown: bool,
    /// Directories to come; those that were listed and come after what is below them have their visit.
    pending: Vec<(String, Option<Visit>)>,
}

/// Bottom-up nothing would ever come of a cycle.
const DEEPEST: usize = 5000;

impl Believing {
    fn new(answers: Arc<Answers>, top: &str, options: WalkOptions) -> Self {
        Self { answers, topdown: options.topdown, pending: vec![(top.to_owned(), None)] }
    }

    fn list(&self, directory: &str) -> (Visit, Vec<(String, Option<Visit>)>) {
        let (directories, files): (Vec<Entry>, Vec<Entry>) = self
            .answers
            .listing(directory)
            .filter_map(Result::ok)
            .partition(|entry| entry.kind == Kind::Directory);
        let path = |name: &str| {
            if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
        };
        let below = directories.iter().rev().map(|entry| (path(&entry.name), None)).collect();
        let mut visit = Visit::default();
        (visit.directory, visit.directories, visit.files) = (directory.to_owned(), directories, files);
        (visit, below)
    }
}

impl Iterator for Believing {
    type Item = Result<Visit>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (directory, listed) = self.pending.pop()?;
            if let Some(visit) = listed {
                return Some(Ok(visit));
            }
            let (visit, below) = self.list(&directory);
            if self.topdown {
                self.pending.extend(below);
                return Some(Ok(visit));
            }
            self.pending.push((directory.clone(), Some(visit)));
            if directory.len() < 2 * DEEPEST {
                self.pending.extend(below);
            }
        }
    }
}
