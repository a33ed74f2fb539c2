//! Many files, two places: copying, comparing and synchronising between stores and local directories.

mod copy;
mod end;
mod expected;
mod links;
mod local;
mod observer;
mod order;
mod pairs;
mod pump;
mod relation;
mod relocate;
mod removal;
mod side;
mod sync;
mod tree;
mod verify;

pub use copy::Transfer;
pub use end::{Below, End, EndReader, EndWriter, WalkSpec};
pub use links::LinkOptions;
pub use local::{
    Found, FoundKind, Links, LocalPath, LocalReader, LocalTree, LocalWalk, LocalWriter, WriteOptions,
    copy_with_holes, describe,
};
pub use observer::{Ignore, Observer};
pub use pairs::{Pair, Pairs};
pub use relation::{Relation, refuse_same_file};
pub use relocate::{Relocated, refuse_two_things, relocate};
pub use sync::{Action, MaxDelete, NotDeleted, Sync, SyncSummary};
pub use tree::Copied;
pub use verify::{Verdict, verify};
