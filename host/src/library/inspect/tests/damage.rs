//! Libraries with damaged bytes: every refusal has its text, and nothing panics or takes long.

use std::io::Cursor;
use std::time::{Duration, Instant};

use object::read::ReadCache;

use super::sample::{self, MANIFEST, compiled, sample};
use crate::library::inspect::{Defect, Inspection, inspect_bytes, reading};

fn refusal(bytes: &[u8]) -> String {
    inspect_bytes(bytes).expect_err("the library is damaged").to_string()
}

fn patched(bytes: &[u8], at: usize, value: &[u8]) -> Vec<u8> {
    let mut patched = bytes.to_vec();
    patched[at..at + value.len()].copy_from_slice(value);
    patched
}

#[test]
fn reads_a_whole_library() {
    let Some(bytes) = sample() else { return };
    let Inspection { manifest, soname, needed, size_bytes, .. } = inspect_bytes(bytes).expect("it is whole");
    assert_eq!(manifest.flavors[0].name, "sample");
    assert_eq!(soname.as_deref(), Some("libsample.so.1"));
    assert_eq!(needed[0].name, "libc.so.6");
    assert_eq!(size_bytes, bytes.len() as u64);
}

#[test]
fn reads_a_library_that_is_stripped_or_has_another_hash_table() {
    let code = sample::source(MANIFEST);
    for flags in [&["-s"][..], &["-Wl,--hash-style=sysv"], &["-Wl,--hash-style=gnu"], &["-nostdlib"]] {
        let Some(bytes) = compiled(&code, flags) else { return };
        inspect_bytes(&bytes).unwrap_or_else(|defect| panic!("{flags:?}: {defect}"));
    }
}

#[cfg(target_pointer_width = "64")]
#[test]
fn reads_a_library_without_sections() {
    let Some(bytes) = sample() else { return };
    let headers = u64::from_ne_bytes(bytes[40..48].try_into().expect("eight bytes"));
    let mut bytes = patched(bytes, 40, &[0; 8]);
    bytes[60..64].fill(0);
    bytes.truncate(usize::try_from(headers).expect("small"));
    inspect_bytes(&bytes).expect("a loader reads segments alone");
}

#[test]
fn refuses_every_truncation() {
    let Some(bytes) = sample() else { return };
    assert_eq!(refusal(&[]), "is empty, a shared library was expected");
    for len in 1..bytes.len() {
        let defect = inspect_bytes(&bytes[..len]).expect_err("it is cut");
        let named = matches!(defect, Defect::Truncated { found_bytes, expected_bytes, .. }
            if found_bytes == len as u64 && expected_bytes <= bytes.len() as u64 && expected_bytes > found_bytes);
        assert!(named || len < 4, "{len}: {defect}");
    }
    let half = refusal(&bytes[..bytes.len() / 2]);
    let expected = format!(
        "is truncated: its segments and sections reach to byte {}, the file has {} bytes",
        bytes.len(),
        bytes.len() / 2
    );
    assert_eq!(half, expected);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn names_what_another_host_would_be() {
    let Some(bytes) = sample() else { return };
    for (at, value, expected) in [
        (18, &[183, 0][..], "is built for aarch64, this host is x86_64"),
        (18, &[3, 0], "is built for x86, this host is x86_64"),
        (18, &[0xcd, 0xab], "is built for machine 43981, this host is x86_64"),
        (4, &[1], "is a 32-bit library, this host loads 64-bit ones"),
        (7, &[9], "is built for FreeBSD, this host runs linux"),
        (5, &[7], "is damaged: it has no byte order"),
        (16, &[1, 0], "is a relocatable object file, a shared library was expected"),
        (16, &[2, 0], "is an executable, a shared library was expected"),
        (16, &[4, 0], "is a core dump, a shared library was expected"),
        (54, &[1, 0], "is damaged: its program headers are of the wrong size"),
        (56, &[0, 0], "is an ELF file without a dynamic segment, a shared library was expected"),
    ] {
        assert_eq!(refusal(&patched(bytes, at, value)), expected);
    }
    let big = patched(&patched(bytes, 5, &[2]), 18, &[0, 62]);
    assert_eq!(refusal(&big), "is built for big-endian byte order, this host is little-endian");
}

#[test]
fn refuses_an_executable_that_can_be_loaded_at_any_address() {
    let code = format!("{}int main(void) {{ return 0; }}\n", sample::source(MANIFEST));
    let Some(bytes) = compiled(&code, &["-pie", "-rdynamic"]) else { return };
    assert_eq!(refusal(&bytes), "is an executable, a shared library was expected");
}

#[test]
fn refuses_a_library_that_is_no_flavor() {
    for (code, expected) in [
        ("int x;", "has no flavor manifest: it exports no symbol `LARDER_FLAVOR_MANIFEST`"),
        (
            "extern char LARDER_FLAVOR_MANIFEST[]; char *p = LARDER_FLAVOR_MANIFEST;",
            "has no flavor manifest: it exports no symbol `LARDER_FLAVOR_MANIFEST`",
        ),
        (
            "char LARDER_FLAVOR_MANIFEST[100]; void *LARDER_FLAVOR;",
            "has a flavor manifest without content: the symbol `LARDER_FLAVOR_MANIFEST` lies outside the bytes of the file",
        ),
        (
            "__asm__(\".globl LARDER_FLAVOR_MANIFEST\\n.data\\nLARDER_FLAVOR_MANIFEST: .long 1\\n.text\\n\");",
            "has a flavor manifest without content: the symbol `LARDER_FLAVOR_MANIFEST` has no size",
        ),
        (
            "char LARDER_FLAVOR_MANIFEST[2 << 20] = \"{}\"; void *LARDER_FLAVOR;",
            "has a flavor manifest of 2097152 bytes, at most 1048576 are allowed",
        ),
    ] {
        let Some(bytes) = compiled(code, &[]) else { return };
        assert_eq!(refusal(&bytes), expected, "{code}");
    }
    let code = sample::source(MANIFEST).replace("void *LARDER_FLAVOR[4];", "");
    let Some(bytes) = compiled(&code, &[]) else { return };
    assert_eq!(refusal(&bytes), "has a flavor manifest, but exports no registration symbol `LARDER_FLAVOR`");
}

#[test]
fn escapes_what_a_terminal_would_obey() {
    let Some(bytes) = compiled(&sample::source(&MANIFEST.replace("0.1.0", "\\u001b[2J")), &[]) else {
        return;
    };
    assert_eq!(refusal(&bytes), "has a flavor manifest with a control character at `version`: `\\u{1b}[2J`");
}

/// A generator of numbers that gives the same ones at every run (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or_default()
    }
}

/// Both ways to read, from memory and from a file, must come to the same end.
fn reads_alike(bytes: &[u8]) {
    let cache = ReadCache::new(Cursor::new(bytes));
    let from_file =
        reading::read(bytes, &cache).map(|reading| reading.manifest).map_err(|defect| defect.to_string());
    let from_memory = inspect_bytes(bytes).map(|found| found.manifest).map_err(|defect| defect.to_string());
    assert_eq!(from_file, from_memory);
}

#[test]
fn survives_random_bytes() {
    let mut numbers = Numbers(1);
    for _ in 0..2000 {
        let len = numbers.below(2000);
        let mut bytes: Vec<u8> =
            std::iter::repeat_with(|| numbers.next().to_le_bytes()[0]).take(len).collect();
        assert!(inspect_bytes(&bytes).is_err());
        let header =
            sample().map_or(&b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0"[..], |bytes| &bytes[..64]);
        bytes.splice(..header.len().min(bytes.len()), header.iter().copied());
        assert!(inspect_bytes(&bytes).is_err());
    }
}

#[test]
fn survives_thousands_of_mutations() {
    let Some(whole) = sample() else { return };
    let mut numbers = Numbers(2);
    let start = Instant::now();
    let mut rounds = 0;
    while rounds < 20_000 && start.elapsed() < Duration::from_secs(20) {
        let mut bytes = whole.to_vec();
        for _ in 0..=numbers.below(4) {
            let near = if numbers.below(2) == 0 { 0x500 } else { bytes.len() };
            let (at, width) = (numbers.below(near.min(bytes.len() - 8)), 1 << numbers.below(4));
            let wild = [numbers.next(), u64::MAX, 0, numbers.next() % 0x4000, 1 << numbers.below(64)];
            let value = wild[numbers.below(wild.len())].to_le_bytes();
            bytes[at..at + width].copy_from_slice(&value[..width]);
        }
        let one = Instant::now();
        reads_alike(&bytes);
        assert!(one.elapsed() < Duration::from_secs(2), "round {rounds} took {:?}", one.elapsed());
        rounds += 1;
    }
    assert!(rounds > 1000, "only {rounds} rounds in {:?}", start.elapsed());
}
