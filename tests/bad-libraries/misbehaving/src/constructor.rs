//! What runs when the linker loads the library, and when it unloads it or the process ends.
#![expect(unsafe_code, reason = "the linker's sections of constructors and destructors")]

use crate::faults::Faults;

/// Runs at load.
#[used]
// SAFETY: the section holds functions without arguments that the linker calls once the library is relocated.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
static CONSTRUCTOR: extern "C" fn() = constructor;

/// Runs at unload, or when the process ends.
#[used]
// SAFETY: as above, at the other end of the library's life.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".fini_array"))]
static DESTRUCTOR: extern "C" fn() = destructor;

extern "C" fn constructor() {
    Faults::of_this_file().run("load");
}

extern "C" fn destructor() {
    Faults::of_this_file().run("unload");
}
