//! Finds an exported symbol as a loader does: through the hash table, without sections, so in stripped libraries too.

use object::elf::{self, GnuHashHeader, HashHeader};
use object::read::ReadRef;
use object::read::elf::{FileHeader, Sym};
use object::{Endianness, U32};

use super::dynamic::Dynamic;
use super::elf::Image;

/// The most symbols of one hash that are compared; honest tables have a handful.
const MOST_STEPS: u32 = 4096;

/// Where a symbol is.
#[derive(Clone, Copy, Debug)]
pub struct Symbol {
    /// Its address, as the loader counts.
    pub address: u64,
    /// Its size in bytes.
    pub size: u64,
}

/// The exported symbols of a library.
pub struct Symbols<'image, 'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>> {
    image: &'image Image<'data, Elf, R>,
    dynamic: &'image Dynamic<'data>,
}

impl<'image, 'data, Elf: FileHeader<Endian = Endianness>, R: ReadRef<'data>> Symbols<'image, 'data, Elf, R> {
    /// The symbols of the library.
    pub fn new(image: &'image Image<'data, Elf, R>, dynamic: &'image Dynamic<'data>) -> Self {
        Self { image, dynamic }
    }

    /// The symbol of this name, if the library defines and exports it.
    pub fn find(&self, name: &str) -> Option<Symbol> {
        self.by_gnu_hash(name.as_bytes()).or_else(|| self.by_hash(name.as_bytes()))
    }

    fn by_gnu_hash(&self, name: &[u8]) -> Option<Symbol> {
        let (data, endian, table) = (self.image.data, self.image.endian, self.dynamic.gnu_hash?);
        let header: &GnuHashHeader<Endianness> = table.read(data, 0)?;
        let bloom_bytes = u64::from(header.bloom_count.get(endian)) * size_of::<Elf::Word>() as u64;
        let buckets = size_of::<GnuHashHeader<Endianness>>() as u64 + bloom_bytes;
        let bucket_count = header.bucket_count.get(endian);
        let chains = buckets + u64::from(bucket_count) * 4;
        let word = |offset| table.read::<U32<Endianness>>(data, offset).map(|word| word.get(endian));
        let hash = elf::gnu_hash(name);
        let first = word(buckets + u64::from(hash.checked_rem(bucket_count)?) * 4)?;
        let base = header.symbol_base.get(endian);
        for step in 0..MOST_STEPS {
            let index = first.checked_add(step)?;
            let value = word(chains + u64::from(index.checked_sub(base)?) * 4)?;
            if value | 1 == hash | 1
                && let Some(symbol) = self.exported(index, name)
            {
                return Some(symbol);
            }
            if value & 1 == 1 {
                return None;
            }
        }
        None
    }

    fn by_hash(&self, name: &[u8]) -> Option<Symbol> {
        let (data, endian, table) = (self.image.data, self.image.endian, self.dynamic.hash?);
        let header: &HashHeader<Endianness> = table.read(data, 0)?;
        let bucket_count = header.bucket_count.get(endian);
        let buckets = size_of::<HashHeader<Endianness>>() as u64;
        let chains = buckets + u64::from(bucket_count) * 4;
        let word = |offset| table.read::<U32<Endianness>>(data, offset).map(|word| word.get(endian));
        let mut index = word(buckets + u64::from(elf::hash(name).checked_rem(bucket_count)?) * 4)?;
        for _ in 0..MOST_STEPS {
            if index == 0 {
                return None;
            }
            if let Some(symbol) = self.exported(index, name) {
                return Some(symbol);
            }
            index = word(chains + u64::from(index) * 4)?;
        }
        None
    }

    /// The symbol at an index, if it has this name and the library defines and exports it.
    fn exported(&self, index: u32, name: &[u8]) -> Option<Symbol> {
        let (data, endian) = (self.image.data, self.image.endian);
        let offset = u64::from(index) * size_of::<Elf::Sym>() as u64;
        let symbol: &Elf::Sym = self.dynamic.symbols?.read(data, offset)?;
        let found = self.dynamic.strings.bytes(data, symbol.st_name(endian).into(), name.len() as u64 + 1)?;
        let same = found.strip_suffix(b"\0") == Some(name);
        (same && !symbol.is_undefined(endian) && !symbol.is_local())
            .then(|| Symbol { address: symbol.st_value(endian).into(), size: symbol.st_size(endian).into() })
    }
}
