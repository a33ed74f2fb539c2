//! Ctrl-C: the first one cancels, so that nothing half-done stays; the second one ends the process at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use larder::Cancellation;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::failure::INTERRUPTED;

/// Begins to listen. A signal that cannot be listened to keeps its usual effect.
pub fn listen() -> Cancellation {
    let cancelled = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag unset and sets it, the second finds it set.
        let end = flag::register_conditional_shutdown(signal, i32::from(INTERRUPTED), cancelled.clone());
        if end.is_ok() {
            let _ = flag::register(signal, cancelled.clone());
        }
    }
    Cancellation::over(cancelled)
}
