//! The one async runtime of a library: made by the first request, shared by all of its stores, never ended.

use std::future::Future;
use std::pin::pin;
use std::sync::OnceLock;
use std::time::Duration;

use futures::future::{Either, select};
use larder_plugin_api::{Error, ErrorKind, Result, Services};
use tokio::runtime::{Builder, Handle, Runtime};

static RUNTIME: OnceLock<std::result::Result<Runtime, String>> = OnceLock::new();

/// How often a waiting call looks whether it was cancelled.
const CANCELLATION_CHECK: Duration = Duration::from_millis(50);

/// A thread that looked up a host name or read a credentials file waits that long for the next one, then ends.
const HELPER_LINGERS: Duration = Duration::from_secs(1);

/// The runtime. `threads` counts when this is the first request of the library: one of them is for what blocks, such as
/// looking up a host name, and is there only while it is needed.
///
/// # Errors
///
/// *Unavailable* when the system gives no thread.
pub fn handle(threads: usize) -> Result<&'static Handle> {
    let made = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(threads.saturating_sub(1).max(1))
            .max_blocking_threads(1)
            .thread_keep_alive(HELPER_LINGERS)
            .thread_name("larder-requests")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())
    });
    match made {
        Ok(runtime) => Ok(runtime.handle()),
        Err(error) => {
            Err(Error::new(ErrorKind::Unavailable, "the threads for requests could not be started")
                .with_cause(error.clone()))
        }
    }
}

/// Waits for a future on the calling thread, and stops waiting when the caller cancels.
///
/// # Errors
///
/// The future's own, or *interrupted*.
pub fn wait<T>(handle: &Handle, services: &Services, future: impl Future<Output = Result<T>>) -> Result<T> {
    handle.block_on(async {
        let mut future = pin!(future);
        loop {
            match select(future, pin!(tokio::time::sleep(CANCELLATION_CHECK))).await {
                Either::Left((result, _)) => return result,
                Either::Right(((), unfinished)) => {
                    services.check_cancelled()?;
                    future = unfinished;
                }
            }
        }
    })
}
