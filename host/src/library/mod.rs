//! Library files: found, inspected, trusted, staged, tried, loaded.

pub mod find;
pub mod identity;
pub mod inspect;
mod layout;
pub mod life;
pub mod load;
pub mod manifest;
pub mod probe;
pub mod stage;
