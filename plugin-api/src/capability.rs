//! What a flavor can do beyond the operations that every flavor has.

macro_rules! capabilities {
    ($($(#[doc = $doc:literal])+ $capability:ident = $text:literal;)+) => {
        /// An ability that a flavor claims in its manifest.
        ///
        /// A caller may rely on what is claimed. A call that needs an ability which is not claimed answers
        /// *unsupported* and changes nothing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Capability {
            $($(#[doc = $doc])+ $capability,)+
        }

        impl Capability {
            /// All of them, operations first.
            pub const ALL: &'static [Self] = &[$(Self::$capability,)+];

            /// The name in the manifest.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$capability => $text,)+
                }
            }

            /// What it promises, in a line.
            pub const fn help(self) -> &'static str {
                match self {
                    $(Self::$capability => concat!($($doc),+),)+
                }
            }

            /// The capability with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|capability| capability.as_str() == name)
            }
        }
    };
}

capabilities! {
    /// Files can be written, and all that changes a store: without it the store is read-only.
    Write = "write";
    /// Mode `a` of `open`.
    Append = "append";
    /// Mode `x` of `open`, and `overwrite = false` of `copyfile` and `rename`, decided by the store itself.
    Exclusive = "exclusive";
    /// `copyfile`.
    Copyfile = "copyfile";
    /// `rename` of a file.
    Rename = "rename";
    /// `rename` of a directory.
    RenameDirectory = "rename-directory";
    /// `mkdir` and `makedirs` make directories that are there while nothing is in them.
    Mkdir = "mkdir";
    /// `remove_directory` removes a directory that has nothing in it.
    RemoveDirectory = "remove-directory";
    /// `rename` of a file is seen whole: a reader finds it at the old place or at the new one, at no time at both or neither.
    AtomicRename = "atomic-rename";
    /// `rename` of a directory is seen whole.
    AtomicRenameDirectory = "atomic-rename-directory";
    /// `copyfile` does not move the bytes through this process.
    NativeCopy = "native-copy";
    /// `read_at` costs what it reads, not what stands before it.
    RangedRead = "ranged-read";
    /// `stat` of a file gives the time it was last written.
    ModifiedTime = "modified-time";
    /// `stat` of a file gives an etag that changes with the content.
    Etag = "etag";
    /// What a writer closed survives the loss of power.
    Durable = "durable";
    /// What is written can be read by another process, and by the next one.
    Persistent = "persistent";
}
