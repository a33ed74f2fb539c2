//! A flavor that does whatever harm the tests ask of it, in the places that its faults name.
//!
//! Faults come from the config key `faults` of a store, or from the end of the library file itself, so that a test can
//! make a copy that misbehaves as soon as it is loaded: see [`faults`].

mod constructor;
mod faults;
mod streams;

use std::sync::Arc;

use larder_plugin_api::{
    ArtifactStore, Capability, Config, ConfigKey, Detail, Entries, Entry, Flavor, Level, OpenMode, Opened,
    Result, Root, Services, Stat, StorePath, Visit, Walk, WalkOptions, export_flavors,
};

use faults::Faults;
use streams::{Items, Reading, Writing};

export_flavors!(Misbehaving);

struct Misbehaving;

impl Flavor for Misbehaving {
    const FLAVOR: &'static str = "misbehaving";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["misbehaving://"];
    const ABOUT: &'static str = "does whatever harm the tests ask of it";
    const CAPABILITIES: &'static [Capability] = Capability::ALL;
    const CONFIG: &'static [ConfigKey] =
        &[ConfigKey::text("faults").default("").help("the places that fail, a space between them")];
    type Store = Misbehaved;

    fn validate(_root: &Root, config: &Config) -> Result<()> {
        Faults::of(config).panic_in("validate");
        Ok(())
    }

    fn make(_root: &Root, config: &Config, services: &Services) -> Result<Misbehaved> {
        let faults = Faults::of(config);
        faults.panic_in("make");
        faults.run("make");
        for level in Level::ALL.into_iter().filter(|_| faults.has("log")) {
            services.log(level, &format!("made, at level {level:?}"));
        }
        Ok(Misbehaved(Arc::new(faults)))
    }
}

/// A store that does nothing but fail.
struct Misbehaved(Arc<Faults>);

impl ArtifactStore for Misbehaved {
    fn open(&self, _path: StorePath, mode: OpenMode) -> Result<Opened> {
        self.0.panic_in("open");
        Ok(match mode {
            OpenMode::Read => Opened::reader(Reading(self.0.clone())),
            _ => Opened::writer(Writing(self.0.clone())),
        })
    }

    fn copyfile(&self, _source: StorePath, _target: StorePath, _overwrite: bool) -> Result<()> {
        self.0.panic_in("copyfile");
        Ok(())
    }

    fn exists(&self, _path: StorePath) -> Result<bool> {
        self.0.panic_in("exists");
        Ok(true)
    }

    fn glob(&self, pattern: &str) -> Result<Entries> {
        self.0.panic_in("glob");
        Ok(Entries::streaming(Items::new(&self.0, Entry::file(pattern, 1))))
    }

    fn isdir(&self, _path: StorePath) -> Result<bool> {
        self.0.panic_in("isdir");
        Ok(true)
    }

    fn listdir(&self, _path: StorePath, _detail: Detail) -> Result<Entries> {
        self.0.panic_in("listdir");
        Ok(Entries::streaming(Items::new(&self.0, Entry::file("f", 1))))
    }

    fn makedirs(&self, _path: StorePath) -> Result<()> {
        self.0.panic_in("makedirs");
        Ok(())
    }

    fn mkdir(&self, _path: StorePath) -> Result<()> {
        self.0.panic_in("mkdir");
        Ok(())
    }

    fn remove(&self, _path: StorePath) -> Result<()> {
        self.0.panic_in("remove");
        Ok(())
    }

    fn rename(&self, _source: StorePath, _target: StorePath, _overwrite: bool) -> Result<()> {
        self.0.panic_in("rename");
        Ok(())
    }

    fn rmtree(&self, _path: StorePath) -> Result<()> {
        self.0.panic_in("rmtree");
        Ok(())
    }

    fn stat(&self, _path: StorePath) -> Result<Stat> {
        self.0.panic_in("stat");
        Ok(Stat::directory())
    }

    fn size(&self, _path: StorePath) -> Result<u64> {
        self.0.panic_in("size");
        Ok(0)
    }

    fn walk(&self, top: StorePath, _options: WalkOptions) -> Result<Walk> {
        self.0.panic_in("walk");
        Ok(Walk::streaming(Items::new(
            &self.0,
            Visit { directory: top.as_str().to_owned(), ..Visit::default() },
        )))
    }

    fn capabilities(&self) -> Option<Vec<Capability>> {
        self.0.panic_in("capabilities");
        None
    }

    fn extension(&self, _id: &str, _request: &[u8]) -> Result<Vec<u8>> {
        self.0.panic_in("extension");
        Ok(Vec::new())
    }
}

impl Drop for Misbehaved {
    fn drop(&mut self) {
        self.0.run("drop");
        self.0.panic_in("drop");
    }
}
