//! Errors of one end: what was tried there, and why it failed.

use std::io;
use std::path::Path;

use super::{End, is_missing};
use crate::error::{Error, ErrorKind};

impl End {
    /// An error of the operating system, with what was tried. A store's own error comes out of its wrapping.
    pub(in crate::transfer) fn io(&self, tried: &str, error: io::Error) -> Error {
        let has_text = error.raw_os_error().is_some();
        if self.is_local() && has_text {
            let kind = larder_plugin_api::Error::from(io::Error::from(error.kind())).kind();
            return Error::new(ErrorKind::Store(kind), self.cannot(tried)).with_source(error);
        }
        let kept = larder_plugin_api::Error::from(error);
        // std's own words for a kind say nothing that the kind does not.
        let bare = (self.is_local() && kept.message().is_empty())
            .then(|| larder_plugin_api::Error::from(kept.kind()));
        self.said(tried, bare.unwrap_or(kept))
    }

    /// An error of a store, with what was tried.
    pub(in crate::transfer) fn said(&self, tried: &str, error: larder_plugin_api::Error) -> Error {
        Error::from(error).context(self.cannot(tried))
    }

    fn cannot(&self, tried: &str) -> String {
        format!("cannot {tried} `{}`", self.address())
    }
}

/// A missing parent is the likely reason why a new file is not found.
pub fn explain_parent(path: &Path, error: Error) -> Error {
    match path.parent() {
        Some(parent) if is_missing(&error) => error.with_hint(format!("mkdir -p {}", parent.display())),
        _ => error,
    }
}
