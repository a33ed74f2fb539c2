//! A small library that is compiled from C, where there is a compiler.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// A manifest that keeps the rules.
pub const MANIFEST: &str = r#"{"manifest":1,"api":"1.0.0","library":"sample","version":"0.1.0","panic":"unwind","flavors":[{"type":"artifact_store","name":"sample","schemes":["sample://"]}]}"#;

/// The C source of a library with this manifest.
pub fn source(manifest: &str) -> String {
    let escaped = manifest.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "#include <stdio.h>\nconst char LARDER_FLAVOR_MANIFEST[] = \"{escaped}\";\nvoid *LARDER_FLAVOR[4];\n"
    )
}

/// Compiles a shared library, or an executable where the flags say `-pie`; `None`, with the reason on stderr, where there is no compiler.
pub fn compile(source: &str, to: &Path, flags: &[&str]) -> Option<()> {
    let code = to.with_extension("c");
    fs::write(&code, source).expect("the source is written");
    let mut command = Command::new("cc");
    let kind = if flags.contains(&"-pie") { "-fPIE" } else { "-shared" };
    command.args([kind, "-fPIC", "-o"]).arg(to).arg(&code).args(flags);
    match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(())
        }
        Err(error) => {
            let _ =
                writeln!(io::stderr(), "skipped: no C compiler `cc` to build the sample library ({error})");
            None
        }
    }
}

/// The bytes of a library.
pub fn compiled(source: &str, flags: &[&str]) -> Option<Vec<u8>> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("libsample.so");
    compile(source, &path, flags)?;
    Some(fs::read(path).expect("the library is there"))
}

/// The bytes of a library that keeps all rules and needs glibc.
pub fn sample() -> Option<&'static [u8]> {
    static SAMPLE: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    let code = format!("{}void greet(void) {{ puts(\"hello\"); }}\n", source(MANIFEST));
    SAMPLE.get_or_init(|| compiled(&code, &["-Wl,-soname,libsample.so.1"])).as_deref()
}
