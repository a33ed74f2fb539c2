//! A whole flavor: `handbook`, a read-only store of texts that are built into the library.

use std::collections::BTreeMap;
use std::io::Cursor;

use larder_plugin_api::{
    ArtifactStore, Capability, Config, ConfigKey, Detail, Entries, Entry, Error, Flavor, Kind, OpenMode,
    Opened, Result, Root, Services, Stat, StorePath, export_flavors,
};

export_flavors!(Handbook);

struct Handbook;

impl Flavor for Handbook {
    const FLAVOR: &'static str = "handbook";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["handbook://"];
    const ABOUT: &'static str = "the templates every model of ours starts from";
    const CAPABILITIES: &'static [Capability] = &[];
    const CONFIG: &'static [ConfigKey] = &[ConfigKey::text("team").required().help("who answers questions")];
    type Store = Texts;

    fn make(_root: &Root, config: &Config, _services: &Services) -> Result<Texts> {
        let team = config.text("team").unwrap_or_default();
        let card = format!("# Model card\n\nAsk {team}.\n");
        Ok(Texts(BTreeMap::from([("license.txt", "Apache-2.0\n".to_owned()), ("model-card.md", card)])))
    }
}

/// Texts by their names, all in the root.
struct Texts(BTreeMap<&'static str, String>);

impl ArtifactStore for Texts {
    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        match self.0.get(path.as_str()) {
            _ if mode != OpenMode::Read => Err(read_only()),
            Some(text) => Ok(Opened::reader(Cursor::new(text.clone()))),
            None if path.is_root() => Err(Error::is_a_directory()),
            None => Err(Error::not_found()),
        }
    }

    fn listdir(&self, path: StorePath, _detail: Detail) -> Result<Entries> {
        match self.stat(path)?.kind {
            Kind::Directory => {
                let files = self.0.iter().map(|(name, text)| Entry::file(*name, text.len() as u64));
                Ok(Entries::sorted(files.collect()))
            }
            _ => Err(Error::not_a_directory()),
        }
    }

    fn stat(&self, path: StorePath) -> Result<Stat> {
        match self.0.get(path.as_str()) {
            Some(text) => Ok(Stat::file(text.len() as u64)),
            None if path.is_root() => Ok(Stat::directory()),
            None => Err(Error::not_found()),
        }
    }

    fn mkdir(&self, _path: StorePath) -> Result<()> {
        Err(read_only())
    }

    fn remove(&self, _path: StorePath) -> Result<()> {
        Err(read_only())
    }

    fn rmtree(&self, _path: StorePath) -> Result<()> {
        Err(read_only())
    }
}

fn read_only() -> Error {
    Error::unsupported("the handbook cannot be changed")
}
