//! Paths to stores: which store a path is in, and where in it.

mod address;

pub use address::{Address, below};
