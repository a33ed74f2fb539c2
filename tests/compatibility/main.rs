//! Libraries that were built otherwise than this host: by another version of plugin-api, another profile, another
//! compiler, outside of this workspace.
//!
//! Each is built by a cargo of its own, from copies of this workspace's crates, with the versions of its `Cargo.lock`.
#![cfg(target_os = "linux")]

mod builds;
mod compiler;
mod core_cases;
mod forked;
mod minor_versions;
mod nested;
mod outside;
