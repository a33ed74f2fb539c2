//! Mach-O libraries, built byte by byte.

use std::env::consts;

use object::macho::FatArch32;

use super::sample::MANIFEST;
use crate::library::inspect::Defect;
use crate::library::inspect::mach::{read, read_universal};

const HEADER: usize = 32;
const COMMANDS: usize = 72 + 24;
const STRINGS: &[u8] = b"\0_LARDER_FLAVOR_MANIFEST\0_LARDER_FLAVOR\0";

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn host_cpu() -> Option<u32> {
    match consts::ARCH {
        "x86_64" => Some(0x0100_0007),
        "aarch64" => Some(0x0100_000c),
        _ => None,
    }
}

/// A library of one segment that holds the manifest, then the symbols.
fn library(cpu: u32, kind: u32) -> Vec<u8> {
    let start = HEADER + COMMANDS;
    let symbols = (start + MANIFEST.len() + 1).next_multiple_of(8);
    let strings = symbols + 2 * 16;
    let small = |value: usize| u32::try_from(value).expect("small");
    let mut bytes = words(&[0xfeed_facf, cpu, 0, kind, 2, small(COMMANDS), 0, 0]);
    bytes.extend(words(&[0x19, 72]));
    bytes.extend(*b"__TEXT\0\0\0\0\0\0\0\0\0\0");
    let end = u64::from(small(strings + STRINGS.len()));
    bytes.extend([0x1000, end, 0, end].iter().flat_map(|word: &u64| word.to_le_bytes()));
    bytes.extend(words(&[5, 5, 0, 0]));
    bytes.extend(words(&[2, 24, small(symbols), 2, small(strings), small(STRINGS.len())]));
    assert_eq!(bytes.len(), start);
    bytes.extend(MANIFEST.bytes());
    bytes.resize(symbols, 0);
    for name in [1u32, 25] {
        bytes.extend(words(&[name, 0x0000_010f]));
        bytes.extend((0x1000 + start as u64).to_le_bytes());
    }
    bytes.extend(STRINGS);
    bytes
}

fn refusal(bytes: &[u8]) -> String {
    read(bytes, 0).err().expect("it is no library").to_string()
}

#[test]
fn reads_a_library_alone_and_in_a_universal_file() {
    let Some(cpu) = host_cpu() else { return };
    let library = library(cpu, 6);
    assert_eq!(read(&library[..], 0).expect("it is whole").manifest.library, "sample");
    let mut universal: Vec<u8> =
        [0xcafe_babe, 1, cpu, 0, 4096, u32::try_from(library.len()).expect("small"), 12]
            .iter()
            .flat_map(|word: &u32| word.to_be_bytes())
            .collect();
    universal.resize(4096, 0);
    universal.extend(&library);
    let read = |bytes: &[u8]| read_universal::<FatArch32, _>(bytes).map(|reading| reading.manifest.library);
    assert_eq!(read(&universal).expect("it is whole"), "sample");
    universal[11] ^= 1;
    assert!(matches!(read(&universal), Err(Defect::OtherArchitecture { .. })));
}

#[test]
fn refuses_what_is_no_library_of_this_host() {
    let Some(cpu) = host_cpu() else { return };
    assert_eq!(refusal(&library(cpu, 2)), "is an executable, a shared library was expected");
    assert_eq!(refusal(&library(18, 6)), format!("is built for machine 18, this host is {}", consts::ARCH));
    let whole = library(cpu, 6);
    for len in 0..whole.len() {
        assert!(read(&whole[..len], 0).is_err(), "{len}");
    }
    assert!(refusal(&whole[..whole.len() - 1]).starts_with("is truncated: its segments reach to byte "));
}
