//! Write an artifact store flavor for Larder: everything a flavor author needs, and nothing else.
//!
//! A *flavor* is a kind of artifact store: local disk, S3, your own appliance. It is a shared library that anybody can
//! build and ship; the `larder` host finds it, checks it and loads it, and from then on every path under its stores
//! works in the command line and in the Rust library. The host never knows a flavor by name.
//!
//! A flavor is two types: one that implements [`Flavor`] (name, schemes, config keys, capabilities, how a store is made)
//! and one that implements [`ArtifactStore`] (what a store does). [`export_flavors!`] makes a library of them.
//!
//! # From nothing to a loaded flavor
//!
//! 1. `cargo new --lib handbook`, and in its `Cargo.toml`:
//!
//!    ```toml
//!    [lib]
//!    crate-type = ["cdylib"]
//!
//!    [dependencies]
//!    larder-plugin-api = "1"
//!    ```
//!
//!    Leave `panic = "abort"` out of the profiles: a host refuses a library that cannot unwind. The macro allows
//!    `unsafe_code` for the two symbols that it exports, so a crate may deny that lint and must not forbid it.
//! 2. Write the code below into `src/lib.rs`.
//! 3. `cargo build --release`, and tell the host where the library is:
//!
//!    ```text
//!    larder flavor register ./target/release/libhandbook.so
//!    larder flavor describe handbook
//!    larder store register docs --flavor handbook --path handbook://
//!    larder ls docs:
//!    larder cat docs:model-card.md
//!    ```
//!
//! # A whole flavor
//!
//! Six operations are needed: `open`, `listdir`, `mkdir`, `remove`, `rmtree` and `stat`. The other operations follow
//! from them; override those that your store can do better.
//!
//! ```
#![doc = include_str!("../examples/tiny.rs")]
//! ```
//!
//! This one cannot be written to. For a store that can, read the `memory` flavor in the source of Larder: it is the
//! contract in its simplest right form.
//!
//! # The rules
//!
//! The contract stands at [`ArtifactStore`] and at each of its methods, at [`Reader`] and at [`Writer`]. In short:
//!
//! - **Paths** are [relative to the root and normalised](StorePath). The host has parsed the URI, checked the bounds and
//!   refused `..`; the flavor prepends its root and never parses. Links that lead out of the root are the flavor's matter.
//! - **Writes are atomic.** Nothing is visible before [`Writer::close`] succeeds, then all of it is. A writer dropped
//!   without `close` leaves nothing behind. Parents are made on the way.
//! - **Errors say what a caller can act on.** *Not found*, *permission denied* and *unsupported* are different
//!   [kinds](ErrorKind); give the kind, a message and the source. The operation and the path are filled in when they are
//!   empty. Name the path yourself when it is another one than the (first) argument.
//! - **Panics** become errors of kind *panicked* with message and place, and that store (with its readers, writers and
//!   listings) answers nothing else from then on; other stores go on. A panic in a `Drop` goes to the host's log. What no
//!   shim can catch ends the process: a second panic while the first one unwinds, a stack overflow, running out of memory.
//! - **Threads.** Every method of a store can be called from many threads at once, and blocks until it is done. A reader,
//!   a writer and a listing belong to one caller at a time, not always on the same thread. A flavor that needs an async
//!   runtime owns one, made at first use, with a bounded number of threads. The library is never unloaded: threads may
//!   stay.
//! - **Logging and cancellation** go through [`Services`], which [`Flavor::make`] may keep a clone of. Never print. A
//!   call that takes longer than a moment asks [`Services::check_cancelled`] between its steps.
//! - **Config** arrives [checked](Config) against the [keys](ConfigKey) that the flavor declares, in their types and with
//!   their defaults. [`Flavor::validate`] looks at what the keys cannot say, such as two that exclude each other. Mark
//!   secrets as [`secret`](ConfigKey::secret); put no config value into an error or a log record.
//! - **Capabilities** are [promises](Capability) that callers rely on. Claim what holds. A call that needs what is not
//!   claimed answers *unsupported* and changes nothing: the macro sees to that, also for the default bodies. Without
//!   overwriting, `copyfile` and `rename` need `exclusive` too.
//!
//! # What crosses the border, and what may differ
//!
//! A library and a host need not be built by the same compiler, with the same profile or allocator. What crosses is in
//! [`abi`]: types of `abi_stable` with checked layouts, never types of std or of another crate. The traits of this page
//! stay inside the library, and the macro puts the border around them. So a flavor may use whatever crates it likes.
//!
//! A host reads the [manifest] from the file before it runs any code: names, schemes, config keys and capabilities are
//! constants for that reason.
//!
//! # How versions grow
//!
//! This crate keeps major version 1 as long as old libraries load into new hosts and new libraries into old hosts of that
//! major version. New methods have default bodies, new fields are optional, numbers of error kinds keep their meaning and
//! unknown ones survive. What a single flavor can do beyond the contract goes through [`ArtifactStore::extension`].
//!
//! # Where to look
//!
//! | for | look at |
//! | --- | --- |
//! | what each operation owes | [`ArtifactStore`] |
//! | open files | [`OpenMode`], [`OpenOptions`], [`Opened`], [`Reader`], [`Writer`] |
//! | removing what was read, and nothing else | [`Removal`], [`Identity`] |
//! | listings, stats, walks | [`Entries`], [`Entry`], [`Stat`], [`Walk`], [`Visit`] |
//! | patterns, when the store can search | [`GlobPattern`] |
//! | paths and roots | [`StorePath`], [`Root`] |
//! | errors | [`Error`], [`ErrorKind`] |
//! | describing a flavor | [`Flavor`], [`ConfigKey`], [`Capability`] |
pub mod abi;
mod capability;
mod config;
mod derived;
mod entry;
mod error;
pub mod file_transfer;
mod flavor;
mod identity;
mod limits;
pub mod manifest;
mod path;
mod removal;
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
pub use identity::Identity;
pub use limits::{MAX_HELD_BYTES, MAX_LEVELS, MAX_PATH_BYTES, check_depth};
pub use manifest::API_VERSION;
pub use path::StorePath;
pub use removal::Removal;
pub use root::Root;
pub use services::{Level, Services};
pub use store::ArtifactStore;
pub use stream::{OpenMode, OpenOptions, Opened, Reader, SeekFrom, Writer};
pub use walk::{Visit, Walk, WalkOptions};

/// What a flavor needs, in one import.
pub mod prelude {
    pub use crate::{
        ArtifactStore, Capability, Config, ConfigKey, Detail, Entries, Entry, Error, ErrorKind, Flavor,
        Identity, Kind, Level, OpenMode, OpenOptions, Opened, Reader, Removal, Result, Root, SeekFrom,
        Services, Stat, StorePath, Visit, Walk, WalkOptions, Writer, export_flavors,
    };
}
