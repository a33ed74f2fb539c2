//! What the host offers to a store: its log, and the word that the caller has cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use larder_plugin_api::Level;
use larder_plugin_api::abi::abi_stable::sabi_trait::TD_Opaque;
use larder_plugin_api::abi::abi_stable::std_types::RStr;
use larder_plugin_api::abi::services::{AbiServices, AbiServices_TO, ServicesBox};

/// Tells the stores of a host to stop what they are doing. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Nothing is cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// The one over a flag that something else sets, such as a signal handler.
    pub fn over(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }

    /// Cancels what runs now and what is begun later, until [`reset`](Self::reset).
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Lets operations run again.
    pub fn reset(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Whether it is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The services of one store.
pub struct HostServices {
    target: String,
    cancellation: Cancellation,
}

impl HostServices {
    pub fn new(flavor: &str, cancellation: Cancellation) -> Self {
        Self { target: format!("larder::flavor::{flavor}"), cancellation }
    }

    pub fn into_abi(self) -> ServicesBox {
        AbiServices_TO::from_value(self, TD_Opaque)
    }
}

impl AbiServices for HostServices {
    fn log(&self, level: u8, message: RStr<'_>) {
        let level = match Level::ALL.get(usize::from(level)) {
            Some(Level::Error) => log::Level::Error,
            Some(Level::Warn) => log::Level::Warn,
            Some(Level::Info) => log::Level::Info,
            Some(Level::Debug) => log::Level::Debug,
            _ => log::Level::Trace,
        };
        log::log!(target: &self.target, level, "{message}");
    }

    fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }
}
