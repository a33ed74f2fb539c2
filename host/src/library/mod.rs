//! Library files: found, inspected, staged, tried, loaded.

pub mod find;
pub mod identity;
pub mod load;
pub mod manifest;
pub mod stage;
