//! What one file says, read without looking at the system around it.

use object::read::ReadRef;
use object::read::elf::FileHeader;
use object::{Endianness, macho};

use super::defect::Defect;
use super::dynamic::Dynamic;
use super::elf::{HostHeader, Image, of_this_host};
use super::mach;
use super::magic::{self, Format, START_BYTES};
use super::manifest_bytes::{self, MANIFEST_LIMIT_BYTES};
use super::needed::refuse_current_directory;
use super::symbol::Symbols;
use super::versions::{self, NeededVersion};
use crate::library::manifest::Manifest;

/// The symbol of the manifest.
pub const MANIFEST_SYMBOL: &str = "LARDER_FLAVOR_MANIFEST";
/// The symbol that a library is registered by.
pub const REGISTRATION_SYMBOL: &str = "LARDER_FLAVOR";

/// What a library says of itself.
pub struct Reading<'data> {
    /// The format of the file.
    pub format: Format,
    /// The manifest, checked.
    pub manifest: Manifest,
    /// The name that other libraries need it by.
    pub soname: Option<&'data [u8]>,
    /// Directories that it looks in, and those that need it.
    pub rpath: Option<&'data [u8]>,
    /// Directories that it looks in.
    pub runpath: Option<&'data [u8]>,
    /// The libraries that it needs.
    pub needed: Vec<&'data [u8]>,
    /// The symbol versions that it needs of them.
    pub versions: Vec<NeededVersion<'data>>,
}

/// Reads a library of any format that this host loads. `start` is the start of the file.
pub fn read<'data, R: ReadRef<'data>>(start: &[u8], data: R) -> Result<Reading<'data>, Defect> {
    let start = &start[..start.len().min(START_BYTES)];
    let format = magic::format(start)?;
    let macos = cfg!(target_vendor = "apple");
    match format {
        Format::Elf if macos => Err(other_system("Linux or another system with ELF")),
        Format::MachO | Format::MachOFat if !macos => Err(other_system("macOS")),
        Format::Elf => {
            let len = data.len().map_err(|()| Defect::Damaged { problem: "its size cannot be told" })?;
            of_this_host(start, len)?;
            elf::<HostHeader, R>(data)
        }
        Format::MachO => mach::read(data, 0),
        Format::MachOFat if start.starts_with(&macho::FAT_MAGIC_64.to_be_bytes()) => {
            mach::read_universal::<macho::FatArch64, R>(data)
        }
        Format::MachOFat => mach::read_universal::<macho::FatArch32, R>(data),
    }
}

/// What an ELF library of this host needs; `None` when it is none.
pub fn needs<'data, R: ReadRef<'data>>(start: &[u8], data: R) -> Option<Dynamic<'data>> {
    of_this_host(start, data.len().ok()?).ok()?;
    let image = Image::<HostHeader, R>::parse(data).ok()?;
    Dynamic::parse(&image).ok()
}

fn other_system(found: &str) -> Defect {
    Defect::OtherSystem { found: found.to_owned(), host: std::env::consts::OS }
}

fn elf<'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>>(
    data: R,
) -> Result<Reading<'data>, Defect> {
    let image = Image::<Elf, R>::parse(data)?;
    let dynamic = Dynamic::parse(&image)?;
    let symbols = Symbols::new(&image, &dynamic);
    let symbol = symbols.find(MANIFEST_SYMBOL).ok_or(Defect::NoManifest)?;
    if symbol.size > MANIFEST_LIMIT_BYTES {
        return Err(Defect::ManifestTooLarge { size_bytes: symbol.size, limit_bytes: MANIFEST_LIMIT_BYTES });
    }
    if symbol.size == 0 {
        return Err(Defect::ManifestUnreachable { problem: "has no size" });
    }
    let bytes = image
        .at_address(symbol.address)
        .and_then(|region| region.bytes(data, 0, symbol.size))
        .ok_or(Defect::ManifestUnreachable { problem: "lies outside the bytes of the file" })?;
    let manifest = manifest_bytes::parse(bytes)?;
    symbols.find(REGISTRATION_SYMBOL).ok_or(Defect::NoRegistration)?;
    refuse_current_directory(&dynamic)?;
    Ok(Reading {
        format: Format::Elf,
        manifest,
        soname: dynamic.soname,
        rpath: dynamic.rpath,
        runpath: dynamic.runpath,
        needed: dynamic.needed.clone(),
        versions: versions::needed(&image, &dynamic)?,
    })
}
