//! Libraries made for a test, whole and damaged.

#[cfg(target_os = "linux")]
mod damage;
mod files;
mod mach;
mod manifest;
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "the samples are ELF libraries"))]
mod sample;
#[cfg(target_os = "linux")]
mod system;
