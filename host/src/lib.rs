//! Larder: a dynamic plugin host for artifact stores.

mod error;
mod home;
pub mod library;

pub use error::{Error, ErrorKind, Result};
pub use home::Home;
