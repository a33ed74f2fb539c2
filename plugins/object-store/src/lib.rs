//! What Larder's flavors for object stores share: the contract of an artifact store over Apache OpenDAL.
//!
//! A flavor names its service, its config keys and its credentials; everything else is here.
//!
//! - [`store`]: the operations. [`keys`], [`paths`], [`known`]: what stands at a path. [`directories`], [`copies`], [`removal`],
//!   [`rmtree`], [`exact`]: what changes them.
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
mod exact;
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

use std::time::SystemTime;

use opendal::raw::Timestamp;

pub use client::refused_name;
pub use keys::is_folder_mark;
pub use place::Place;
pub use requests::UNDER_WAY;
use requests::whole_seconds;
pub use service::{Connected, Service};
pub use store::{CAPABILITIES, ObjectStore};
pub use tuning::{KEYS, Tuning, with_keys};

/// The MD5 of a body in Base64, which S3 wants with a batch.
pub fn md5_in_base64(body: &[u8]) -> String {
    use base64::Engine as _;
    use md5::{Digest as _, Md5};
    base64::engine::general_purpose::STANDARD.encode(Md5::digest(body))
}

/// An endpoint without a `/` at its end and without the port that its scheme has anyway.
///
/// # Errors
///
/// *Invalid argument* when it is not a URL.
pub fn normal_address(endpoint: &str) -> larder_plugin_api::Result<String> {
    let wrong = |error| {
        let message = format!("config key `endpoint`: `{endpoint}` is not a URL: {error}");
        larder_plugin_api::Error::new(larder_plugin_api::ErrorKind::InvalidArgument, message)
    };
    let address = reqwest::Url::parse(endpoint).map_err(wrong)?;
    Ok(address.as_str().trim_end_matches('/').to_owned())
}

/// A time as listings write it (RFC 3339), in whole seconds.
pub fn time_of_rfc3339(text: &str) -> Option<SystemTime> {
    whole_seconds(text.parse::<Timestamp>().ok()?.into())
}

/// A time as headers write it (RFC 9110, section 5.6.7).
pub fn time_of_rfc2822(text: &str) -> Option<SystemTime> {
    whole_seconds(Timestamp::parse_rfc2822(text).ok()?.into())
}

/// Base64 with padding (RFC 4648, section 4), which services want credentials in.
pub fn to_base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
