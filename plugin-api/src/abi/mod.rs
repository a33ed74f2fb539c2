//! What crosses the border between host and library: only types of `abi_stable`, numbers, and structs made of them.
//!
//! A flavor author never needs this module; a host does. The layouts have a golden file (`tests/layouts.golden`).
//! Growth goes behind `last_prefix_field`, each new method with a default body.
#![expect(
    unsafe_code,
    reason = "the stable ABI: the derive macros and the library header are made of unsafe code"
)]
#![allow(missing_docs, reason = "the derive macros make items that cannot carry docs")]
#![allow(
    non_local_definitions,
    clippy::mem_forget,
    clippy::used_underscore_binding,
    clippy::expl_impl_clone_on_copy,
    reason = "what the derive macros expand to"
)]

pub mod entries;
pub mod error;
pub mod export;
pub mod guard;
pub mod module;
pub mod services;
pub mod stat;
pub mod store;
pub mod stream;

mod panics;

pub use abi_stable;
