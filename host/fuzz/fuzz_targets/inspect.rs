//! Inspects any bytes: no panic, no runaway. `cargo +nightly fuzz run inspect` in `host/`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(defect) = larder::library::inspect::inspect_bytes(data) {
        let text = format!("{defect} {:?}", defect.hint());
        assert!(!text.chars().any(char::is_control), "{text:?} would act on a terminal");
    }
});
