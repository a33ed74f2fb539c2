//! Larder: a dynamic plugin host for artifact stores.

pub mod check;
mod error;
pub mod fileio;
mod home;
mod host;
pub mod library;
pub mod registry;
mod store;
pub mod transfer;
pub mod working_directory;

pub use error::{Error, ErrorKind, Result};
pub use fileio::Place;
pub use home::Home;
pub use host::{
    Accepted, Catalog, Host, HostOptions, KnownFlavor, LibraryFile, NewStore, Origin, RegisterFlavor, Status,
    StoreChange,
};
pub use registry::Registry;
pub use store::{
    Batch, Cancellation, Entries, EntryRef, File, Item, Reader, Store, Walk, Writer, normalise, shown,
    too_far,
};
