//! The `local` flavor: artifacts as files and directories on this machine.
//!
//! # What to know of it
//!
//! - **Confinement.** Every path is opened beneath the root by the kernel (`openat2`, `RESOLVE_BENEATH`), and every call
//!   on a name goes through the open directory that holds it, so that no symbolic link leads out, also one that is
//!   swapped during the call. Links that stay within the root are followed by `open`, `stat` and `listdir`; `remove`,
//!   `rmtree` and `rename` take the link itself, and a write replaces it. A link with an absolute target counts as
//!   leading out. Without `openat2` (Linux before 5.6, other systems) all links do.
//! - **The root** may itself be or pass a link. It is made by the first write; until then the store is empty.
//! - **Writing.** A new file is staged in its directory, or in the nearest above it that is there, without a name where
//!   the filesystem can, and gets its name when it closes; missing parents are made at that time. Elsewhere, and for a
//!   moment when a file is replaced, it has a name of the shape `.larder-*.tmp`. Such names are hidden and refused.
//!   All that killed processes left are removed when a store first writes to that directory, and by `rmtree`. A
//!   download to be continued (`.larder-*.part.tmp` and its `.journal.tmp`) is left for seven days.
//! - **Permissions.** New files and directories have what the umask leaves, and a copy no more than its source has. A file
//!   that is replaced hands down its permission bits, but neither owner nor extended attributes.
//! - **Copies** keep holes. A source that changes while it is copied is an error, and nothing is published.
//! - **`rename`** is atomic, except onto another mount within the root: it copies, then removes what it copied, each file
//!   only if it is still the one that was copied. One directory that is mounted at two places is not moved into itself.
//! - **Names** that are not UTF-8 cannot be said in a path: listings report each as an error, `rmtree` removes them.

mod append;
mod conditional;
mod contents;
mod copyfile;
mod directories;
mod error;
mod exclusive;
mod file_transfer;
mod glob;
mod leftovers;
mod listing;
mod names;
mod publisher;
mod reader;
mod relocate;
mod remove;
mod rename;
mod resolve;
mod rmtree;
mod root;
mod staged;
mod stat;
mod store;
#[cfg(test)]
mod tests;
mod walk;
mod writer;

use larder_plugin_api::{Capability, Config, ConfigKey, Error, ErrorKind, Flavor, Result, Root, Services};

use store::LocalStore;

/// What every store can do; with the config key `fsync` it is durable as well.
const CAPABILITIES: &[Capability] = &[
    Capability::Write,
    Capability::Append,
    Capability::Exclusive,
    Capability::Copyfile,
    Capability::Rename,
    Capability::RenameDirectory,
    Capability::Mkdir,
    Capability::RemoveDirectory,
    Capability::AtomicRename,
    Capability::AtomicRenameDirectory,
    #[cfg(target_os = "linux")]
    Capability::NativeCopy,
    Capability::RangedRead,
    Capability::ModifiedTime,
    Capability::Persistent,
];

/// The flavor.
struct Local;

impl Flavor for Local {
    const FLAVOR: &'static str = "local";
    const SUPPORTED_SCHEMES: &'static [&'static str] = &["file://", ""];
    const ABOUT: &'static str = "Files and directories on this machine";
    const CAPABILITIES: &'static [Capability] = CAPABILITIES;
    const CONFIG: &'static [ConfigKey] = &[ConfigKey::boolean("fsync").default("false").help(
        "Write a file and its directory to the disk before its writer closes, so that it survives a loss of power",
    )];
    type Store = LocalStore;

    fn validate(root: &Root, _config: &Config) -> Result<()> {
        if !matches!(root.authority(), "" | "localhost") {
            let message =
                format!("`{root}` names the host `{}`; expected none or `localhost`", root.authority());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        match root::Root::new(path_of(root)).open_if_there() {
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                Err(Error::new(ErrorKind::InvalidPath, error.message()))
            }
            result => result.map(drop),
        }
    }

    fn make(root: &Root, config: &Config, services: &Services) -> Result<LocalStore> {
        let root = root::Root::new(path_of(root));
        Ok(LocalStore::new(root, services.clone(), config.boolean("fsync")))
    }
}

/// The directory of a root path; an empty path is that of the filesystem.
fn path_of(root: &Root) -> &str {
    if root.path().is_empty() { "/" } else { root.path() }
}

larder_plugin_api::export_flavors!(Local);
