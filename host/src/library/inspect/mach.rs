//! Mach-O libraries, as macOS loads them.

use std::env::consts;

use object::macho::{self, CpuType, FatHeader, MachHeader64, Nlist64, SymtabCommand};
use object::read::ReadRef;
use object::read::macho::{FatArch, LoadCommandVariant, MachHeader, MachOFatFile, Nlist, Segment};
use object::{BigEndian, Endianness};
use serde::de::IgnoredAny;

use super::defect::Defect;
use super::magic::Format;
use super::manifest_bytes::{self, MANIFEST_LIMIT_BYTES};
use super::reading::{MANIFEST_SYMBOL, REGISTRATION_SYMBOL, Reading};
use super::region::Region;

const MOST_ARCHITECTURES: u32 = 64;
const MOST_COMMAND_BYTES: u32 = 1 << 20;
const MOST_SYMBOLS: u32 = 1 << 20;

const COMMANDS: Defect = Defect::Damaged { problem: "its load commands are wrong" };

/// Reads this host's part of a universal file.
pub fn read_universal<'data, Arch: FatArch, R: ReadRef<'data>>(data: R) -> Result<Reading<'data>, Defect> {
    let len = data.len().unwrap_or_default();
    let header: &FatHeader =
        data.read_at(0).map_err(|()| truncated("header", size_of::<FatHeader>() as u64, len))?;
    let count = header.nfat_arch.get(BigEndian);
    if count > MOST_ARCHITECTURES {
        return Err(Defect::Damaged { problem: "it has too many architectures" });
    }
    let file = MachOFatFile::<Arch>::parse(data)
        .map_err(|_| truncated("list of architectures", u64::from(count) * size_of::<Arch>() as u64, len))?;
    let host = file.arches().iter().find(|part| cpu_name(part.cputype()) == Some(consts::ARCH));
    let Some(part) = host else {
        let names: Vec<String> = file.arches().iter().map(|part| cpu(part.cputype())).collect();
        return Err(Defect::OtherArchitecture { found: names.join(" and "), host: consts::ARCH });
    };
    let (start, size) = part.file_range();
    match start.checked_add(size) {
        Some(end) if end <= len => read(data, start),
        end => Err(truncated("architectures", end.unwrap_or(u64::MAX), len)),
    }
}

/// Reads the library that starts at an offset.
pub fn read<'data, R: ReadRef<'data>>(data: R, start: u64) -> Result<Reading<'data>, Defect> {
    let len = data.len().unwrap_or_default();
    let header_bytes = size_of::<MachHeader64<Endianness>>() as u64;
    let header: &MachHeader64<Endianness> =
        data.read_at(start).map_err(|()| truncated("header", start.saturating_add(header_bytes), len))?;
    let endian =
        header.endian().map_err(|_| Defect::OtherClass { found_bits: 32, host_bits: usize::BITS })?;
    let found = header.cputype(endian);
    if cpu_name(found) != Some(consts::ARCH) {
        return Err(Defect::OtherArchitecture { found: cpu(found), host: consts::ARCH });
    }
    match header.filetype(endian) {
        macho::MH_DYLIB | macho::MH_BUNDLE => {}
        macho::MH_EXECUTE => return Err(Defect::NotShared { kind: "an executable" }),
        macho::MH_OBJECT => return Err(Defect::NotShared { kind: "a relocatable object file" }),
        _ => return Err(Defect::NotShared { kind: "a Mach-O file of another type" }),
    }
    if header.sizeofcmds(endian) > MOST_COMMAND_BYTES {
        return Err(COMMANDS);
    }
    let mut commands = header.load_commands(endian, data, start).map_err(|_| {
        truncated("load commands", start + header_bytes + u64::from(header.sizeofcmds(endian)), len)
    })?;
    let mut parts = Parts { segments: Vec::new(), symbols: None, needed: Vec::new(), soname: None };
    while let Some(command) = commands.next().map_err(|_| COMMANDS)? {
        match command.variant().map_err(|_| COMMANDS)? {
            LoadCommandVariant::Segment64(segment, _) => {
                let (offset, size) = segment.file_range(endian);
                let from = start.saturating_add(offset);
                let file = Region { start: from, end: from.saturating_add(size) };
                if file.end > len {
                    return Err(truncated("segments", file.end, len));
                }
                parts.segments.push((segment.vmaddr(endian), file));
            }
            LoadCommandVariant::Symtab(table) => parts.symbols = Some(table),
            LoadCommandVariant::Dylib(library) => {
                parts.needed.push(command.string(endian, library.dylib.name).map_err(|_| COMMANDS)?);
            }
            LoadCommandVariant::IdDylib(library) => {
                parts.soname = Some(command.string(endian, library.dylib.name).map_err(|_| COMMANDS)?);
            }
            _ => {}
        }
    }
    parts.library(data, endian, start)
}

struct Parts<'data> {
    segments: Vec<(u64, Region)>,
    symbols: Option<&'data SymtabCommand<Endianness>>,
    needed: Vec<&'data [u8]>,
    soname: Option<&'data [u8]>,
}

impl<'data> Parts<'data> {
    fn library<R: ReadRef<'data>>(
        self,
        data: R,
        endian: Endianness,
        start: u64,
    ) -> Result<Reading<'data>, Defect> {
        let address = self.symbol(data, endian, start, MANIFEST_SYMBOL)?.ok_or(Defect::NoManifest)?;
        let outside = Defect::ManifestUnreachable { problem: "lies outside the bytes of the file" };
        let region = self
            .segments
            .iter()
            .find_map(|(base, file)| file.part(address.checked_sub(*base)?, MANIFEST_LIMIT_BYTES))
            .ok_or(outside)?;
        let bytes = region.bytes(data, 0, region.end - region.start).unwrap_or_default();
        // Symbols have no size here: the manifest ends where its JSON value does.
        let mut value = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
        let manifest = match value.next() {
            Some(Ok(_)) => &bytes[..value.byte_offset()],
            Some(Err(source)) => return Err(Defect::ManifestNotJson { source }),
            None => return Err(Defect::ManifestUnreachable { problem: "leads to no bytes" }),
        };
        let manifest = manifest_bytes::parse(manifest)?;
        self.symbol(data, endian, start, REGISTRATION_SYMBOL)?.ok_or(Defect::NoRegistration)?;
        Ok(Reading {
            format: Format::MachO,
            manifest,
            soname: self.soname,
            rpath: None,
            runpath: None,
            needed: self.needed,
            versions: Vec::new(),
        })
    }

    /// The address of an exported symbol. C symbols have an underscore before their name.
    fn symbol<R: ReadRef<'data>>(
        &self,
        data: R,
        endian: Endianness,
        start: u64,
        name: &str,
    ) -> Result<Option<u64>, Defect> {
        let Some(table) = self.symbols else { return Ok(None) };
        let count = table.nsyms.get(endian).min(MOST_SYMBOLS) as usize;
        let offset = start.saturating_add(table.symoff.get(endian).into());
        let strings = start.saturating_add(table.stroff.get(endian).into());
        let strings =
            Region { start: strings, end: strings.saturating_add(table.strsize.get(endian).into()) };
        let wrong = Defect::Damaged { problem: "its symbol table lies outside the file" };
        let symbols: &[Nlist64<Endianness>] = data.read_slice_at(offset, count).map_err(|()| wrong)?;
        let named = |symbol: &&Nlist64<Endianness>| {
            let found = strings.bytes(data, symbol.n_strx(endian).into(), name.len() as u64 + 2);
            found.and_then(|found| found.strip_prefix(b"_")?.strip_suffix(b"\0")) == Some(name.as_bytes())
        };
        let exported = symbols.iter().filter(|symbol| symbol.is_definition() && !symbol.is_stab());
        Ok(exported.into_iter().find(named).map(|symbol| symbol.n_value(endian)))
    }
}

fn cpu_name(cpu: CpuType) -> Option<&'static str> {
    match cpu {
        macho::CPU_TYPE_X86_64 => Some("x86_64"),
        macho::CPU_TYPE_ARM64 => Some("aarch64"),
        macho::CPU_TYPE_X86 => Some("x86"),
        macho::CPU_TYPE_ARM => Some("arm"),
        _ => None,
    }
}

fn cpu(cpu: CpuType) -> String {
    cpu_name(cpu).map_or_else(|| format!("machine {}", cpu.0), str::to_owned)
}

fn truncated(part: &'static str, expected_bytes: u64, found_bytes: u64) -> Defect {
    Defect::Truncated { part, expected_bytes, found_bytes }
}
