//! A library that was cut, patched or made of noise: refused before any of it runs, and without a crash of the host.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use larder_tests::TestHome;

use crate::fixtures::{compile, host, misbehaving, refused};

/// A library that would leave a file behind if it ran, and the file.
fn witness(home: &TestHome) -> (Vec<u8>, std::path::PathBuf) {
    let file = home.path("it-ran");
    let library = misbehaving(home, "whole.so", &format!("load:write={}", file.display()));
    (fs::read(library).expect("the library is there"), file)
}

fn refused_bytes(home: &TestHome, bytes: &[u8]) -> Vec<String> {
    let library = home.file("libdamaged.so", bytes);
    fs::set_permissions(&library, fs::Permissions::from_mode(0o755)).expect("it is ours");
    refused(&host(home), home, &library)
}

#[test]
fn another_architecture() {
    let home = TestHome::new();
    let (mut bytes, ran) = witness(&home);
    // EM_AARCH64 and EM_X86_64, so that it is foreign on either.
    bytes[18] = if cfg!(target_arch = "x86_64") { 183 } else { 62 };
    assert_eq!(
        refused_bytes(&home, &bytes),
        [
            "error: library `[TMP]/libdamaged.so` is built for aarch64, this host is x86_64",
            "hint: get or build the flavor for linux on x86_64"
        ]
    );
    assert!(!ran.exists());
}

#[test]
fn every_truncation() {
    let home = TestHome::new();
    let (bytes, ran) = witness(&home);
    let whole = bytes.len();
    let near_the_start = (0..4096).step_by(61);
    let further = (4096..whole).step_by(whole / 150);
    // The faults stand behind the end of what the headers promise.
    let end =
        bytes.windows(15).rposition(|window| window == b"\nLARDER-FAULTS ").expect("the faults are there");
    for len in near_the_start.chain(further).chain([end - 1]).filter(|len| *len < end) {
        let text = refused_bytes(&home, &bytes[..len]);
        let known = ["is truncated", "is empty", "is of no known format", "is a text file", "is damaged"];
        assert!(known.iter().any(|known| text[0].contains(known)), "{len}: {text:?}");
        assert!(text.last().is_some_and(|hint| hint.starts_with("hint: ")), "{len}: {text:?}");
    }
    assert!(!ran.exists());
    assert!(fs::read_dir(home.larder_home().join("cache/libraries")).is_err(), "nothing of it was staged");
}

#[test]
fn a_half() {
    let home = TestHome::new();
    let bytes = fs::read(compile(&home, "no_header")).expect("the library is there");
    assert_eq!(
        refused_bytes(&home, &bytes[..4096]),
        [
            "error: library `[TMP]/libdamaged.so` is truncated: its segments and sections reach to byte 15032, the file has 4096 bytes",
            "hint: copy, download or build the library again"
        ]
    );
}

#[test]
fn random_bytes() {
    let home = TestHome::new();
    let noise = |seed: u64| {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        std::iter::repeat_with(move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
    };
    for seed in 1..40 {
        let bytes: Vec<u8> = noise(seed).take(64 * 1024).collect();
        assert!(refused_bytes(&home, &bytes)[0].starts_with("error: library `[TMP]/libdamaged.so` is "));
        let behind_a_header: Vec<u8> = b"\x7fELF\x02\x01\x01\0".iter().copied().chain(bytes).collect();
        assert!(
            refused_bytes(&home, &behind_a_header)[0].starts_with("error: library `[TMP]/libdamaged.so` is ")
        );
    }
}

/// Damage anywhere: the host refuses it, or the trial does, or it makes no difference. The host lives.
#[test]
fn flipped_bytes_in_headers_and_tables() {
    let home = TestHome::new();
    let whole = fs::read(compile(&home, "no_header")).expect("the library is there");
    for at in (0..1024).step_by(23) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        refused_bytes(&home, &bytes);
    }
}

#[test]
fn what_is_no_file_at_all() {
    let home = TestHome::new();
    let host = host(&home);
    assert_eq!(
        refused(&host, &home, Path::new("/nonexistent/libx.so")),
        [
            "error: library `/nonexistent/libx.so` does not exist",
            "hint: check the path; after `cargo build --release` a flavor is in `target/release/`, as `lib<name>.so`"
        ]
    );
    assert_eq!(
        refused(&host, &home, &home.path("")),
        [
            "error: library `[TMP]/` is a directory, a shared library was expected",
            "hint: give the path of the library file in it, which ends in `.so`"
        ]
    );
    let link = home.path("link.so");
    std::os::unix::fs::symlink("nowhere.so", &link).expect("a link");
    assert_eq!(
        refused(&host, &home, &link),
        [
            "error: library `[TMP]/link.so` is a symbolic link to `nowhere.so`, which does not exist",
            "hint: mend the link, or give the path of the library itself"
        ]
    );
}
