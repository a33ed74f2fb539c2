//! The root module: what a library gives to a host first.

use abi_stable::StableAbi;
use abi_stable::library::RootModule;
use abi_stable::package_version_strings;
use abi_stable::sabi_types::VersionStrings;
use abi_stable::std_types::RStr;

use super::error::AbiResult;
use super::services::ServicesBox;
use super::store::StoreBox;

/// The functions of a library.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = ModuleRef)))]
pub struct Module {
    /// The same bytes as the exported manifest.
    pub manifest: extern "C" fn() -> RStr<'static>,

    /// Looks whether a store could be made: flavor name, root path, config as a JSON object.
    pub validate: extern "C" fn(RStr<'_>, RStr<'_>, RStr<'_>) -> AbiResult<()>,

    /// Makes a store: flavor name, root path, config as a JSON object, the host's services.
    #[sabi(last_prefix_field)]
    pub make: extern "C" fn(RStr<'_>, RStr<'_>, RStr<'_>, ServicesBox) -> AbiResult<StoreBox>,
}

impl RootModule for ModuleRef {
    abi_stable::declare_root_module_statics! {ModuleRef}
    const BASE_NAME: &'static str = "larder_flavor";
    const NAME: &'static str = "larder_flavor";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}
