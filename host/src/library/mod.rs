//! Library files: found, inspected, loaded.

pub mod manifest;
