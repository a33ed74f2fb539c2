//! What the pages of the flavors for object stores say in tables, kept true: config keys and capabilities as the built
//! library says them, requests as they are counted.
#![cfg(target_os = "linux")]

mod manifests;
mod page;
mod requests;
