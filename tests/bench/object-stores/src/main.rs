//! One job on an S3 server through one of three libraries: Larder's, and the two client libraries used directly. `run`
//! measures the processes.
//!
//! ```text
//! clients larder|larder_loose|opendal|object_store up|down FILE KEY
//! clients larder|opendal|object_store up-small|down-small COUNT PREFIX
//! clients larder|opendal|object_store list|remove PREFIX
//! ```
//!
//! `larder_loose` is Larder with `strict_paths=false`: it looks for no file above a path before it writes there, as the others.
//! The bucket is `bench`; `ENDPOINT`, `KEY` and `SECRET` say the rest, `FLAVOR` the library of the s3 flavor.

mod larder_client;
mod object_store_client;
mod opendal_client;

use std::error::Error;

/// What each of them does.
pub trait Client {
    fn up(&self, file: &str, key: &str) -> Done;
    fn down(&self, file: &str, key: &str) -> Done;
    fn put(&self, key: &str, content: &[u8]) -> Done;
    fn get(&self, key: &str) -> Result<usize, Box<dyn Error>>;
    fn list(&self, prefix: &str) -> Result<usize, Box<dyn Error>>;
    fn remove(&self, prefix: &str) -> Done;
}

pub type Done = Result<(), Box<dyn Error>>;

/// The same for all.
pub const PART: usize = 8 << 20;
pub const PARTS_AT_ONCE: usize = 4;

const SMALL: usize = 4096;

pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("the variable {name} is not set"))
}

fn main() -> Done {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let client: Box<dyn Client> = match words[0] {
        "larder" => Box::new(larder_client::connect(true)?),
        "larder_loose" => Box::new(larder_client::connect(false)?),
        "opendal" => Box::new(opendal_client::connect()?),
        "object_store" => Box::new(object_store_client::connect()?),
        other => return Err(format!("`{other}` is no client").into()),
    };
    match words[1..] {
        ["up", file, key] => client.up(file, key),
        ["down", file, key] => client.down(file, key),
        ["up-small", count, prefix] => {
            let content = vec![7; SMALL];
            (0..count.parse()?).try_for_each(|index: usize| client.put(&format!("{prefix}/{index}"), &content))
        }
        ["down-small", count, prefix] => (0..count.parse()?).try_for_each(|index: usize| {
            assert_eq!(client.get(&format!("{prefix}/{index}"))?, SMALL);
            Ok(())
        }),
        ["list", prefix] => {
            println!("{}", client.list(prefix)?);
            Ok(())
        }
        ["remove", prefix] => client.remove(prefix),
        _ => Err("no such job".into()),
    }
}
