//! The store vtable: one slot an operation, with the names of the store trait.

use abi_stable::StableAbi;
use abi_stable::sabi_trait;
use abi_stable::std_types::{RBox, ROption, RSlice, RStr, RString, RVec};

use super::entries::BatchesBox;
use super::error::{AbiError, AbiResult};
use super::stat::StatFields;
use super::stream::{AbiOpened, OpenFields};
use crate::identity::Identity;
use crate::removal::Removal;

/// The fields of [`Removal`].
#[repr(C)]
#[derive(StableAbi, Clone, Copy, Debug)]
pub struct RemovalFields<'a> {
    pub path: RStr<'a>,
    pub etag: ROption<RStr<'a>>,
}

impl<'a> From<Removal<'a>> for RemovalFields<'a> {
    fn from(file: Removal<'a>) -> Self {
        Self { path: file.path.as_str().into(), etag: file.etag.map(RStr::from).into() }
    }
}

/// The fields of [`Identity`].
#[repr(C)]
#[derive(StableAbi, Clone, Debug)]
pub struct IdentityFields {
    pub scope: RString,
    pub thing: RString,
    /// The directories that contain it, nearest first.
    pub above: RVec<RString>,
}

impl From<Identity> for IdentityFields {
    fn from(identity: Identity) -> Self {
        Self {
            scope: identity.scope.into(),
            thing: identity.thing.into(),
            above: identity.above.into_iter().map(RString::from).collect(),
        }
    }
}

impl From<IdentityFields> for Identity {
    fn from(fields: IdentityFields) -> Self {
        Self {
            scope: fields.scope.into(),
            thing: fields.thing.into(),
            above: fields.above.into_iter().map(String::from).collect(),
        }
    }
}

/// The operations of [`ArtifactStore`](crate::ArtifactStore). Paths are relative and normalised; the host sees to that.
#[sabi_trait]
pub trait AbiStore: Send + Sync {
    fn open(&self, path: RStr<'_>, options: OpenFields) -> AbiResult<AbiOpened>;
    fn copyfile(&self, source: RStr<'_>, target: RStr<'_>, overwrite: bool) -> AbiResult<()>;
    fn exists(&self, path: RStr<'_>) -> AbiResult<bool>;
    fn glob(&self, pattern: RStr<'_>) -> AbiResult<BatchesBox>;
    fn isdir(&self, path: RStr<'_>) -> AbiResult<bool>;
    fn listdir(&self, path: RStr<'_>, full_detail: bool) -> AbiResult<BatchesBox>;
    fn makedirs(&self, path: RStr<'_>) -> AbiResult<()>;
    fn mkdir(&self, path: RStr<'_>) -> AbiResult<()>;
    fn remove(&self, path: RStr<'_>) -> AbiResult<()>;
    /// One answer for each file, in their order; none where it was removed.
    fn remove_many(&self, files: RSlice<'_, RemovalFields<'_>>) -> AbiResult<RVec<ROption<AbiError>>>;
    fn remove_directory(&self, path: RStr<'_>) -> AbiResult<()>;
    fn rename(&self, source: RStr<'_>, target: RStr<'_>, overwrite: bool) -> AbiResult<()>;
    fn rmtree(&self, path: RStr<'_>) -> AbiResult<()>;
    fn stat(&self, path: RStr<'_>) -> AbiResult<StatFields>;
    fn size(&self, path: RStr<'_>) -> AbiResult<u64>;
    fn walk(&self, top: RStr<'_>, topdown: bool, full_detail: bool) -> AbiResult<BatchesBox>;
    fn identity(&self, path: RStr<'_>) -> AbiResult<ROption<IdentityFields>>;
    /// A key is what follows the root's prefix, byte for byte; it is not normalised. So are those of the next two.
    fn stat_key(&self, key: RStr<'_>) -> AbiResult<StatFields>;
    fn remove_key(&self, key: RStr<'_>, etag: ROption<RStr<'_>>) -> AbiResult<()>;
    fn copy_key(&self, key: RStr<'_>, target: RStr<'_>, overwrite: bool) -> AbiResult<()>;
    /// The names of what this store can do.
    fn capabilities(&self) -> AbiResult<RVec<RString>>;
    #[sabi(last_prefix_field)]
    fn extension(&self, id: RStr<'_>, request: RSlice<'_, u8>) -> AbiResult<RVec<u8>>;
}

/// A store of the other side.
pub type StoreBox = AbiStore_TO<'static, RBox<()>>;
