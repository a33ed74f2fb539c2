//! A home of one's own for each test: registry, plugins and cache in a fresh directory that goes with it.

use std::fs;
use std::path::{Path, PathBuf};

use larder::{Home, Host, HostOptions, NewStore, RegisterFlavor};

use crate::command::Larder;
use crate::{fixture, library};

/// A fresh home and a fresh place for roots.
#[derive(Debug)]
pub struct TestHome {
    directory: tempfile::TempDir,
}

impl Default for TestHome {
    fn default() -> Self {
        Self::new()
    }
}

impl TestHome {
    /// An empty home.
    pub fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("larder-test-").tempdir().expect("a fresh directory");
        Self { directory }
    }

    /// A home in which flavor `local` is registered, with a store `mine` of it.
    pub fn with_local_store() -> Self {
        let home = Self::new();
        home.register_flavor("local");
        home.register_store(&home.host(), "mine", "local", &home.path("artifacts"));
        home
    }

    /// A home with store `mine` and what is in it: `docs/guide/intro.md`, `docs/readme.md`, `notes.txt`.
    pub fn with_files() -> Self {
        let home = Self::with_local_store();
        home.file("artifacts/docs/guide/intro.md", "Welcome.\n");
        home.file("artifacts/docs/readme.md", "# Larder\n");
        home.file("artifacts/notes.txt", "buy bread\n");
        home
    }

    /// Registers the flavor of a library of this workspace.
    pub fn register_flavor(&self, flavor: &str) {
        let registered = self.host().register_flavor(&library(flavor), RegisterFlavor::default());
        registered.expect("the flavor can be registered");
    }

    /// A home in which flavor `keeper` is registered.
    pub fn with_keeper() -> Self {
        let home = Self::new();
        home.register_flavor("keeper");
        home
    }

    /// A home with a store `evil` of flavor `hostile`, which answers what a JSON document says, and a store `mine` of
    /// flavor `local`. What `evil` is asked to change is written to the file `changes`.
    pub fn with_hostile(answers: &serde_json::Value) -> Self {
        let home = Self::with_local_store();
        let host = home.host();
        let registered = host.register_flavor(&fixture("hostile"), RegisterFlavor::default());
        registered.expect("the flavor can be registered");
        let file = home.file("answers.json", answers.to_string());
        let text = |path: &Path| path.to_str().expect("the path is UTF-8").to_owned();
        let config =
            vec![("answers".to_owned(), text(&file)), ("log".to_owned(), text(&home.path("changes")))];
        host.register_store(&NewStore {
            name: "evil".to_owned(),
            flavor: "hostile".to_owned(),
            root: "hostile://x".to_owned(),
            config,
            ..NewStore::default()
        })
        .expect("the store can be registered");
        home
    }

    /// A home with a copy of the library of flavor `keeper`, which a test may change.
    pub fn with_keeper_library() -> Self {
        let home = Self::new();
        fs::copy(library("keeper"), home.path("libkeeper.so")).expect("the library can be copied");
        home
    }

    /// Puts the library of a flavor into the plugins directory.
    pub fn drop_in(&self, flavor: &str) {
        let built = library(flavor);
        let plugins = self.larder_home().join("plugins");
        fs::create_dir_all(&plugins).expect("a directory");
        fs::copy(&built, plugins.join(built.file_name().expect("a name")))
            .expect("the library can be copied");
    }

    /// Adds bytes at the end of a file.
    pub fn append(&self, name: &str, bytes: &[u8]) {
        let mut content = fs::read(self.path(name)).expect("the file can be read");
        content.extend_from_slice(bytes);
        fs::write(self.path(name), content).expect("the file can be written");
    }

    /// Registers a store without a config.
    pub fn register_store(&self, host: &Host, name: &str, flavor: &str, root: &Path) {
        let root = root.to_str().expect("the path is UTF-8").to_owned();
        let new = NewStore { name: name.to_owned(), flavor: flavor.to_owned(), root, ..NewStore::default() };
        host.register_store(&new).expect("the store can be registered");
    }

    /// Larder's own directory.
    pub fn larder_home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// A path in the fresh directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file in the fresh directory.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file is in a directory")).expect("a directory");
        fs::write(&path, content).expect("a file can be written");
        path
    }

    /// A host that knows nothing but this home.
    pub fn host(&self) -> Host {
        let options = HostOptions::at(Home::at(self.larder_home())).expect("there is a current directory");
        Host::open(HostOptions { plugin_directories: Vec::new(), ..options })
    }

    /// The command in this home, with its arguments.
    pub fn larder<const N: usize>(&self, arguments: [&str; N]) -> Larder {
        Larder::new(self).args(arguments)
    }
}
