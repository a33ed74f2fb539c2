//! A whole flavor: `handbook`, a read-only store of two texts that are built into the library.
use larder_plugin_api::prelude::*;

export_flavors!(Handbook);

struct Handbook;
const TEXTS: [(&str, &str); 2] = [("license.txt", "Apache-2.0\n"), ("model-card.md", "# Model card\n")];

impl Flavor for Handbook {
    const FLAVOR: &'static str = "handbook";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["handbook://"];
    const CAPABILITIES: &'static [Capability] = &[];
    type Store = Self;

    fn make(_root: &Root, _config: &Config, _services: &Services) -> Result<Self> {
        Ok(Self)
    }
}

impl ArtifactStore for Handbook {
    fn stat(&self, path: StorePath) -> Result<Stat> {
        match text(path) {
            Some(text) => Ok(Stat::file(text.len() as u64)),
            None if path.is_root() => Ok(Stat::directory()),
            None => Err(Error::not_found()),
        }
    }

    fn open(&self, path: StorePath, mode: OpenMode) -> Result<Opened> {
        match text(path) {
            _ if mode != OpenMode::Read => read_only(),
            Some(text) => Ok(Opened::reader(std::io::Cursor::new(text))),
            None => self.stat(path).and(Err(Error::is_a_directory())),
        }
    }

    fn listdir(&self, path: StorePath, _detail: Detail) -> Result<Entries> {
        if self.stat(path)?.kind != Kind::Directory {
            return Err(Error::not_a_directory());
        }
        let files = TEXTS.map(|(name, text)| Entry::file(name, text.len() as u64));
        Ok(Entries::sorted(files.into()))
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

fn text(path: StorePath) -> Option<&'static str> {
    TEXTS.iter().find(|(name, _)| *name == path.as_str()).map(|(_, text)| *text)
}

fn read_only<T>() -> Result<T> {
    Err(Error::unsupported("the handbook cannot be changed"))
}
