//! Larder inside a program: a host with a home of its own, a flavor, a store, and an artifact written and read back.
//!
//! ```text
//! cargo build --release
//! cargo run --release --example embed -- target/release/liblarder_flavor_local.so local
//! ```

use std::env;
use std::error::Error;
use std::io::{Read, Write};
use std::path::PathBuf;

use larder::{Home, Host, HostOptions, NewStore, RegisterFlavor};
use larder_plugin_api::OpenMode;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let library = arguments.next().map(PathBuf::from).ok_or("the path of a flavor's library is missing")?;
    let scratch = env::temp_dir().join(format!("larder-embed-{}", std::process::id()));

    let host = Host::open(HostOptions::at(Home::at(scratch.join("home")))?);
    let accepted = host.register_flavor(&library, RegisterFlavor::default())?;
    let root = scratch.join("artifacts").to_string_lossy().into_owned();
    host.register_store(&NewStore {
        name: "mine".to_owned(),
        flavor: accepted.flavors[0].clone(),
        root: arguments.next().and_then(|root| root.into_string().ok()).unwrap_or(root),
        ..NewStore::default()
    })?;

    let place = host.resolve("mine:models/first.txt")?;
    let mut writer = place.store.writer(&place.path, OpenMode::Write)?;
    writer.write_all(b"what the pipeline made\n")?;
    writer.close()?;

    let mut text = String::new();
    place.store.reader(&place.path)?.read_to_string(&mut text)?;
    std::io::stdout().write_all(format!("{place}: {text}").as_bytes())?;

    if scratch.exists() {
        std::fs::remove_dir_all(scratch)?;
    }
    Ok(())
}
