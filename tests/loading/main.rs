//! What a library can do to its host while it is found, checked, tried and loaded, and what the host makes of it.
#![cfg(target_os = "linux")]

mod bad_libraries;
mod bundled;
mod damaged;
mod fixtures;
mod found;
mod lifetime;
mod misbehaving;
mod processes;
mod quarantine;
mod stage;
mod threads;
mod trust;
