//! Through Larder's library: the s3 flavor, found as a user's would be.

use std::error::Error;
use std::fs::File;
use std::io::{Read, Write};

use larder::{Home, Host, HostOptions, NewStore, RegisterFlavor, Store};
use larder_plugin_api::{Detail, OpenMode};

use crate::{Client, Done, variable};

pub struct Larder {
    store: Store,
}

pub fn connect(strict: bool) -> Result<Larder, Box<dyn Error>> {
    let home = std::env::temp_dir().join(format!("larder-bench-home-{strict}"));
    let host = Host::open(HostOptions::at(Home::at(&home))?);
    if host.registry()?.store("bench").is_err() {
        host.register_flavor(variable("FLAVOR").as_ref(), RegisterFlavor::default())?;
        let config = [
            ("endpoint", variable("ENDPOINT")),
            ("allow_http", "true".to_owned()),
            ("key", variable("KEY")),
            ("secret", variable("SECRET")),
            ("strict_paths", strict.to_string()),
        ];
        host.register_store(&NewStore {
            name: "bench".to_owned(),
            flavor: "s3".to_owned(),
            root: "s3://bench".to_owned(),
            config: config.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
            ..NewStore::default()
        })?;
    }
    Ok(Larder { store: host.store("bench")? })
}

/// What the command moves at once.
const PIECE: usize = 1 << 20;

impl Client for Larder {
    fn up(&self, file: &str, key: &str) -> Done {
        let (mut file, mut writer) = (File::open(file)?, self.store.writer(key, OpenMode::Write)?);
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(writer.close()?),
                count => writer.write(&piece[..count])?,
            }
        }
    }

    fn down(&self, file: &str, key: &str) -> Done {
        let (mut file, mut reader) = (File::create(file)?, self.store.reader(key)?);
        let mut piece = vec![0; PIECE];
        loop {
            match reader.read(&mut piece)? {
                0 => return Ok(()),
                count => file.write_all(&piece[..count])?,
            }
        }
    }

    fn put(&self, key: &str, content: &[u8]) -> Done {
        let mut writer = self.store.writer(key, OpenMode::Write)?;
        writer.write(content)?;
        Ok(writer.close()?)
    }

    fn get(&self, key: &str) -> Result<usize, Box<dyn Error>> {
        let mut content = Vec::new();
        Ok(self.store.reader(key)?.read_to_end(&mut content)?)
    }

    fn list(&self, prefix: &str) -> Result<usize, Box<dyn Error>> {
        let mut count = 0;
        for entry in self.store.listdir(prefix, Detail::Full)? {
            entry?;
            count += 1;
        }
        Ok(count)
    }

    fn remove(&self, prefix: &str) -> Done {
        Ok(self.store.rmtree(prefix)?)
    }
}
