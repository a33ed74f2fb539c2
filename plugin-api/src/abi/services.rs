//! The host's services on their way to a library.

use abi_stable::sabi_trait;
use abi_stable::std_types::{RBox, RStr};

/// What a host offers to a store.
#[sabi_trait]
pub trait AbiServices: Send + Sync {
    /// Takes a log record; `level` is a position in `Level::ALL`.
    fn log(&self, level: u8, message: RStr<'_>);

    /// Whether the caller cancelled.
    #[sabi(last_prefix_field)]
    fn is_cancelled(&self) -> bool;
}

/// The services of the other side.
pub type ServicesBox = AbiServices_TO<'static, RBox<()>>;
