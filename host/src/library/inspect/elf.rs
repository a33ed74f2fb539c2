//! ELF files: the header, and the segments that a loader would map.

use std::env::consts;
use std::marker::PhantomData;

use object::elf::{self, FileType, Machine};
use object::read::ReadRef;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};
use object::{Endian, Endianness};

use super::defect::Defect;
use super::region::Region;

/// The header that this host's loader reads.
#[cfg(target_pointer_width = "64")]
pub type HostHeader = elf::FileHeader64<Endianness>;
/// The header that this host's loader reads.
#[cfg(not(target_pointer_width = "64"))]
pub type HostHeader = elf::FileHeader32<Endianness>;

/// An ELF file whose headers were checked against the size of the file.
pub struct Image<'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>> {
    /// The file.
    pub data: R,
    /// Its byte order.
    pub endian: Endianness,
    /// Where the dynamic table is.
    pub dynamic: Region,
    loads: Vec<Load>,
    header: PhantomData<&'data Elf>,
}

struct Load {
    address: u64,
    file: Region,
}

impl<'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>> Image<'data, Elf, R> {
    /// Checks the headers.
    pub fn parse(data: R) -> Result<Self, Defect> {
        let len = data.len().map_err(|()| Defect::Damaged { problem: "its size cannot be told" })?;
        let header: &Elf = data.read_at(0).map_err(|()| Defect::Truncated {
            part: "headers",
            expected_bytes: size_of::<Elf>() as u64,
            found_bytes: len,
        })?;
        let endian = header.endian().map_err(|_| Defect::Damaged { problem: "it has no byte order" })?;
        shared(header.e_type(endian))?;
        let expected = extent(header, endian, data, len)?;
        if expected > len {
            let part = "segments and sections";
            return Err(Defect::Truncated { part, expected_bytes: expected, found_bytes: len });
        }
        let mut loads = Vec::new();
        let mut dynamic = None;
        for segment in segments(header, endian, data)? {
            let (start, size) = segment.file_range(endian);
            let file = Region { start, end: start.saturating_add(size) };
            match segment.p_type(endian) {
                elf::PT_LOAD => loads.push(Load { address: segment.p_vaddr(endian).into(), file }),
                elf::PT_DYNAMIC => dynamic = Some(file),
                _ => {}
            }
        }
        let dynamic = dynamic.ok_or(Defect::NotShared { kind: "an ELF file without a dynamic segment" })?;
        Ok(Self { data, endian, dynamic, loads, header: PhantomData })
    }

    /// Where in the file the bytes are that a loader would map at an address, up to the end of their segment.
    pub fn at_address(&self, address: u64) -> Option<Region> {
        self.loads.iter().find_map(|load| {
            let offset = address.checked_sub(load.address)?;
            let region = load.file.part(offset, u64::MAX)?;
            (region.start < region.end).then_some(region)
        })
    }
}

/// Refuses a library of another system, processor, word size or byte order. `start` is the start of the file.
pub fn of_this_host(start: &[u8], len: u64) -> Result<(), Defect> {
    let cut = Defect::Truncated {
        part: "headers",
        expected_bytes: size_of::<HostHeader>() as u64,
        found_bytes: len,
    };
    let (Some(class), Some(order), Some(system)) = (start.get(4), start.get(5), start.get(7)) else {
        return Err(cut);
    };
    let big = *order == elf::ELFDATA2MSB.0;
    let (Some([a, b]), false) = (start.get(18..20), *order == 0 || *order > 2) else {
        return Err(if start.len() < 20 { cut } else { Defect::Damaged { problem: "it has no byte order" } });
    };
    let machine = Machine(if big { u16::from_be_bytes([*a, *b]) } else { u16::from_le_bytes([*a, *b]) });
    if let Some(found) = other_system(*system) {
        return Err(Defect::OtherSystem { found, host: consts::OS });
    }
    if machine_name(machine) != Some(host_machine()) {
        let found = machine_name(machine).map_or_else(|| format!("machine {}", machine.0), str::to_owned);
        return Err(Defect::OtherArchitecture { found, host: consts::ARCH });
    }
    let found_bits = if *class == elf::ELFCLASS64.0 { 64 } else { 32 };
    if found_bits != usize::BITS {
        return Err(Defect::OtherClass { found_bits, host_bits: usize::BITS });
    }
    if big != Endianness::default().is_big_endian() {
        let name = |big| if big { "big-endian" } else { "little-endian" };
        return Err(Defect::OtherByteOrder { found: name(big), host: name(!big) });
    }
    Ok(())
}

/// The name of the processor as Rust's targets spell it.
fn machine_name(machine: Machine) -> Option<&'static str> {
    Some(match machine {
        elf::EM_X86_64 => "x86_64",
        elf::EM_386 => "x86",
        elf::EM_AARCH64 => "aarch64",
        elf::EM_ARM => "arm",
        elf::EM_RISCV => "riscv",
        elf::EM_PPC64 => "powerpc64",
        elf::EM_PPC => "powerpc",
        elf::EM_S390 => "s390x",
        elf::EM_MIPS => "mips",
        elf::EM_LOONGARCH => "loongarch",
        elf::EM_SPARCV9 => "sparc64",
        elf::EM_BPF => "bpf",
        _ => return None,
    })
}

/// The host's architecture in the words of [`machine_name`].
fn host_machine() -> &'static str {
    match consts::ARCH {
        "riscv32" | "riscv64" => "riscv",
        "loongarch32" | "loongarch64" => "loongarch",
        "mips64" => "mips",
        other => other,
    }
}

fn other_system(abi: u8) -> Option<String> {
    let name = match abi {
        0 => return None,
        3 if matches!(consts::OS, "linux" | "android") => return None,
        9 if consts::OS == "freebsd" => return None,
        1 => "HP-UX",
        2 => "NetBSD",
        3 => "Linux",
        6 => "Solaris",
        7 => "AIX",
        9 => "FreeBSD",
        12 => "OpenBSD",
        other => return Some(format!("system {other}")),
    };
    Some(name.to_owned())
}

fn shared(kind: FileType) -> Result<(), Defect> {
    let kind = match kind {
        elf::ET_DYN => return Ok(()),
        elf::ET_EXEC => "an executable",
        elf::ET_REL => "a relocatable object file",
        elf::ET_CORE => "a core dump",
        _ => "an ELF file of an unknown type",
    };
    Err(Defect::NotShared { kind })
}

fn segments<'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>>(
    header: &Elf,
    endian: Endianness,
    data: R,
) -> Result<&'data [Elf::ProgramHeader], Defect> {
    if header.e_phnum(endian) == elf::PN_XNUM {
        return Err(Defect::Damaged { problem: "it has too many segments" });
    }
    let wrong = |_| Defect::Damaged { problem: "its program headers are of the wrong size" };
    header.program_headers(endian, data).map_err(wrong)
}

/// Where the last header, segment or section ends.
fn extent<'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>>(
    header: &Elf,
    endian: Endianness,
    data: R,
    len: u64,
) -> Result<u64, Defect> {
    let table = |offset: u64, count: u16, size: u16| {
        let end = offset.saturating_add(u64::from(count) * u64::from(size));
        if offset == 0 || count == 0 { 0 } else { end }
    };
    let (phoff, shoff) = (header.e_phoff(endian).into(), header.e_shoff(endian).into());
    let tables = u64::max(
        table(phoff, header.e_phnum(endian), header.e_phentsize(endian)),
        // With no count the first header holds it, so there is at least one.
        table(shoff, header.e_shnum(endian).max(1), header.e_shentsize(endian)),
    );
    if tables > len {
        return Ok(tables);
    }
    let segments = segments(header, endian, data)?.iter().map(|segment| {
        let (start, size) = segment.file_range(endian);
        if size == 0 { 0 } else { start.saturating_add(size) }
    });
    // A loader does not read sections: when their headers make no sense, the segments decide. No library has so many
    // that their number stands elsewhere than in the header, and that number would have no bound.
    let sections =
        if header.e_shnum(endian) == 0 { Ok(&[][..]) } else { header.section_headers(endian, data) };
    let sections = sections
        .unwrap_or_default()
        .iter()
        .map(|section| section.file_range(endian).map_or(0, |(start, size)| start.saturating_add(size)));
    Ok(segments.chain(sections).max().unwrap_or_default().max(tables))
}
