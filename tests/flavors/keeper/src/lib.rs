//! The `keeper` flavor: config keys of every kind, each to be read back as a file; for the tests of the command line.
//!
//! The store is read-only. In its root stands one file a key, with the value that crossed the ABI; of the secret only
//! its length, so that a test can tell that it arrived while nothing ever prints it.

use std::collections::BTreeMap;
use std::io::Cursor;

use larder_plugin_api::prelude::*;

export_flavors!(Keeper);

/// What the store shows: file names and texts.
struct Keeper(BTreeMap<&'static str, String>);

impl Flavor for Keeper {
    const FLAVOR: &'static str = "keeper";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["keeper://"];
    const ABOUT: &'static str = "Shows the config that it was given";
    const CAPABILITIES: &'static [Capability] = &[];
    const CONFIG: &'static [ConfigKey] = &[
        ConfigKey::text("endpoint").required().help("where the server listens"),
        ConfigKey::text("token").secret().aliases(&["secret", "password"]).help("what opens the door"),
        ConfigKey::text("mode").choices(&["fast", "safe"]).default("safe").help("how it works"),
        ConfigKey::boolean("verify_tls").default("true").help("whether certificates are looked at"),
        ConfigKey::integer("retries").default("3").help("how often it tries again"),
        ConfigKey::bytes("part_size").default("8MiB").help("the size of a part"),
        ConfigKey::duration("timeout").default("30s").help("how long it waits"),
    ];
    type Store = Self;

    fn validate(root: &Root, _config: &Config) -> Result<()> {
        match root.authority() {
            "nowhere" => Err(Error::new(ErrorKind::InvalidArgument, "there is no keeper nowhere")),
            _ => Ok(()),
        }
    }

    fn make(root: &Root, config: &Config, _services: &Services) -> Result<Self> {
        if root.authority() == "closed" {
            let error = Error::new(ErrorKind::Unavailable, "the keeper is closed");
            return Err(error.with_cause("it is Sunday"));
        }
        let text = |name: &str| config.text(name).unwrap_or_default();
        let shown = [
            ("endpoint", text("endpoint")),
            ("mode", text("mode")),
            ("part_size", config.bytes("part_size").unwrap_or_default().to_string()),
            ("retries", config.integer("retries").unwrap_or_default().to_string()),
            ("timeout", format!("{:?}", config.duration("timeout").unwrap_or_default())),
            ("token_length", text("token").len().to_string()),
            ("verify_tls", config.boolean("verify_tls").to_string()),
        ];
        Ok(Self(shown.into_iter().map(|(name, value)| (name, format!("{value}\n"))).collect()))
    }
}

impl ArtifactStore for Keeper {
    fn stat(&self, path: StorePath) -> Result<Stat> {
        match self.0.get(path.as_str()) {
            Some(text) => Ok(Stat::file(text.len() as u64)),
            None if path.is_root() => Ok(Stat::directory()),
            None => Err(Error::not_found()),
        }
    }

    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        match self.0.get(path.as_str()) {
            _ if mode != OpenMode::Read => read_only(),
            Some(text) => Ok(Opened::reader(Cursor::new(text.clone()))),
            None => self.stat(path).and(Err(Error::is_a_directory())),
        }
    }

    fn listdir(&self, path: StorePath, _detail: Detail) -> Result<Entries> {
        if self.stat(path)?.kind != Kind::Directory {
            return Err(Error::not_a_directory());
        }
        Ok(Entries::sorted(self.0.iter().map(|(name, text)| Entry::file(*name, text.len() as u64)).collect()))
    }

    fn mkdir(&self, _path: StorePath) -> Result<()> {
        read_only()
    }

    fn remove(&self, _path: StorePath) -> Result<()> {
        read_only()
    }

    fn rmtree(&self, _path: StorePath) -> Result<()> {
        read_only()
    }
}

fn read_only<T>() -> Result<T> {
    Err(Error::unsupported("a keeper only keeps"))
}
