//! Catches a panic with its message and its place, inside the library where it happens: a host cannot.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::error::{Error, ErrorKind};

thread_local! {
    static GUARDED: Cell<u32> = const { Cell::new(0) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes the hook of this library's own std remember where a guarded panic happened, rather than print it.
///
/// Panics in threads that the flavor started itself go to the hook that was there before.
pub(crate) fn remember_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if GUARDED.with(Cell::get) == 0 {
                return before(info);
            }
            let place = info.location().map(ToString::to_string);
            // A thread that ends may have dropped its place already; a panic in this hook would abort.
            let _ = PLACE.try_with(|cell| cell.replace(place));
        }));
    });
}

/// Runs code of a flavor. A panic in it becomes an error of kind *panicked*.
#[inline]
pub(crate) fn catch<T>(code: impl FnOnce() -> T) -> Result<T, Error> {
    // Looked up once: in a shared library a thread local costs a call.
    GUARDED.with(|depth| {
        depth.set(depth.get() + 1);
        let result = panic::catch_unwind(AssertUnwindSafe(code)).map_err(panicked);
        depth.set(depth.get() - 1);
        result
    })
}

#[cold]
fn panicked(payload: Box<dyn Any + Send>) -> Error {
    let place = PLACE.try_with(RefCell::take).ok().flatten();
    let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
    let error = Error::new(ErrorKind::Panicked, format!("{}{place}", message_of(&*payload)));
    discard(payload);
    error
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

/// Drops a payload whose own Drop may panic again; what that panic carries is leaked.
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(again) = panic::catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        let _leaked = ManuallyDrop::new(again);
    }
}
