//! Many files, two places: copying, comparing and synchronising between stores and local directories.

mod copy;
mod end;
mod local;
mod observer;
mod order;
mod pairs;
mod pump;
mod sync;
mod verify;

pub use copy::{Copied, Transfer};
pub use end::{End, EndReader, EndWriter};
pub use local::{
    Found, FoundKind, Links, LocalPath, LocalReader, LocalTree, LocalWalk, LocalWriter, WriteOptions,
    copy_with_holes, describe,
};
pub use observer::{Ignore, Observer};
pub use pairs::{Pair, Pairs};
pub use sync::{Action, Sync, SyncSummary};
pub use verify::{Verdict, verify};
