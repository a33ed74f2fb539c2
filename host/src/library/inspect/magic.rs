//! Tells a file's format from its first bytes.

use super::defect::Defect;
use super::text::excerpt;

/// How many bytes of the start are looked at.
pub const START_BYTES: usize = 512;

/// A format that may be a library of this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Linux and other Unix systems.
    Elf,
    /// macOS, for one architecture.
    MachO,
    /// macOS, for several architectures.
    MachOFat,
}

impl Format {
    /// The name for users.
    pub fn name(self) -> &'static str {
        match self {
            Self::Elf => "elf",
            Self::MachO | Self::MachOFat => "mach-o",
        }
    }
}

const OTHERS: &[(&[u8], &str)] = &[
    (b"!<arch>\n", "an `ar` archive (a static library or an rlib)"),
    (b"!<thin>\n", "a thin `ar` archive"),
    (b"rust\0\0\0", "Rust metadata (`.rmeta`)"),
    (b"BC\xc0\xde", "LLVM bitcode"),
    (b"\0asm", "a WebAssembly module"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"BZh", "a bzip2 file"),
];

/// The format of a file that starts so.
///
/// # Errors
///
/// When it can be no library of any Unix system, saying what it looks like.
pub fn format(start: &[u8]) -> Result<Format, Defect> {
    match start {
        [] => Err(Defect::Empty),
        [0x7f, b'E', b'L', b'F', ..] => Ok(Format::Elf),
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] | [0xfe, 0xed, 0xfa, 0xcf | 0xce, ..] => Ok(Format::MachO),
        // A Java class has the same magic; its version, 45 or more, stands where a universal file counts its parts.
        [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 0..=44, ..] | [0xca, 0xfe, 0xba, 0xbf, ..] => Ok(Format::MachOFat),
        [0xca, 0xfe, 0xba, 0xbe, ..] => Err(Defect::OtherFormat { kind: "a Java class" }),
        [b'M', b'Z', _, _, ..] if !is_text(start) => {
            Err(Defect::OtherSystem { found: "Windows".to_owned(), host: std::env::consts::OS })
        }
        _ => Err(other(start)),
    }
}

fn other(start: &[u8]) -> Defect {
    let known = OTHERS.iter().find(|(magic, _)| start.starts_with(magic));
    if let Some((_, kind)) = known {
        return Defect::OtherFormat { kind };
    }
    if is_text(start) {
        let text = String::from_utf8_lossy(start);
        let line = text.trim_start().lines().next().unwrap_or_default();
        return Defect::Text { start: excerpt(line.trim_end(), 40) };
    }
    let hex: Vec<String> = start.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Defect::UnknownFormat { start: hex.join(" ") }
}

fn is_text(start: &[u8]) -> bool {
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        // A character may be cut where the look ends.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty()
        && text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_a_file_is_instead() {
        for (start, expected) in [
            (&b""[..], "is empty, a shared library was expected"),
            (
                b"#!/bin/sh\necho",
                "is a text file that starts with `#!/bin/sh`, a shared library was expected",
            ),
            (b"\x1b[31m", "is a text file that starts with `\\u{1b}[31m`, a shared library was expected"),
            (
                b"!<arch>\nx",
                "is an `ar` archive (a static library or an rlib), a shared library was expected",
            ),
            (b"\0asm\x01", "is a WebAssembly module, a shared library was expected"),
            (b"PK\x03\x04", "is a zip archive, a shared library was expected"),
            (b"\xca\xfe\xba\xbe\0\0\0\x34", "is a Java class, a shared library was expected"),
            (
                b"\0\x01\x02",
                "is of no known format (it starts with the bytes 00 01 02), a shared library was expected",
            ),
        ] {
            assert_eq!(format(start).expect_err("not a library").to_string(), expected);
        }
        let windows = format(b"MZ\x90\0\x03").expect_err("not a library of this host");
        assert!(windows.to_string().starts_with("is built for Windows, this host runs "));
    }

    #[test]
    fn knows_the_formats_of_unix() {
        assert_eq!(format(b"\x7fELF").ok(), Some(Format::Elf));
        assert_eq!(format(b"\xcf\xfa\xed\xfe").ok(), Some(Format::MachO));
        assert_eq!(format(b"\xca\xfe\xba\xbe\0\0\0\x02").ok(), Some(Format::MachOFat));
    }
}
