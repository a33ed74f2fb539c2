//! Loads a library: opens the file, compares layouts, takes the root module. Once a digest, never unloaded.
#![expect(unsafe_code, reason = "opening a library and reading its symbol cannot be checked by the compiler")]

use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use larder_plugin_api::API_VERSION;
use larder_plugin_api::abi::abi_stable::StableAbi;
use larder_plugin_api::abi::abi_stable::abi_stability::abi_checking::check_layout_compatibility;
use larder_plugin_api::abi::abi_stable::library::{AbiHeaderRef, LibHeader};
use larder_plugin_api::abi::module::ModuleRef;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use thiserror::Error;

/// The registration symbol.
const SYMBOL: &[u8] = b"LARDER_FLAVOR\0";

/// `RTLD_NODELETE` of `dlfcn.h`: libloading has no name for it. The value is that of glibc and musl, and of Darwin.
const RTLD_NODELETE: i32 = if cfg!(target_os = "macos") { 0x80 } else { 0x1000 };

/// Why a library could not be loaded. Most of what `dlopen` would explain badly is found by inspection before.
#[derive(Clone, Debug, Error)]
pub enum LoadError {
    /// The dynamic linker refused it.
    #[error("library `{}` cannot be loaded: {message}", file.display())]
    Open {
        /// The file.
        file: PathBuf,
        /// What the dynamic linker said.
        message: String,
    },
    /// It has no registration symbol.
    #[error("library `{}` has no registration symbol `LARDER_FLAVOR`", file.display())]
    NoSymbol {
        /// The file.
        file: PathBuf,
    },
    /// It was built with another `abi_stable`, or against a forked plugin-api.
    #[error("library `{}` does not fit plugin-api {API_VERSION}: {message}", file.display())]
    Layout {
        /// The file.
        file: PathBuf,
        /// The first difference.
        message: String,
    },
    /// Its constructor failed.
    #[error("library `{}` could not start: {message}", file.display())]
    Start {
        /// The file.
        file: PathBuf,
        /// What its constructor said.
        message: String,
    },
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
    check_layout(file, header)?;
    // SAFETY: `check_layout` found the library's root module compatible with ours, in one direction or the other, and
    // prefix types answer for fields and methods that one side does not have.
    unsafe { header.init_root_module_with_unchecked_layout::<ModuleRef>() }
        .map_err(|error| LoadError::Start { file: file.to_owned(), message: error.to_string() })
}

/// Opens the library and reads its header.
fn read_header(file: &Path) -> Result<&'static LibHeader, LoadError> {
    // SAFETY: opening runs the constructors of the library, which is what a user asks for who uses a flavor. The file
    // was inspected, so the linker can map it.
    let library = unsafe { Library::open(Some(file), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) }
        .map_err(|error| LoadError::Open { file: file.to_owned(), message: linker_message(&error, file) })?;
    // A library with threads or thread-local destructors cannot be unloaded: it stays for the life of the process.
    let library = ManuallyDrop::new(library);
    // SAFETY: the symbol is a static `LibHeader`, which begins with the `AbiHeader` that the reference type names; its
    // magic bytes are checked by `upgrade` before anything else of it is read.
    let symbol = unsafe { library.get::<AbiHeaderRef>(SYMBOL) };
    let header = *symbol.map_err(|_| LoadError::NoSymbol { file: file.to_owned() })?;
    header.upgrade().map_err(|error| LoadError::Layout { file: file.to_owned(), message: first_line(&error) })
}

/// The linker repeats the file's path in front of what it has to say.
fn linker_message(error: &libloading::Error, file: &Path) -> String {
    let text = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    let prefix = format!("{}: ", file.display());
    text.strip_prefix(&prefix).unwrap_or(&text).to_owned()
}

/// The check of `abi_stable` goes one way: a side that knows more trailing methods or fields refuses the other. Growth
/// stays on one line, so it is enough that one of the two accepts.
fn check_layout(file: &Path, header: &'static LibHeader) -> Result<(), LoadError> {
    let wrong = |message: String| LoadError::Layout { file: file.to_owned(), message };
    let theirs =
        header.layout().ok_or_else(|| wrong("it carries no layout of its root module".to_owned()))?;
    let ours = <ModuleRef as StableAbi>::LAYOUT;
    let Err(refused) = check_layout_compatibility(ours, theirs) else { return Ok(()) };
    if check_layout_compatibility(theirs, ours).is_ok() {
        return Ok(());
    }
    Err(wrong(first_line(&refused)))
}

fn first_line(error: &impl ToString) -> String {
    let text = error.to_string();
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("layouts differ").to_owned()
}
