//! Ctrl-C and its like: the first one cancels, so that nothing half-done stays; the second one ends the process at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use larder::Cancellation;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use super::failure::{HUNG_UP, INTERRUPTED, TERMINATED};

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
        let ignored = ignored();
        for (signal, ends_with) in [(SIGINT, INTERRUPTED), (SIGTERM, TERMINATED), (SIGHUP, HUNG_UP)] {
            // Whoever started the process, such as `nohup`, meant it to go on.
            if ignored & (1 << (signal - 1)) != 0 {
                continue;
            }
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

/// The signals that were ignored when the process started, a bit each (`proc_pid_status(5)`, `SigIgn`); none where the system
/// does not say.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignored_in(&status).unwrap_or_default()
}

fn ignored_in(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signals_that_are_ignored_are_read_from_what_the_system_says() {
        assert_eq!(ignored_in("Name:\tlarder\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"), Some(0x1001));
        assert_eq!(ignored_in("Name:\tlarder\n"), None);
    }
}
