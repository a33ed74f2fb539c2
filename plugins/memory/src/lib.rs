//! The `memory` flavor.
