//! What the host offers to a store: a log, and word of cancellation.

use std::fmt;
use std::sync::Arc;

use crate::abi::services::ServicesBox;

/// How much a log record matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Something failed that the caller did not hear of otherwise.
    Error,
    /// Something is likely to be wrong.
    Warn,
    /// What a user wants to know now and then.
    Info,
    /// What an author wants to know.
    Debug,
    /// Everything.
    Trace,
}

impl Level {
    /// All levels, the gravest first; the position is the number that crosses the ABI.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];
}

/// The host's side of a store: cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct Services(Option<Arc<ServicesBox>>);

impl Services {
    pub(crate) fn from_abi(services: ServicesBox) -> Self {
        Self(Some(Arc::new(services)))
    }

    /// Services without a host, for unit tests of a flavor: log records vanish and nothing is ever cancelled.
    pub const fn detached() -> Self {
        Self(None)
    }

    /// Writes a record to the host's log, under the flavor's name. One line, no secret in it.
    pub fn log(&self, level: Level, message: &str) {
        if let Some(services) = &self.0 {
            services.log(level as u8, message.into());
        }
    }

    /// Whether the caller has cancelled what runs now. A call that takes longer than a moment asks between its steps,
    /// at least once a second, and answers *interrupted*.
    pub fn is_cancelled(&self) -> bool {
        self.0.as_ref().is_some_and(|services| services.is_cancelled())
    }

    /// Stops a long operation when the caller has cancelled it.
    ///
    /// # Errors
    ///
    /// *Interrupted* when it is cancelled.
    pub fn check_cancelled(&self) -> crate::Result<()> {
        if self.is_cancelled() {
            return Err(crate::ErrorKind::Interrupted.into());
        }
        Ok(())
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").field("attached", &self.0.is_some()).finish()
    }
}
