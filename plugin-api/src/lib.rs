//! Write an artifact store flavor for Larder: everything a flavor author needs, and nothing else.
pub mod abi;
mod capability;
mod config;
mod derived;
mod entry;
mod error;
mod flavor;
pub mod manifest;
mod path;
mod root;
mod services;
mod store;
mod stream;
mod walk;

pub use capability::Capability;
pub use config::{Config, ConfigKey, ValueType};
pub use derived::GlobPattern;
pub use entry::{Detail, Entries, Entry, EntryItems, Kind, Stat};
pub use error::{Error, ErrorKind, Result};
pub use flavor::Flavor;
pub use manifest::API_VERSION;
pub use path::StorePath;
pub use root::Root;
pub use services::{Level, Services};
pub use store::ArtifactStore;
pub use stream::{OpenMode, Opened, Reader, SeekFrom, Writer};
pub use walk::{Visit, Walk, WalkOptions};
