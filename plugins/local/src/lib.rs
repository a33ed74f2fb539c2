//! The `local` flavor.
