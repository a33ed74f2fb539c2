//! The dynamic table of an ELF library: what it needs, where it looks for it, and where its other tables are.

use object::elf;
use object::read::ReadRef;
use object::read::elf::{Dyn, FileHeader};
use object::{Endianness, pod};

use super::defect::Defect;
use super::elf::Image;
use super::region::Region;

/// No honest table comes near it: 65,536 entries of 16 bytes.
const TABLE_BYTES: u64 = 1 << 20;
const MOST_NEEDED: usize = 256;

/// The dynamic table.
pub struct Dynamic<'data> {
    /// The libraries that it needs, in order.
    pub needed: Vec<&'data [u8]>,
    /// The name that other libraries need it by.
    pub soname: Option<&'data [u8]>,
    /// Directories to look in, `:` between them; those of a library that needs this one count too.
    pub rpath: Option<&'data [u8]>,
    /// Directories to look in, `:` between them.
    pub runpath: Option<&'data [u8]>,
    /// The texts.
    pub strings: Region,
    /// The symbols.
    pub symbols: Option<Region>,
    /// The hash table of the symbols that GNU linkers write.
    pub gnu_hash: Option<Region>,
    /// The hash table of the symbols that the standard names.
    pub hash: Option<Region>,
    /// The versions that it needs, and of how many libraries.
    pub versions_needed: Option<(Region, u64)>,
    /// The versions that it defines, and how many.
    pub versions_defined: Option<(Region, u64)>,
}

impl<'data> Dynamic<'data> {
    /// Reads the table.
    pub fn parse<Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>>(
        image: &Image<'data, Elf, R>,
    ) -> Result<Self, Defect> {
        let table = Table::read(image)?;
        if table.value(elf::DT_FLAGS_1).is_some_and(|flags| flags & elf::DF_1_PIE.0 != 0) {
            return Err(Defect::NotShared { kind: "an executable" });
        }
        let region = |tag| table.value(tag).and_then(|address| image.at_address(address));
        let strings = region(elf::DT_STRTAB)
            .zip(table.value(elf::DT_STRSZ))
            .and_then(|(strings, size)| strings.part(0, size))
            .ok_or(Defect::Damaged { problem: "it has no table of names" })?;
        let wrong =
            || Defect::Damaged { problem: "a name in its dynamic table is outside the table of names" };
        let name = |offset| strings.name(image.data, offset).ok_or_else(wrong);
        let paths = |offset| strings.paths(image.data, offset).ok_or_else(wrong);
        if table.values(elf::DT_NEEDED).count() > MOST_NEEDED {
            return Err(Defect::Damaged { problem: "it needs too many libraries" });
        }
        let needed = table.values(elf::DT_NEEDED).map(name).collect::<Result<_, _>>()?;
        let versions = |tag, count| region(tag).zip(table.value(count));
        Ok(Self {
            needed,
            soname: table.value(elf::DT_SONAME).map(name).transpose()?,
            rpath: table.value(elf::DT_RPATH).map(paths).transpose()?,
            runpath: table.value(elf::DT_RUNPATH).map(paths).transpose()?,
            strings,
            symbols: region(elf::DT_SYMTAB),
            gnu_hash: region(elf::DT_GNU_HASH),
            hash: region(elf::DT_HASH),
            versions_needed: versions(elf::DT_VERNEED, elf::DT_VERNEEDNUM),
            versions_defined: versions(elf::DT_VERDEF, elf::DT_VERDEFNUM),
        })
    }
}

struct Table {
    entries: Vec<(elf::DynamicTag, u64)>,
}

impl Table {
    fn read<'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>>(
        image: &Image<'data, Elf, R>,
    ) -> Result<Self, Defect> {
        let size = image.dynamic.end - image.dynamic.start;
        if size > TABLE_BYTES {
            return Err(Defect::Damaged { problem: "its dynamic table is too large" });
        }
        let bytes = image.dynamic.bytes(image.data, 0, size);
        let count = usize::try_from(size).unwrap_or_default() / size_of::<Elf::Dyn>();
        let entries = bytes
            .and_then(|bytes| pod::slice_from_bytes::<Elf::Dyn>(bytes, count).ok())
            .ok_or(Defect::Damaged { problem: "its dynamic table cannot be read" })?
            .0
            .iter()
            .map(|entry| (entry.d_tag(image.endian), entry.d_val(image.endian).into()))
            .take_while(|(tag, _)| *tag != elf::DT_NULL)
            .collect();
        Ok(Self { entries })
    }

    fn values(&self, wanted: elf::DynamicTag) -> impl Iterator<Item = u64> + '_ {
        self.entries.iter().filter(move |(tag, _)| *tag == wanted).map(|(_, value)| *value)
    }

    /// The last value counts, as for a loader.
    fn value(&self, wanted: elf::DynamicTag) -> Option<u64> {
        self.values(wanted).last()
    }
}
