//! The defects that inspection finds, each with its own text, which continues "library `x` ...".

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::text::{printable, quoted_list};

/// What is wrong with a library file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Defect {
    /// No such file.
    #[error("does not exist")]
    Missing,
    /// A symbolic link that leads nowhere.
    #[error("is a symbolic link to `{}`, which does not exist", printable(&target.to_string_lossy()))]
    BrokenLink {
        /// Where the link leads.
        target: PathBuf,
    },
    /// A directory.
    #[error("is a directory, a shared library was expected")]
    Directory,
    /// A named pipe, a socket or a device.
    #[error("is {kind}, a shared library was expected")]
    NotRegular {
        /// What it is, with its article.
        kind: &'static str,
    },
    /// The system refused to open or read it.
    #[error("cannot be read")]
    Unreadable {
        /// What the system said.
        source: io::Error,
    },
    /// A file of no bytes.
    #[error("is empty, a shared library was expected")]
    Empty,
    /// Text or a script.
    #[error("is a text file that starts with `{start}`, a shared library was expected")]
    Text {
        /// Its first line, printable.
        start: String,
    },
    /// A file of another known format.
    #[error("is {kind}, a shared library was expected")]
    OtherFormat {
        /// What it is, with its article.
        kind: &'static str,
    },
    /// A file of no known format.
    #[error("is of no known format (it starts with the bytes {start}), a shared library was expected")]
    UnknownFormat {
        /// The first bytes in hexadecimal.
        start: String,
    },
    /// An ELF or Mach-O file that is no shared library.
    #[error("is {kind}, a shared library was expected")]
    NotShared {
        /// What it is, with its article.
        kind: &'static str,
    },
    /// The file ends before what its headers promise.
    #[error("is truncated: its {part} reach to byte {expected_bytes}, the file has {found_bytes} bytes")]
    Truncated {
        /// What is cut.
        part: &'static str,
        /// Where the last part ends.
        expected_bytes: u64,
        /// The size of the file.
        found_bytes: u64,
    },
    /// Headers or tables that contradict each other.
    #[error("is damaged: {problem}")]
    Damaged {
        /// What does not hold.
        problem: &'static str,
    },
    /// Another operating system.
    #[error("is built for {found}, this host runs {host}")]
    OtherSystem {
        /// The system of the library.
        found: String,
        /// The system of this host.
        host: &'static str,
    },
    /// Another processor.
    #[error("is built for {found}, this host is {host}")]
    OtherArchitecture {
        /// The architectures of the library.
        found: String,
        /// The architecture of this host.
        host: &'static str,
    },
    /// Another word size on the same processor.
    #[error("is a {found_bits}-bit library, this host loads {host_bits}-bit ones")]
    OtherClass {
        /// Bits of the library.
        found_bits: u32,
        /// Bits of this host.
        host_bits: u32,
    },
    /// Another byte order on the same processor.
    #[error("is built for {found} byte order, this host is {host}")]
    OtherByteOrder {
        /// The order of the library.
        found: &'static str,
        /// The order of this host.
        host: &'static str,
    },
    /// No symbol with the manifest.
    #[error("has no flavor manifest: it exports no symbol `LARDER_FLAVOR_MANIFEST`")]
    NoManifest,
    /// A manifest, and no symbol to register by.
    #[error("has a flavor manifest, but exports no registration symbol `LARDER_FLAVOR`")]
    NoRegistration,
    /// The manifest's symbol leads to no bytes of the file.
    #[error("has a flavor manifest without content: the symbol `LARDER_FLAVOR_MANIFEST` {problem}")]
    ManifestUnreachable {
        /// Where it leads instead.
        problem: &'static str,
    },
    /// A manifest beyond the limit.
    #[error("has a flavor manifest of {size_bytes} bytes, at most {limit_bytes} are allowed")]
    ManifestTooLarge {
        /// Its size.
        size_bytes: u64,
        /// The limit.
        limit_bytes: u64,
    },
    /// A manifest that is not UTF-8.
    #[error("has a flavor manifest that is not UTF-8: byte {offset} is wrong")]
    ManifestNotUtf8 {
        /// The first byte that is wrong.
        offset: usize,
    },
    /// A manifest that is not JSON.
    #[error("has a flavor manifest that is not JSON")]
    ManifestNotJson {
        /// Where, and why.
        source: serde_json::Error,
    },
    /// A manifest that lacks a field, or has one of another type.
    #[error("has a flavor manifest that is wrong at `{field}`: {problem}")]
    ManifestShape {
        /// The JSON path.
        field: String,
        /// What was found and expected, printable.
        problem: String,
    },
    /// A manifest of a shape that this host does not know.
    #[error("has a flavor manifest of version {found}, this host reads version {host}")]
    ManifestVersion {
        /// The version of the manifest.
        found: u32,
        /// The version that this host reads.
        host: u32,
    },
    /// A library of another API major.
    #[error(
        "is built with plugin API {found}, this host has plugin API {host}: the major versions must be equal"
    )]
    ApiMajor {
        /// The version of the library.
        found: String,
        /// The version of this host.
        host: &'static str,
    },
    /// A library in which a panic kills the process.
    #[error("is built with panic strategy `abort`, `unwind` was expected")]
    PanicAborts,
    /// A manifest without flavors.
    #[error("has a flavor manifest that names no flavor")]
    NoFlavors,
    /// Two flavors, or two config keys of a flavor, with one name.
    #[error("has a flavor manifest with two {what} of the name `{name}`, the second at `{field}`")]
    Duplicate {
        /// Flavors or config keys.
        what: &'static str,
        /// The name.
        name: String,
        /// The JSON path of the second.
        field: String,
    },
    /// A value that the rules forbid.
    #[error("has a flavor manifest with `{value}` at `{field}`, expected was {expected}")]
    ManifestValue {
        /// The JSON path.
        field: String,
        /// The value, printable.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// A text in the manifest that would act on the terminal it is printed on.
    #[error("has a flavor manifest with a control character at `{field}`: `{value}`")]
    ControlCharacter {
        /// The JSON path.
        field: String,
        /// The value with its control characters escaped.
        value: String,
    },
    /// Libraries that it needs and that the system's loader will not find.
    #[error("needs {}, which cannot be found", quoted_list(names))]
    MissingLibraries {
        /// Their names.
        names: Vec<String>,
    },
    /// A run path that means the current directory, wherever that is.
    #[error("looks for libraries in the current directory: its run path has the entry `{entry}`")]
    RelativeRunPath {
        /// The entry, printable; an empty one is the current directory itself.
        entry: String,
    },
    /// A needed library by a path that begins at the current directory.
    #[error("needs `{name}`, a path that begins at the current directory")]
    RelativeNeed {
        /// The path, printable.
        name: String,
    },
    /// A C library that is older than the one it was built with.
    #[error("needs GLIBC {needed}, this system has GLIBC {found}")]
    GlibcTooOld {
        /// The newest version that it needs.
        needed: String,
        /// The version of this system.
        found: String,
    },
    /// A needed library that lacks a version of its symbols.
    #[error("needs version `{version}` of `{library}`, which `{}` lacks", printable(&found.to_string_lossy()))]
    MissingVersion {
        /// The version.
        version: String,
        /// The needed library.
        library: String,
        /// The file that was found for it.
        found: PathBuf,
    },
}
