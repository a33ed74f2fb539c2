//! The export macro: the manifest and the registration symbol of a library.

use std::sync::Arc;

use abi_stable::library::{CheckTypeLayout, LibHeader, RootModuleResult};
use abi_stable::prefix_type::WithMetadata;
use abi_stable::std_types::{RResult, RStr};

use super::error::{AbiResult, to_abi};
use super::guard::guard;
use super::module::{Module, ModuleRef};
use super::panics::{catch, remember_places};
use super::services::ServicesBox;
use super::store::StoreBox;
use crate::capability::Capability;
use crate::config::{Config, ConfigKey};
use crate::error::{Error, ErrorKind, Result};
use crate::flavor::Flavor;
use crate::manifest::FlavorDescription;
use crate::root::Root;
use crate::services::Services;
use crate::store::ArtifactStore;

/// A flavor as data and plain functions: what the macro makes of each type it is given.
pub struct ExportedFlavor {
    name: &'static str,
    config: &'static [ConfigKey],
    capabilities: &'static [Capability],
    schemes: &'static [&'static str],
    validate: fn(&Root, &Config) -> Result<()>,
    make: fn(&Root, &Config, &Services) -> Result<Arc<dyn ArtifactStore>>,
}

impl ExportedFlavor {
    /// The flavor of a type.
    pub const fn of<F: Flavor>() -> Self {
        Self {
            name: F::FLAVOR,
            config: F::CONFIG,
            capabilities: F::CAPABILITIES,
            schemes: F::SUPPORTED_SCHEMES,
            validate: F::validate,
            make: |root, config, services| Ok(Arc::new(F::make(root, config, services)?)),
        }
    }

    /// The description of a type's flavor, for the manifest.
    pub const fn description_of<F: Flavor>() -> FlavorDescription {
        FlavorDescription {
            component_type: F::TYPE,
            name: F::FLAVOR,
            about: F::ABOUT,
            schemes: F::SUPPORTED_SCHEMES,
            capabilities: F::CAPABILITIES,
            config: F::CONFIG,
        }
    }

    fn parse(&self, root: &str, config: &str) -> Result<(Root, Config)> {
        let root = Root::parse(root)?;
        if !self.schemes.contains(&root.scheme()) {
            let message = format!("`{root}` is not of a scheme of flavor `{}`", self.name);
            return Err(Error::new(ErrorKind::InvalidPath, message));
        }
        Ok((root, Config::from_json(self.config, config)?))
    }
}

fn find(flavors: &'static [ExportedFlavor], name: &str) -> Result<&'static ExportedFlavor> {
    flavors
        .iter()
        .find(|flavor| flavor.name == name)
        .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("this library has no flavor `{name}`")))
}

fn guarded<T>(operation: &str, code: impl FnOnce() -> Result<T>) -> AbiResult<T> {
    to_abi(catch(code).and_then(|result| result).map_err(|error| error.or_context(operation, "")))
}

/// The body of the library's `validate`.
pub fn validate(
    flavors: &'static [ExportedFlavor],
    name: RStr<'_>,
    root: RStr<'_>,
    config: RStr<'_>,
) -> AbiResult<()> {
    guarded("validate", || {
        let flavor = find(flavors, name.as_str())?;
        let (root, config) = flavor.parse(root.as_str(), config.as_str())?;
        (flavor.validate)(&root, &config)
    })
}

/// The body of the library's `make`.
pub fn make(
    flavors: &'static [ExportedFlavor],
    name: RStr<'_>,
    root: RStr<'_>,
    config: RStr<'_>,
    services: ServicesBox,
) -> AbiResult<StoreBox> {
    let services = Services::from_abi(services);
    guarded("make", || {
        let flavor = find(flavors, name.as_str())?;
        let (root, config) = flavor.parse(root.as_str(), config.as_str())?;
        let store = (flavor.make)(&root, &config, &services)?;
        Ok(guard(store, flavor.capabilities, services))
    })
}

/// The body of the library's constructor: what runs when a host takes the root module.
pub fn root_module(module: &'static WithMetadata<Module>) -> RootModuleResult {
    remember_places();
    let module = ModuleRef(module.static_as_prefix());
    // SAFETY: the erased type is that of the root module, which is what `header` declares for this constructor.
    RResult::ROk(unsafe { module.0.cast() })
}

/// The library header that a host reads from the registration symbol.
///
/// # Safety
///
/// `constructor` gives what [`root_module`] gave.
pub const unsafe fn header(constructor: extern "C" fn() -> RootModuleResult) -> LibHeader {
    // SAFETY: the caller guarantees that the constructor's module is a `ModuleRef`.
    unsafe { LibHeader::from_constructor::<ModuleRef>(constructor, CheckTypeLayout::Yes) }
}

/// Exports flavors from a `cdylib`: each argument is a type that implements [`Flavor`].
///
/// It emits two symbols. `LARDER_FLAVOR_MANIFEST` holds the manifest as JSON, for hosts to read without running code.
/// `LARDER_FLAVOR` is the registration symbol. Around every method stands a shim that turns a panic into an error.
/// Call it once in a library.
#[macro_export]
macro_rules! export_flavors {
    ($($flavor:ty),+ $(,)?) => {
        #[allow(unsafe_code, reason = "exported symbols, with the types that the plugin API prescribes")]
        const _: () = {
            use $crate::abi::abi_stable::library::{LibHeader, RootModuleResult};
            use $crate::abi::abi_stable::prefix_type::WithMetadata;
            use $crate::abi::abi_stable::std_types::RStr;
            use $crate::abi::error::AbiResult;
            use $crate::abi::export::{self, ExportedFlavor};
            use $crate::abi::module::Module;
            use $crate::abi::services::ServicesBox;
            use $crate::abi::store::StoreBox;
            use $crate::manifest::{FlavorDescription, Library};

            const LIBRARY: Library = Library {
                name: ::core::env!("CARGO_PKG_NAME"),
                version: ::core::env!("CARGO_PKG_VERSION"),
                license: ::core::env!("CARGO_PKG_LICENSE"),
                repository: ::core::env!("CARGO_PKG_REPOSITORY"),
                panic_unwinds: ::core::cfg!(panic = "unwind"),
                flavors: &[$(ExportedFlavor::description_of::<$flavor>()),+],
            };
            const LENGTH: usize = LIBRARY.json_len_bytes();

            #[unsafe(no_mangle)]
            pub static LARDER_FLAVOR_MANIFEST: [u8; LENGTH] = LIBRARY.json();

            static FLAVORS: &[ExportedFlavor] = &[$(ExportedFlavor::of::<$flavor>()),+];

            extern "C" fn manifest() -> RStr<'static> {
                ::core::str::from_utf8(&LARDER_FLAVOR_MANIFEST).unwrap_or_default().into()
            }

            extern "C" fn validate(flavor: RStr<'_>, root: RStr<'_>, config: RStr<'_>) -> AbiResult<()> {
                export::validate(FLAVORS, flavor, root, config)
            }

            extern "C" fn make(
                flavor: RStr<'_>,
                root: RStr<'_>,
                config: RStr<'_>,
                services: ServicesBox,
            ) -> AbiResult<StoreBox> {
                export::make(FLAVORS, flavor, root, config, services)
            }

            static MODULE: WithMetadata<Module> = WithMetadata::new(Module { manifest, validate, make });

            extern "C" fn constructor() -> RootModuleResult {
                export::root_module(&MODULE)
            }

            // SAFETY: the constructor gives what `root_module` gives.
            #[unsafe(no_mangle)]
            pub static LARDER_FLAVOR: LibHeader = unsafe { export::header(constructor) };
        };
    };
}
