//! What the check and its child processes say to each other: one JSON object a line, one answer a request.

use larder_plugin_api as api;
use serde::{Deserialize, Serialize};

use super::CaseResult;
use crate::{Error, ErrorKind};

/// What a child is asked to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case")]
pub enum Request {
    /// Find out whether the store can be checked at all.
    Preflight { directory: String, allow_existing: bool },
    /// Run one case.
    Case { case: String, session: SessionDescription },
    /// Run the child's part of a case, say when it is ready, and wait to be killed.
    Hold { case: String, session: SessionDescription },
    /// Remove the directory of the check.
    CleanUp { directory: String },
}

/// What a child needs to know of the session beyond what it is started with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionDescription {
    pub directory: String,
    pub seed: u64,
    pub capabilities: Vec<String>,
}

/// What a child answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// The store can be checked, and claims this.
    Ready { capabilities: Vec<String> },
    /// The store cannot be checked, or its directory not be removed.
    Refused(Refusal),
    /// A case has ended.
    Ended(CaseResult),
    /// The child's part of a case is ready to be killed.
    Holding,
    /// The directory of the check is gone.
    CleanedUp,
}

/// An error of the host on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refusal {
    message: String,
    hint: Option<String>,
    causes: Vec<String>,
    store_kind: Option<u32>,
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let store_kind = match error.kind() {
            ErrorKind::Store(kind) => Some(kind.code()),
            _ => None,
        };
        let hint = error.hint().map(str::to_owned);
        Self { message: error.to_string(), hint, causes: error.causes().collect(), store_kind }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal.store_kind {
            Some(code) => ErrorKind::Store(api::ErrorKind::from_code(code)),
            None => ErrorKind::Usage,
        };
        let mut error = Self::new(kind, refusal.message);
        if let Some(hint) = refusal.hint {
            error = error.with_hint(hint);
        }
        if refusal.causes.is_empty() { error } else { error.with_source(refusal.causes.join(": ")) }
    }
}
