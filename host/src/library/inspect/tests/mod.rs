//! Libraries made for a test, whole and damaged.

#[cfg(target_os = "linux")]
mod damage;
mod files;
mod mach;
mod manifest;
mod sample;
#[cfg(target_os = "linux")]
mod system;
