//! What Larder's flavors for object stores share: the contract of an artifact store over Apache OpenDAL.
//!
//! A flavor names its service, its config keys and its credentials; everything else is here.
//!
//! - [`store`]: the operations. [`keys`], [`paths`], [`known`]: what stands at a path. [`directories`], [`copies`], [`rmtree`]: what
//!   changes them.
//! - [`reader`], [`writer`]: open files. [`pages`], [`order`], [`listing`], [`walk`], [`glob`]: what is listed.
//! - [`service`], [`client`], [`requests`], [`wire`]: the connection, the requests by OpenDAL, and our own. [`token`]: whose write it was, when an answer was lost.
//!   [`transport`], [`verify`]: HTTP. [`runtime`]: the threads. [`error`]: what a service answers.
//! - [`tuning`]: the config keys of all. [`place`]: a root path, taken apart.
//!
//! Keys are paths as they are: nothing is trimmed, joined or decoded. So this uses OpenDAL's services directly: its
//! `Operator` would trim blanks at the ends of a path.

mod client;
mod copies;
mod directories;
mod error;
mod glob;
mod keys;
mod known;
mod listing;
mod order;
mod pages;
mod paths;
mod place;
mod reader;
mod removal;
mod requests;
mod rmtree;
mod runtime;
mod service;
mod store;
mod token;
mod transport;
mod tuning;
mod verify;
mod walk;
pub mod wire;
mod writer;

pub use client::refused_name;
pub use place::Place;
pub use keys::is_folder_mark;
pub use requests::{UNDER_WAY, whole_seconds};
pub use service::{Connected, Service};
pub use store::{CAPABILITIES, ObjectStore};
pub use tuning::{KEYS, Tuning, with_keys};

/// Base64 with padding (RFC 4648, section 4), which services want credentials in.
pub fn to_base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
