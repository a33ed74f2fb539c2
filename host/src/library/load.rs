//! Loads a library: opens the file, compares layouts, takes the root module. Once a digest, never unloaded.
#![expect(unsafe_code, reason = "opening a library and reading its symbol cannot be checked by the compiler")]

use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use larder_plugin_api::API_VERSION;
use larder_plugin_api::abi::abi_stable::StableAbi;
use larder_plugin_api::abi::abi_stable::library::{AbiHeader, AbiHeaderRef, LibHeader};
use larder_plugin_api::abi::module::ModuleRef;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use thiserror::Error;

use super::layout;

/// The registration symbol.
const SYMBOL: &[u8] = b"LARDER_FLAVOR\0";

/// `RTLD_NODELETE` of `dlfcn.h`: libloading has no name for it. The value is that of glibc and musl, and of Darwin.
const RTLD_NODELETE: i32 = if cfg!(target_os = "macos") { 0x80 } else { 0x1000 };

/// Why a library could not be loaded; the text goes on after the library's name. Most of what `dlopen` would explain
/// badly is found by inspection before.
#[derive(Clone, Debug, Error)]
pub enum LoadError {
    /// The dynamic linker refused it.
    #[error("the dynamic linker refuses it: {message}")]
    Open {
        /// What the dynamic linker said.
        message: String,
    },
    /// It has no registration symbol.
    #[error("it has no registration symbol `LARDER_FLAVOR`")]
    NoSymbol,
    /// The registration symbol leads to something else than a header.
    #[error("its registration symbol `LARDER_FLAVOR` holds no header of abi_stable")]
    NoHeader,
    /// It was built with another `abi_stable`.
    #[error("it is built with abi_stable {found}, this host has abi_stable {ours}", ours = abi_version(&AbiHeader::VALUE))]
    OtherAbiStable {
        /// The version of the library's.
        found: String,
    },
    /// It was built against a forked plugin-api.
    #[error("it does not fit plugin-api {API_VERSION}: {message}")]
    Layout {
        /// The first difference.
        message: String,
    },
    /// Its constructor failed.
    #[error("it could not start: {message}")]
    Start {
        /// What its constructor said.
        message: String,
    },
}

impl LoadError {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Open { .. } | Self::Start { .. } => return None,
            Self::NoSymbol | Self::NoHeader => {
                "build it with `larder_plugin_api::export_flavors!`".to_owned()
            }
            Self::OtherAbiStable { .. } | Self::Layout { .. } => {
                let major = API_VERSION.split('.').next().unwrap_or_default();
                format!("build it again with an unchanged larder-plugin-api of major version {major}")
            }
        };
        Some(text)
    }
}

type Slot = Arc<OnceLock<Result<ModuleRef, LoadError>>>;

/// Loads a library, or gives the module that was loaded for the same digest before.
///
/// Many threads that ask for one digest at once cause one load. What failed once fails again: the bytes are the same.
///
/// # Errors
///
/// See [`LoadError`].
pub fn load(digest: &str, file: &Path) -> Result<ModuleRef, LoadError> {
    slot(digest).get_or_init(|| open(file)).clone()
}

/// Whether the library of this digest was loaded before, or was refused.
pub fn is_loaded(digest: &str) -> bool {
    slot(digest).get().is_some()
}

fn slot(digest: &str) -> Slot {
    static LOADED: Mutex<Option<HashMap<String, Slot>>> = Mutex::new(None);
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    loaded.get_or_insert_default().entry(digest.to_owned()).or_default().clone()
}

fn open(file: &Path) -> Result<ModuleRef, LoadError> {
    let header = read_header(file)?;
    let theirs = header
        .layout()
        .ok_or_else(|| LoadError::Layout { message: "it carries no layout of its root module".to_owned() })?;
    layout::compare(<ModuleRef as StableAbi>::LAYOUT, theirs)
        .map_err(|message| LoadError::Layout { message })?;
    // SAFETY: `compare` found the library's root module compatible with ours, in one direction or the other, and prefix
    // types answer for fields and methods that one side does not have.
    unsafe { header.init_root_module_with_unchecked_layout::<ModuleRef>() }
        .map_err(|error| LoadError::Start { message: first_line(&error) })
}

/// Opens the library and reads its header.
fn read_header(file: &Path) -> Result<&'static LibHeader, LoadError> {
    // SAFETY: opening runs the constructors of the library, which is what a user asks for who uses a flavor. The file
    // was inspected, so the linker can map it.
    let library = unsafe { Library::open(Some(file), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) }
        .map_err(|error| LoadError::Open { message: linker_message(&error, file) })?;
    // A library with threads or thread-local destructors cannot be unloaded: it stays for the life of the process.
    let library = ManuallyDrop::new(library);
    // SAFETY: the symbol is a static `LibHeader`, which begins with the `AbiHeader` that the reference type names; its
    // magic bytes are checked before anything else of it is read.
    let symbol = unsafe { library.get::<AbiHeaderRef>(SYMBOL) };
    let header = *symbol.map_err(|_| LoadError::NoSymbol)?;
    if header.magic_string != AbiHeader::VALUE.magic_string {
        return Err(LoadError::NoHeader);
    }
    if !header.is_valid() {
        return Err(LoadError::OtherAbiStable { found: abi_version(&header) });
    }
    header.upgrade().map_err(|error| LoadError::Layout { message: first_line(&error) })
}

fn abi_version(header: &AbiHeader) -> String {
    format!("{}.{}", header.abi_major, header.abi_minor)
}

/// The linker repeats the file's path in front of what it has to say.
fn linker_message(error: &libloading::Error, file: &Path) -> String {
    let text = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    let prefix = format!("{}: ", file.display());
    text.strip_prefix(&prefix).unwrap_or(&text).to_owned()
}

fn first_line(error: &impl ToString) -> String {
    let text = error.to_string();
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason is given").to_owned()
}
