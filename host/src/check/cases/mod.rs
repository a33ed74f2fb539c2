//! The cases: one file an operation of the contract, and one for each matter that concerns several.

use super::Case;

/// A case on a store that can be written: its name, what else the store must claim, the sentence, the code. Without code
/// the function of the same name is meant.
macro_rules! case {
    ($name:ident, [$($needs:ident),*], $description:literal $(,)?) => {
        case!($name, [$($needs),*], $description, $name)
    };
    ($name:ident, [$($needs:ident),*], $description:literal, $run:expr $(,)?) => {
        $crate::check::Case::store(
            OPERATION,
            stringify!($name),
            $description,
            &[larder_plugin_api::Capability::Write, $(larder_plugin_api::Capability::$needs),*],
            $run,
        )
    };
}

mod cancellation;
mod capabilities;
mod changes;
mod concurrency;
mod config;
mod copyfile;
mod exists;
mod extent;
mod faults;
mod file_transfer;
mod glob;
mod identity;
mod isdir;
mod keys;
mod library;
mod listdir;
mod makedirs;
mod mkdir;
mod model;
mod names;
mod open_append;
mod open_exclusive;
mod open_read;
mod open_with;
mod open_write;
mod reader_stat;
mod remove;
mod remove_directory;
mod remove_many;
mod rename;
mod rename_directory;
mod rmtree;
mod root;
mod size;
mod sizes;
mod stat;
mod unmade_root;
mod unsupported;
mod visibility;
mod walk;

const ALL: &[&[Case]] = &[
    library::CASES,
    config::CASES,
    capabilities::CASES,
    unsupported::CASES,
    root::CASES,
    unmade_root::CASES,
    open_read::CASES,
    reader_stat::CASES,
    open_write::CASES,
    open_exclusive::CASES,
    open_append::CASES,
    open_with::CASES,
    copyfile::CASES,
    exists::CASES,
    glob::CASES,
    isdir::CASES,
    listdir::CASES,
    makedirs::CASES,
    mkdir::CASES,
    remove::CASES,
    remove_many::CASES,
    remove_directory::CASES,
    rename::CASES,
    rename_directory::CASES,
    rmtree::CASES,
    stat::CASES,
    size::CASES,
    walk::CASES,
    identity::CASES,
    keys::CASES,
    file_transfer::CASES,
    names::CASES,
    sizes::CASES,
    extent::CASES,
    visibility::CASES,
    faults::CASES,
    concurrency::CASES,
    changes::CASES,
    cancellation::CASES,
    model::CASES,
];

/// All cases, in the order in which they are run.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    ALL.iter().flat_map(|cases| cases.iter())
}
