//! Larder: a dynamic plugin host for artifact stores.

pub mod library;
