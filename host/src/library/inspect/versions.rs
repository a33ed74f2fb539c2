//! Symbol versions of an ELF library: those that it needs of other libraries, and those that it defines.

use object::Endianness;
use object::elf::{VER_FLG_WEAK, Verdaux, Verdef, Vernaux, Verneed};
use object::read::ReadRef;
use object::read::elf::FileHeader;

use super::defect::Defect;
use super::dynamic::Dynamic;
use super::elf::Image;

/// The most versions that are read of one library; glibc defines 40.
const MOST_VERSIONS: u64 = 8192;

/// A version that a library needs of another.
#[derive(Clone, Copy, Debug)]
pub struct NeededVersion<'data> {
    /// The other library, as it is named among those that are needed.
    pub library: &'data [u8],
    /// The version, such as `GLIBC_2.34`.
    pub version: &'data [u8],
    /// Whether the library loads without it.
    pub weak: bool,
}

const DAMAGED: Defect = Defect::Damaged { problem: "its table of symbol versions is wrong" };

/// The versions that a library needs.
pub fn needed<'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>>(
    image: &Image<'data, Elf, R>,
    dynamic: &Dynamic<'data>,
) -> Result<Vec<NeededVersion<'data>>, Defect> {
    let Some((table, libraries)) = dynamic.versions_needed else { return Ok(Vec::new()) };
    let (data, endian) = (image.data, image.endian);
    let name = |offset: u32| dynamic.strings.name(data, offset.into()).ok_or(DAMAGED);
    let mut found = Vec::new();
    let mut at = 0u64;
    for _ in 0..libraries.min(MOST_VERSIONS) {
        let library: &Verneed<Endianness> = table.read(data, at).ok_or(DAMAGED)?;
        let file = name(library.vn_file.get(endian))?;
        let mut aux = at + u64::from(library.vn_aux.get(endian));
        for _ in 0..library.vn_cnt.get(endian) {
            if found.len() as u64 == MOST_VERSIONS {
                return Err(DAMAGED);
            }
            let version: &Vernaux<Endianness> = table.read(data, aux).ok_or(DAMAGED)?;
            found.push(NeededVersion {
                library: file,
                version: name(version.vna_name.get(endian))?,
                weak: version.vna_flags.get(endian).contains(VER_FLG_WEAK),
            });
            match version.vna_next.get(endian) {
                0 => break,
                next => aux += u64::from(next),
            }
        }
        match library.vn_next.get(endian) {
            0 => break,
            next => at += u64::from(next),
        }
    }
    Ok(found)
}

/// The versions that a library defines, its own name among them.
pub fn defined<'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>>(
    image: &Image<'data, Elf, R>,
    dynamic: &Dynamic<'data>,
) -> Result<Vec<&'data [u8]>, Defect> {
    let Some((table, count)) = dynamic.versions_defined else { return Ok(Vec::new()) };
    let (data, endian) = (image.data, image.endian);
    let mut found = Vec::new();
    let mut at = 0u64;
    for _ in 0..count.min(MOST_VERSIONS) {
        let definition: &Verdef<Endianness> = table.read(data, at).ok_or(DAMAGED)?;
        let name: &Verdaux<Endianness> =
            table.read(data, at + u64::from(definition.vd_aux.get(endian))).ok_or(DAMAGED)?;
        found.push(dynamic.strings.name(data, name.vda_name.get(endian).into()).ok_or(DAMAGED)?);
        match definition.vd_next.get(endian) {
            0 => break,
            next => at += u64::from(next),
        }
    }
    Ok(found)
}
