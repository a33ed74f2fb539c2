//! Larder: a dynamic plugin host for artifact stores.

mod error;
pub mod fileio;
mod home;
pub mod library;
pub mod registry;
mod store;

pub use error::{Error, ErrorKind, Result};
pub use home::Home;
pub use registry::Registry;
pub use store::{Batch, Cancellation, Entries, EntryRef, File, Item, Reader, Store, Walk, Writer, normalise};
