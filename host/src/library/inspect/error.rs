//! Why a library is refused before any of its code ran: the file and its defect.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use super::defect::Defect;
use super::text::printable;

/// A file that is no usable library, and what is wrong with it.
#[derive(Debug)]
pub struct InspectError {
    path: PathBuf,
    defect: Defect,
}

impl InspectError {
    pub(super) fn new(path: &Path, defect: Defect) -> Self {
        Self { path: path.to_owned(), defect }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same defect, said of another path: that of the file which was copied.
    #[must_use]
    pub fn about(self, path: &Path) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// What is wrong with it.
    pub fn defect(&self) -> &Defect {
        &self.defect
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        self.defect.hint()
    }
}

impl fmt::Display for InspectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "library `{}` {}", printable(&self.path.to_string_lossy()), self.defect)
    }
}

impl Error for InspectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The message holds the defect's, so the chain goes on below it.
        self.defect.source()
    }
}
