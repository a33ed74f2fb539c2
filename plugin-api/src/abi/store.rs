//! The store vtable: one slot an operation, with the names of the store trait.

use abi_stable::sabi_trait;
use abi_stable::std_types::{RBox, RSlice, RStr, RString, RVec};

use super::entries::BatchesBox;
use super::error::AbiResult;
use super::stat::StatFields;
use super::stream::AbiOpened;

/// The operations of [`ArtifactStore`](crate::ArtifactStore). Paths are relative and normalised; the host sees to that.
#[sabi_trait]
pub trait AbiStore: Send + Sync {
    /// `mode` is the ASCII code of `r`, `w`, `x` or `a`.
    fn open(&self, path: RStr<'_>, mode: u8) -> AbiResult<AbiOpened>;
    fn copyfile(&self, source: RStr<'_>, target: RStr<'_>, overwrite: bool) -> AbiResult<()>;
    fn exists(&self, path: RStr<'_>) -> AbiResult<bool>;
    fn glob(&self, pattern: RStr<'_>) -> AbiResult<BatchesBox>;
    fn isdir(&self, path: RStr<'_>) -> AbiResult<bool>;
    fn listdir(&self, path: RStr<'_>, full_detail: bool) -> AbiResult<BatchesBox>;
    fn makedirs(&self, path: RStr<'_>) -> AbiResult<()>;
    fn mkdir(&self, path: RStr<'_>) -> AbiResult<()>;
    fn remove(&self, path: RStr<'_>) -> AbiResult<()>;
    fn rename(&self, source: RStr<'_>, target: RStr<'_>, overwrite: bool) -> AbiResult<()>;
    fn rmtree(&self, path: RStr<'_>) -> AbiResult<()>;
    fn stat(&self, path: RStr<'_>) -> AbiResult<StatFields>;
    fn size(&self, path: RStr<'_>) -> AbiResult<u64>;
    fn walk(&self, top: RStr<'_>, topdown: bool, full_detail: bool) -> AbiResult<BatchesBox>;
    /// The names of what this store can do.
    fn capabilities(&self) -> AbiResult<RVec<RString>>;
    #[sabi(last_prefix_field)]
    fn extension(&self, id: RStr<'_>, request: RSlice<'_, u8>) -> AbiResult<RVec<u8>>;
}

/// A store of the other side.
pub type StoreBox = AbiStore_TO<'static, RBox<()>>;
