//! Commands over several things: what fails does not stop the others.

use larder::{Error, ErrorKind};
use larder_plugin_api::ErrorKind as StoreErrorKind;

use super::context::Context;
use super::failure::{Failure, Outcome};

/// Runs `one` for each item, tells each error, and fails in the end when there was any.
pub fn each<T>(context: &Context, items: &[T], mut one: impl FnMut(&T) -> Outcome) -> Outcome {
    // A single error can speak for itself, with the exit status that it stands for.
    if let [item] = items {
        return one(item);
    }
    let mut failed = false;
    for item in items {
        match one(item) {
            Ok(()) => {}
            Err(Failure::Error(error)) if !is(&error, StoreErrorKind::Interrupted) => {
                context.printer.error(&error);
                failed = true;
            }
            Err(Failure::Told | Failure::Undecided) => failed = true,
            Err(other) => return Err(other),
        }
    }
    if failed { Err(Failure::Told) } else { Ok(()) }
}

/// Whether a store answered with this kind.
pub fn is(error: &Error, kind: StoreErrorKind) -> bool {
    error.kind() == ErrorKind::Store(kind)
}

/// Adds what to do about an error of this kind.
pub fn hint(error: Error, kind: StoreErrorKind, hint: &str) -> Error {
    if is(&error, kind) && error.hint().is_none() { error.with_hint(hint) } else { error }
}

/// Fails when the user interrupted.
pub fn check_cancelled(context: &Context) -> Outcome {
    if context.cancellation.is_cancelled() {
        return Err(larder_plugin_api::Error::from(StoreErrorKind::Interrupted).into());
    }
    Ok(())
}
