//! Ctrl-C and its like: the first one cancels, so that nothing half-done stays; the second one ends the process at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use larder::Cancellation;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::failure::{INTERRUPTED, TERMINATED};

/// What the process was told.
pub struct Signals {
    cancelled: Arc<AtomicBool>,
    status: Arc<AtomicUsize>,
}

impl Signals {
    /// Begins to listen. A signal that cannot be listened to keeps its usual effect.
    pub fn listen() -> Self {
        let cancelled = Arc::new(AtomicBool::new(false));
        let status = Arc::new(AtomicUsize::new(INTERRUPTED.into()));
        for (signal, ends_with) in [(SIGINT, INTERRUPTED), (SIGTERM, TERMINATED)] {
            // In this order: the first signal finds the flag unset and sets it, the second finds it set.
            let end = flag::register_conditional_shutdown(signal, i32::from(ends_with), cancelled.clone());
            if end.is_ok() {
                let _ = flag::register_usize(signal, status.clone(), ends_with.into());
                let _ = flag::register(signal, cancelled.clone());
            }
        }
        Self { cancelled, status }
    }

    /// Is cancelled by the first signal.
    pub fn cancellation(&self) -> Cancellation {
        Cancellation::over(self.cancelled.clone())
    }

    /// The exit status of a command that a signal interrupted.
    pub fn status(&self) -> u8 {
        u8::try_from(self.status.load(Ordering::Relaxed)).unwrap_or(INTERRUPTED)
    }
}
